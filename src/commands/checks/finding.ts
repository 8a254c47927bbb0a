/** One line of what `doctor` found. An error means that something needed does not work. */
export interface Finding {
  readonly level: "ok" | "warning" | "error";
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

const marks = { ok: "✓", warning: "!", error: "✗" } as const;

export function describeFinding({ level, message, hint }: Finding): string {
  return hint === undefined ? `${marks[level]} ${message}\n` : `${marks[level]} ${message}\n    ${hint}\n`;
}
