const timeoutMs = 8_000;

export type Answer = { readonly status: number; readonly body: unknown } | { readonly unreachable: string };

/** One question to a platform. Nothing it throws is repeated: the token may be part of the address. */
export async function ask(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutMs) });
    return { status: response.status, body: await response.json().catch(() => undefined) };
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "no answer";
    return { unreachable: code };
  }
}

/** What was answered, if it was a yes. */
export function grantedBody(answer: Answer): unknown {
  return "status" in answer && answer.status === 200 ? answer.body : undefined;
}

/** Why the platform didn't come to answering, in a word; undefined where it did. */
export function silenceOf(answer: Answer): string | undefined {
  if ("unreachable" in answer) return answer.unreachable;
  return answer.status === 429 || answer.status >= 500 ? String(answer.status) : undefined;
}
