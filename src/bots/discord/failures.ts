/** What may be logged of an error: the library's own carry addresses, and answers' addresses carry their tokens. */
export function safeError(error: unknown): { readonly reason: string } {
  if (!(error instanceof Error)) return { reason: "not an error" };
  const code = "code" in error ? ` (${String(error.code)})` : "";
  return { reason: `${error.name}: ${error.message}${code}` };
}
