import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** All processes but zombies: from /proc where there is one (small images have no `ps`), else from `ps`. */
function processes(): readonly ProcessInfo[] {
  return existsSync("/proc/self/stat") ? fromProc() : fromPs();
}

export function isAlive(pid: number): boolean {
  return processes().some((info) => info.pid === pid);
}

export function parentOf(pid: number): number {
  return processes().find((info) => info.pid === pid)?.parent ?? 0;
}

export function childrenOf(pid: number): readonly number[] {
  return processes().flatMap((info) => (info.parent === pid ? [info.pid] : []));
}

/** Its command line, as everybody on the machine can read it. */
export function commandOf(pid: number): string {
  return processes().find((info) => info.pid === pid)?.command ?? "";
}

function fromProc(): readonly ProcessInfo[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // the name before it is in parentheses and may hold anything
      const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      return state === "Z" ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
    } catch {
      // it has ended while we looked
      return [];
    }
  });
}

function fromPs(): readonly ProcessInfo[] {
  const { stdout } = spawnSync("ps", ["-axo", "pid=,ppid=,stat=,args="], { encoding: "utf8" });
  return stdout.split("\n").flatMap((line) => {
    const [pid, parent, state, ...command] = line.trim().split(/\s+/);
    if (pid === undefined || state === undefined || state.startsWith("Z")) return [];
    return [{ pid: Number(pid), parent: Number(parent), command: command.join(" ") }];
  });
}
