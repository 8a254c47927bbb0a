import type { Redis } from "ioredis";

export type Command = Parameters<Redis["sendCommand"]>[0];

/** A process of the simulation: what it does runs in its context, and ends where it dies. */
export interface Actor {
  readonly name: string;
  isDead: boolean;
  /** How far its clock is ahead. */
  skew: number;
  onDeath?: () => void;
  /** Until then it stands still, as under SIGSTOP. */
  frozenUntil: number;
  /** Until then Redis is out of its reach. */
  awayUntil: number;
  /** What it has asked Redis, in order. */
  readonly asked: Asked[];
  /** Answers that came while it stood still. */
  readonly held: (() => void)[];
}

export interface Asked {
  readonly command: Command;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

export function newActor(name: string): Actor {
  return { name, isDead: false, skew: 0, frozenUntil: 0, awayUntil: 0, asked: [], held: [] };
}

export function die(actor: Actor): void {
  actor.isDead = true;
  actor.onDeath?.();
}

export async function deathOf(actor: Actor): Promise<void> {
  return new Promise((resolve) => {
    actor.onDeath = resolve;
  });
}
