// Where the registry npm asked lacks a package for another platform, `npm install` leaves it out of the lock file,
// and `npm ci` then refuses that file everywhere. This puts such entries back, with what their names and their
// parents say; they carry no hash. To be run after every change of dependencies; a test looks whether it was.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = fileURLToPath(new URL("../package-lock.json", import.meta.url));
const systems = ["darwin", "linux", "win32", "freebsd", "android", "openharmony"];
const processors = ["arm64", "x64", "ia32", "ppc64", "riscv64", "s390x", "arm"];

const lock = JSON.parse(readFileSync(path, "utf8"));
const missing = Object.entries(lock.packages).flatMap(([parentPath, parent]) =>
  Object.entries(parent.optionalDependencies ?? {})
    .filter(([name]) => !isLocked(parentPath, name))
    .map(([name, version]) => [`node_modules/${name}`, entryOf(name, version, parent)]),
);
const { "": root, ...packages } = { ...lock.packages, ...Object.fromEntries(missing) };
const sorted = Object.entries(packages).toSorted(([a], [b]) => a.localeCompare(b, "en"));
lock.packages = { "": root, ...Object.fromEntries(sorted) };
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${missing.length} entries added\n`);

function isLocked(parentPath, name) {
  return `${parentPath}/node_modules/${name}` in lock.packages || `node_modules/${name}` in lock.packages;
}

function entryOf(name, version, parent) {
  const system = systems.find((each) => name.includes(each));
  const processor = processors.find((each) => name.split(/[/-]/).includes(each));
  if (!/^\d/.test(version) || system === undefined || processor === undefined)
    throw new Error(`${name}@${version}: can't tell its version, system or processor`);
  return {
    version,
    cpu: [processor],
    ...(parent.dev && { dev: true }),
    ...libcOf(name),
    license: parent.license,
    optional: true,
    os: [system],
  };
}

function libcOf(name) {
  if (!name.includes("linux")) return {};
  return name.endsWith("-musl") ? { libc: ["musl"] } : name.endsWith("-gnu") ? { libc: ["glibc"] } : {};
}
