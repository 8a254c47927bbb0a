/** What may happen next, by name: the next random number picks one. */
export type Actions = Readonly<Record<string, () => Promise<void>>>;
