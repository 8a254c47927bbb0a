/**
 * Says an error of a queue only that Redis is away? Every queue and worker has it anew at every attempt to
 * connect, while the connections they share say it once.
 */
export function isOutage(error: Error): boolean {
  if ("code" in error && typeof error.code === "string") return /^E[A-Z]+$/.test(error.code);
  return error.message.startsWith("Connection is closed");
}
