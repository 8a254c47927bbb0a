import { idleIn, misspeltIn } from "./hints.ts";
import { variables } from "./variables.ts";
import type { logLevels, Values } from "./variables.ts";

type LogLevel = (typeof logLevels)[number];

/** Everything the operator decides. Checked: whoever holds one may use its values as they are. */
export interface Config {
  readonly symbols: readonly string[];
  /** ccxt ids. */
  readonly venues: readonly string[];
  readonly venueBaseUrl: string | undefined;
  /** By ccxt id. */
  readonly venueProxies: Readonly<Record<string, string>>;
  readonly pollIntervalMs: number;
  /** Undefined: the embedded server. */
  readonly redisUrl: string | undefined;
  readonly dataDir: string;
  readonly alerts: {
    readonly ratio: number;
    readonly holdMs: number;
    readonly cooldownMs: number;
    readonly warmupMs: number;
  };
  readonly telegram: {
    readonly botToken: string | undefined;
    readonly apiRoot: string | undefined;
    /** "CHAT" or "CHAT/TOPIC". */
    readonly chats: readonly string[];
    readonly webhookUrl: string | undefined;
    /** Messages a second; undefined: the free rate. */
    readonly paidRate: number | undefined;
  };
  readonly discord: {
    readonly botToken: string | undefined;
    readonly apiUrl: string | undefined;
    readonly channels: readonly string[];
    readonly publicKey: string | undefined;
  };
  readonly webhooks: {
    readonly urls: readonly string[];
    readonly secret: string | undefined;
    readonly allowPrivate: boolean;
  };
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly token: string | undefined;
    readonly queuesPassword: string | undefined;
  };
  readonly logLevel: LogLevel;
}

export interface ConfigSource {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For `*_FILE`; throws when the file can't be read. */
  readonly readFile: (path: string) => string;
  /** ccxt ids Lopside knows how to ask. */
  readonly supportedVenues: readonly string[];
}

export type ConfigResult =
  | { readonly ok: true; readonly config: Config; readonly hints: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Environment → Config, or every problem at once, in the operator's words and without any secret. An empty
 * value counts as unset. Hints name variables that look like misspelt ones; they stop nothing.
 */
export function loadConfig({ env, readFile, supportedVenues }: ConfigSource): ConfigResult {
  const { schema } = variables(supportedVenues);
  const names = Object.keys(schema.shape);
  const { texts, problems } = collectTexts(names, env, readFile);
  const parsed = schema.safeParse(texts);
  const misspelt = misspeltIn(env, names);
  if (parsed.success && problems.length === 0)
    return { ok: true, config: toConfig(parsed.data, supportedVenues), hints: [...misspelt, ...idleIn(env)] };
  const wrong = parsed.error?.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`) ?? [];
  return { ok: false, problems: [...problems, ...wrong, ...misspelt] };
}

/** The text of each variable that is set, from the environment or from the file its `_FILE` twin names. */
function collectTexts(
  names: readonly string[],
  env: ConfigSource["env"],
  readFile: (path: string) => string,
) {
  const texts: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of names) {
    const text = env[name]?.trim() ?? "";
    const path = env[`${name}_FILE`]?.trim() ?? "";
    if (text !== "" && path !== "") problems.push(`${name} and ${name}_FILE are both set: keep one`);
    else if (path !== "") readInto(texts, problems, { name, path, readFile });
    else if (text !== "") texts[name] = text;
  }
  return { texts, problems };
}

function readInto(
  texts: Record<string, string>,
  problems: string[],
  { name, path, readFile }: { name: string; path: string; readFile: (path: string) => string },
): void {
  try {
    const text = readFile(path).trim();
    if (text === "") problems.push(`${name}_FILE names an empty file`);
    else texts[name] = text;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    problems.push(`${name}_FILE names a file that can't be read (${code})`);
  }
}

function toConfig(values: Values, supportedVenues: readonly string[]): Config {
  return {
    symbols: values.SYMBOLS,
    venues: values.VENUES ?? supportedVenues,
    venueBaseUrl: values.VENUE_BASE_URL,
    venueProxies: values.VENUE_PROXIES ?? {},
    pollIntervalMs: values.POLL_INTERVAL,
    redisUrl: values.REDIS_URL,
    dataDir: values.DATA_DIR,
    alerts: {
      ratio: values.ALERT_RATIO,
      holdMs: values.ALERT_HOLD,
      cooldownMs: values.ALERT_COOLDOWN,
      warmupMs: values.ALERT_WARMUP,
    },
    telegram: {
      botToken: values.TELEGRAM_BOT_TOKEN,
      apiRoot: values.TELEGRAM_API_ROOT,
      chats: values.TELEGRAM_CHATS ?? [],
      webhookUrl: values.TELEGRAM_WEBHOOK_URL,
      paidRate: values.TELEGRAM_PAID_RATE,
    },
    discord: {
      botToken: values.DISCORD_BOT_TOKEN,
      apiUrl: values.DISCORD_API_URL,
      channels: values.DISCORD_CHANNELS ?? [],
      publicKey: values.DISCORD_PUBLIC_KEY,
    },
    webhooks: {
      urls: values.WEBHOOK_URLS ?? [],
      secret: values.WEBHOOK_SECRET,
      allowPrivate: values.WEBHOOK_ALLOW_PRIVATE,
    },
    http: {
      host: values.HTTP_HOST,
      port: values.HTTP_PORT,
      token: values.HTTP_TOKEN,
      queuesPassword: values.QUEUES_PASSWORD,
    },
    logLevel: values.LOG_LEVEL,
  };
}
