import type { Config } from "./config.ts";

/** Every text in the configuration that must never be read in a log, an error or an answer. */
export function secretsOf(config: Config): readonly string[] {
  const { telegram, discord, webhooks, http } = config;
  const plain = [telegram.botToken, discord.botToken, webhooks.secret, http.token, http.queuesPassword];
  const urls = [
    config.redisUrl,
    config.venueBaseUrl,
    ...Object.values(config.venueProxies),
    telegram.apiRoot,
    telegram.webhookUrl,
    discord.apiUrl,
  ];
  const found = [
    ...plain,
    // half a Telegram token is as good as all of it: the other half is the bot's public id
    telegram.botToken?.split(":")[1],
    ...urls.flatMap((url) => passwordsIn(url)),
    // who knows such an address may post there
    ...webhooks.urls,
    // who is told is nobody else's business; short numbers would take innocent digits out of every line
    ...[...telegram.chats.map((chat) => chat.split("/")[0]), ...discord.channels].filter(isTelling),
  ];
  return [...new Set(found.filter((text) => text !== undefined).filter((text) => text !== ""))];
}

function isTelling(id: string | undefined): boolean {
  return (id ?? "").length >= 6;
}

/** By pattern, because the lists of nodes that Cluster and Sentinel have are no URLs. A lone user name is a token. */
function passwordsIn(url: string | undefined): readonly string[] {
  const matches = (url ?? "").matchAll(
    /:\/\/(?:[^\s/@:]*:([^\s/]+)|([^\s/@:]+))@|[?&]\w*password=([^\s&]+)/gi,
  );
  return [...matches].flatMap(([, password, token, parameter]) => {
    const found = password ?? token ?? parameter ?? "";
    return [found, decoded(found)];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
