import { createAdaptorServer } from "@hono/node-server";
import type { Log } from "../ops/log.ts";
import { createApp } from "./app.ts";
import type { HttpSources } from "./contracts.ts";

export interface HttpServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Listens; rejects with what to do about it when the port is taken or not allowed. */
export async function startHttp(
  sources: HttpSources,
  { host, port, log }: { host: string; port: number; log: Log },
): Promise<HttpServer> {
  const server = createAdaptorServer({ fetch: createApp(sources, host).fetch });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(listenError(error, host, port)));
    server.listen(port, host, () => resolve());
  });
  server.on("error", (error) => log.error({ err: error }, "HTTP server failed"));
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  log.info({ host, port: bound }, "HTTP is listening");
  return {
    port: bound,
    close: async () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}

function listenError(error: Error, host: string, port: number): Error {
  const code = "code" in error ? error.code : undefined;
  const place = `${host}:${port}`;
  if (code === "EADDRINUSE")
    return new Error(`${place} is already in use: stop what listens there, or set HTTP_PORT to another port`);
  if (code === "EACCES")
    return new Error(`not allowed to listen on ${place}: set HTTP_PORT to one above 1023`);
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || code === "EAI_AGAIN")
    return new Error(`HTTP_HOST ${host} is no address of this machine`);
  return new Error(`cannot listen on ${place}: ${error.message}`);
}
