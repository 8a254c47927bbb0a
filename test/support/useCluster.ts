import { Cluster } from "ioredis";
import { afterAll, beforeAll, beforeEach, vi } from "vitest";
import { connectRedis } from "../../src/store/redis/connect.ts";
import { parseRedisUrl } from "../../src/store/redis/redisUrl.ts";
import { patient } from "./patience.ts";
import { freePort, silentLog, startTestRedis, type TestRedis } from "./redis.ts";

const slots = 16_384;
const nodeCount = 3;

/** There from the first test on. */
export interface UsedCluster {
  readonly redis: Cluster;
  /** How many keys there are on each node. */
  readonly keyCounts: () => Promise<readonly number[]>;
}

/** A Redis Cluster of three nodes for all tests of a file, empty when each of them begins. */
export function useCluster(): UsedCluster {
  const nodes: Node[] = [];
  let cluster: Cluster | undefined;
  const redis = (): Cluster => {
    if (cluster === undefined) throw new Error("the cluster is there when the first test begins, not before");
    return cluster;
  };
  beforeAll(async () => {
    nodes.push(...(await Promise.all(Array.from({ length: nodeCount }, startNode))));
    await meet(nodes);
    const client = await connectRedis({
      end: parseRedisUrl(nodes.map(({ server }) => server.url).join(",")),
      role: "commands",
      log: silentLog,
    });
    if (!(client instanceof Cluster)) throw new Error("several nodes are no cluster");
    cluster = client;
  });
  beforeEach(async () => {
    await Promise.all(
      redis()
        .nodes("master")
        .map(async (node) => node.flushall()),
    );
  });
  afterAll(async () => {
    cluster?.disconnect();
    await Promise.all(nodes.map(async ({ server }) => server.stop()));
  });
  return {
    get redis() {
      return redis();
    },
    keyCounts: async () =>
      Promise.all(
        redis()
          .nodes("master")
          .map(async (node) => node.dbsize()),
      ),
  };
}

interface Node {
  readonly server: TestRedis;
  /** Where the nodes talk among themselves. */
  readonly busPort: string;
}

async function startNode(): Promise<Node> {
  const busPort = String(await freePort());
  const config = ["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1"];
  return {
    server: await startTestRedis({ tcp: true, config: [...config, "--cluster-port", busPort] }),
    busPort,
  };
}

/** A third of the slots to each, and waits until all know of all. */
async function meet(nodes: readonly Node[]): Promise<void> {
  const clients = await Promise.all(nodes.map(async ({ server }) => server.connect()));
  const [first] = clients;
  if (first === undefined) throw new Error("a cluster without a node");
  const share = Math.ceil(slots / nodes.length);
  for (const [index, client] of clients.entries()) {
    const last = Math.min(slots, (index + 1) * share) - 1;
    await client.call("CLUSTER", "ADDSLOTSRANGE", String(index * share), String(last));
    await client.call("CLUSTER", "SET-CONFIG-EPOCH", String(index + 1));
  }
  for (const { server, busPort } of nodes.slice(1)) {
    const { hostname, port } = new URL(server.url);
    await first.call("CLUSTER", "MEET", hostname, port, busPort);
  }
  await vi.waitFor(async () => {
    for (const client of clients) {
      const info = String(await client.call("CLUSTER", "INFO"));
      const isReady = info.includes("cluster_state:ok") && info.includes(`cluster_size:${nodes.length}`);
      if (!isReady) throw new Error(info);
    }
  }, patient);
}
