import { migrateDocuments } from "./destinations/documentsMigration.ts";
import { dropOwners } from "./destinations/ownersMigration.ts";
import { StoreError } from "./errors.ts";
import { schemaKey } from "./keys.ts";
import { migrateOutbox } from "./ledger/outboxMigration.ts";
import { migratePushes } from "./ledger/pushesMigration.ts";
import { defineScript } from "./redis/script.ts";
import type { RedisClient } from "./redis/script.ts";

/** Version of the keys' layout (keys.ts) and of what is packed in them. */
export const schemaVersion = 5;

/** From `from` to `from + 1`. Must bear being run twice, also at once: two processes may start together. */
export interface Migration {
  readonly from: number;
  readonly run: (redis: RedisClient) => Promise<void>;
}

/** A slower process must not turn the version back that a faster one has brought on. */
const stepScript = {
  name: "lopsideSchemaStep",
  keys: 1,
  lua: `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2]) end`,
};

/**
 * 2: deliveries are rows in an alert's ledger, and wait in lanes. 3: pushes are a text beside what is held back. 4:
 * documents lie in one hash. 5: nothing says which destinations an owner has.
 */
const migrations: readonly Migration[] = [
  { from: 1, run: migrateOutbox },
  { from: 2, run: migratePushes },
  { from: 3, run: migrateDocuments },
  { from: 4, run: dropOwners },
];

export interface Schema {
  readonly version: number;
  readonly migrations: readonly Migration[];
}

const currentSchema: Schema = { version: schemaVersion, migrations };

/**
 * Brings what is stored up to this version before anything reads it. Throws a StoreError when a newer Lopside
 * has written it, or when it is of a version there is no way from.
 */
export async function prepareSchema(redis: RedisClient, schema: Schema = currentSchema): Promise<void> {
  const step = defineScript(redis, stepScript);
  await redis.set(schemaKey, schema.version, "NX");
  for (
    let stored = await storedVersion(redis);
    stored !== schema.version;
    stored = await storedVersion(redis)
  ) {
    if (stored > schema.version) throw newer(stored, schema.version);
    const migration = schema.migrations.find(({ from }) => from === stored);
    if (migration === undefined) throw noWay(stored, schema.version);
    await migration.run(redis);
    await step([schemaKey], [stored, stored + 1]);
  }
}

/** For who only reads: throws a StoreError as `prepareSchema` would, and brings nothing up to this version. */
export async function refuseNewer(redis: RedisClient): Promise<void> {
  if ((await redis.exists(schemaKey)) === 0) return;
  const stored = await storedVersion(redis);
  if (stored > schemaVersion) throw newer(stored, schemaVersion);
}

async function storedVersion(redis: RedisClient): Promise<number> {
  const text = await redis.get(schemaKey);
  if (text !== null && /^\d{1,9}$/.test(text)) return Number(text);
  throw new StoreError(
    `The version of the stored data (key ${schemaKey}) is not a number.`,
    "Something else has written it. Give Lopside a Redis or a database number of its own (REDIS_URL).",
  );
}

function newer(stored: number, ours: number): StoreError {
  return new StoreError(
    `The stored data is of version ${stored}; this Lopside knows versions up to ${ours}.`,
    "A newer Lopside has used it. Start that one again, or give this one another REDIS_URL or DATA_DIR.",
  );
}

function noWay(stored: number, ours: number): StoreError {
  return new StoreError(
    `The stored data is of version ${stored} and cannot be brought to version ${ours}.`,
    "Start a Lopside of a version in between first, or give this one another REDIS_URL or DATA_DIR.",
  );
}
