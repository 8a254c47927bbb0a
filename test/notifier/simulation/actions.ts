/** What may happen next, by name: any of them, by the next random number. */
export type Actions = Readonly<Record<string, () => Promise<void>>>;
