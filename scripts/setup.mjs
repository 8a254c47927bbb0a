// Everything a fresh machine needs to run Lopside: packages, redis-server, the build. Plain Node, because nothing
// else may be there yet. Each step looks first whether there is anything to do; `npm start`, `npm run demo` and
// `npm test` run it every time. --quiet says nothing when there was nothing to do.
import { fileURLToPath } from "node:url";
import { buildIsCurrent, ensureBuild } from "./setup/bundle.mjs";
import { withLock } from "./setup/lock.mjs";
import { ensurePackages, packagesAreInstalled } from "./setup/packages.mjs";
import { ensureRedis, hasRedis } from "./setup/redis.mjs";
import { fail, say } from "./setup/terminal.mjs";

const leastNode = [20, 19];
const root = fileURLToPath(new URL("..", import.meta.url));
const quiet = process.argv.includes("--quiet");

try {
  checkNode();
  if (!isReady()) {
    await withLock(root, setUp);
    if (!quiet) say("Ready.");
  } else if (!quiet) say("Everything is there already.");
} catch (error) {
  fail(error);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1])) return;
  throw Object.assign(
    new Error(`Lopside needs Node ${leastNode.join(".")} or newer; this is ${process.version}.`),
    {
      advice: "Install a current one from https://nodejs.org or with your version manager: nvm install 24",
    },
  );
}

function isReady() {
  return packagesAreInstalled(root) && hasRedis() && buildIsCurrent(root);
}

async function setUp() {
  await ensurePackages(root);
  await ensureRedis(root);
  await ensureBuild(root);
}
