import type { Agent } from "node:http";
import { HttpsProxyAgent } from "https-proxy-agent";
import { SocksProxyAgent } from "socks-proxy-agent";

/** An agent whose connections go through a proxy (http, https, socks5), TLS and plain ones alike; passwords in the URL. */
export function tunnelThrough(proxyUrl: string): Agent {
  return proxyUrl.startsWith("socks") ? new SocksProxyAgent(proxyUrl) : new HttpsProxyAgent(proxyUrl);
}
