// A stand-in that costs next to nothing: answers every POST as the Bot API does, and says what it saw on a GET.
// Arguments: messages a second it allows (0: no bound), how many times as fast as real time that second runs.
import { createServer } from "node:net";

const [perSecond = 0, speed = 1] = process.argv.slice(2).map(Number);
const answer = (status, body) =>
  `HTTP/1.1 ${status} OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const sent = answer(
  200,
  JSON.stringify({
    ok: true,
    result: { message_id: 1, date: 0, chat: { id: 1, type: "private" }, text: "" },
  }),
);
const refused = answer(
  429,
  JSON.stringify({
    ok: false,
    error_code: 429,
    description: "Too Many Requests: retry after 1",
    parameters: { retry_after: 1 },
  }),
);
const chatPattern = /"chat_id":(\d+)/;
const windowMs = 1000 / speed;
let recent = [];
let seen = { posts: 0, refused: 0, firstAt: 0, lastAt: 0, chats: [] };

function allow(now) {
  if (perSecond === 0) return true;
  while (recent.length > 0 && recent[0] <= now - windowMs) recent.shift();
  if (recent.length >= perSecond) return false;
  recent.push(now);
  return true;
}

function reply(request) {
  if (request.startsWith("GET")) {
    const told = answer(200, JSON.stringify(seen));
    if (request.includes("/reset")) seen = { posts: 0, refused: 0, firstAt: 0, lastAt: 0, chats: [] };
    return told;
  }
  const now = performance.timeOrigin + performance.now();
  if (seen.posts === 0) seen.firstAt = now;
  seen.lastAt = now;
  seen.posts += 1;
  if (perSecond > 0) seen.chats.push(Number(chatPattern.exec(request)?.[1]));
  if (allow(now)) return sent;
  seen.refused += 1;
  return refused;
}

const server = createServer((socket) => {
  let waiting = "";
  socket.setNoDelay(true);
  socket.on("error", () => undefined);
  socket.on("data", (data) => {
    waiting += data.toString("latin1");
    for (;;) {
      const head = waiting.indexOf("\r\n\r\n");
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(waiting.slice(0, head))?.[1] ?? 0);
      if (waiting.length < head + 4 + length) return;
      socket.write(reply(waiting.slice(0, head + 4 + length)));
      waiting = waiting.slice(head + 4 + length);
    }
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
