import { readFileSync } from "node:fs";

/** undefined where there is no such file, or no longer: another setup may be replacing it right now. */
export function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  }
}
