import { Redis } from "ioredis";

type SendCommand = Redis["sendCommand"];

/**
 * A connection on which all that is asked in one turn of the event loop goes out in one write. A write costs as much as
 * several commands, and to a process that sleeps more than that: an alert is a tenth later where each goes by itself.
 * The order stays as it was asked.
 */
export class GatheringRedis extends Redis {
  #gathering: Redis["stream"] | undefined;

  override sendCommand(...args: Parameters<SendCommand>): ReturnType<SendCommand> {
    this.#gather();
    return super.sendCommand(...args);
  }

  #gather(): void {
    const { stream } = this;
    // there is none yet while the first connection is being made
    if (stream === this.#gathering || !stream?.writable) return;
    this.#gathering = stream;
    stream.cork();
    process.nextTick(() => {
      this.#gathering = undefined;
      stream.uncork();
    });
  }
}
