import { type Job, Worker, type WorkerOptions } from "bullmq";

/** What is known of a queue's consumer in this process. */
interface Beat {
  at: number;
  running: number;
}

/** Proof that this process consumes: each of its workers comes back from its blocking read every few seconds. */
export interface Pulse {
  readonly beat: (queue: string) => void;
  readonly begin: (queue: string) => void;
  readonly end: (queue: string) => void;
  /** Queues with a job under way. */
  readonly busy: () => readonly string[];
  /** Queues of which nothing was heard since `since` (monotonic) and for `ms`, though they have nothing to do. */
  readonly silent: (ms: number, since: number) => readonly string[];
}

export function createPulse(monotonicMs: () => number = () => performance.now()): Pulse {
  const beats = new Map<string, Beat>();
  const touch = (queue: string, running: number): void => {
    const known = beats.get(queue) ?? { at: 0, running: 0 };
    beats.set(queue, { at: monotonicMs(), running: Math.max(0, known.running + running) });
  };
  return {
    beat: (queue) => touch(queue, 0),
    begin: (queue) => touch(queue, 1),
    end: (queue) => touch(queue, -1),
    busy: () => [...beats].filter(([, { running }]) => running > 0).map(([queue]) => queue),
    silent: (ms, since) =>
      [...beats]
        .filter(([, { at, running }]) => running === 0 && monotonicMs() - Math.max(at, since) > ms)
        .map(([queue]) => queue),
  };
}

/**
 * BullMQ's worker says nothing while it waits, and when its blocking connection has died it waits for ever, with a
 * connection for commands that answers every ping. It asks for the next job whenever the blocking read has come back,
 * at the latest after five seconds: that is what is counted here.
 */
export class PulsedWorker<T> extends Worker<T> {
  readonly #pulse: Pulse;

  constructor(
    name: string,
    handle: (data: T) => Promise<void>,
    { pulse, ...options }: WorkerOptions & { readonly pulse: Pulse },
  ) {
    const process = async (job: Job<T>): Promise<void> => {
      pulse.begin(name);
      try {
        await handle(job.data);
      } finally {
        pulse.end(name);
      }
    };
    super(name, process, { ...options, autorun: false });
    this.#pulse = pulse;
    pulse.beat(name);
    void this.run();
  }

  protected override async moveToActive(token: string, name?: string): ReturnType<Worker<T>["moveToActive"]> {
    const job = await super.moveToActive(token, name);
    this.#pulse.beat(this.name);
    return job;
  }
}
