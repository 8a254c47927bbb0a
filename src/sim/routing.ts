import type { Dialect, Reply, VenueView } from "./dialects/dialect.ts";

/** `posted` is a POST's JSON. */
type Answer = (venue: VenueView, posted?: unknown) => Reply;

/** A route by its whole path, or by a path with parts that vary. */
export function answerTo(
  { routes }: Pick<Dialect, "routes">,
  path: string,
  query: URLSearchParams,
): Answer | undefined {
  const pattern = path in routes ? path : Object.keys(routes).find((key) => fits(key, path));
  const route = pattern === undefined ? undefined : routes[pattern];
  if (pattern === undefined || route === undefined) return undefined;
  const parts = path.split("/");
  for (const [index, part] of pattern.split("/").entries()) {
    if (part === "*") query.append("*", decodeURIComponent(parts[index] ?? ""));
  }
  return (venue: VenueView, posted: unknown) => route(query, venue, posted);
}

function fits(pattern: string, path: string): boolean {
  const [wanted, parts] = [pattern.split("/"), path.split("/")];
  return (
    wanted.length === parts.length && wanted.every((part, index) => part === "*" || part === parts[index])
  );
}
