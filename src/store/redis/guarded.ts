import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";

export type GuardedProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * The guard holds the other end of our stdin pipe. When that end closes, because we closed it or because we died
 * in whatever way, it ends the server: politely, and after ten seconds for good. It says the server's pid first and
 * ends with its exit code. It and the server ignore what is sent to us: they have a session of their own, so that
 * Ctrl-C on the terminal does not take Redis away before we have drained.
 */
const guard = `
trap '' INT TERM HUP
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
echo "$server"
{ read -r _ <&3; kill -TERM "$server"; sleep 10; kill -KILL "$server"; } >/dev/null 2>&1 &
watch=$!
wait "$server"
code=$?
kill -KILL "$watch" 2>/dev/null
exit "$code"
`;

/** Runs a server that cannot outlive this process. Closing its stdin ends it gracefully. */
export function spawnGuarded(binary: string, args: readonly string[], cwd: string): GuardedProcess {
  return spawn("/bin/sh", ["-c", guard, "lopside-redis", binary, ...args], {
    cwd,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
}
