import type { Action } from "./actions.ts";

/** Text without markup; each platform decides what a style looks like. "fold": shown when the reader asks for it. */
export interface Piece {
  readonly text: string;
  readonly style?: "bold" | "italic" | "code" | "fold";
  readonly url?: string;
  /** Epoch ms: platforms that can show the reader's own time do so, the others show `text`. */
  readonly at?: number;
}

/** Pieces that follow each other; paragraphs stand apart by an empty line. */
export type Paragraph = readonly Piece[];

/** Which picture goes with a reply; where there is none the text goes alone. */
export interface PictureWish {
  readonly kind: "map" | "heatmap" | "history";
  readonly symbol: string;
}

export type Button =
  | {
      readonly kind: "press";
      readonly label: string;
      readonly action: Action;
      /** The destination that is meant, where it isn't the one the button stands in. */
      readonly target?: string;
    }
  | { readonly kind: "link"; readonly label: string; readonly url: string };

/** What the bot answers, for any platform. */
export interface Reply {
  readonly paragraphs: readonly Paragraph[];
  readonly picture?: PictureWish;
  readonly rows?: readonly (readonly Button[])[];
  /** Only who asked should see it, where the platform can. */
  readonly isPrivate?: boolean;
}

export function plain(text: string): Paragraph {
  return [{ text }];
}

export function bold(text: string): Paragraph {
  return [{ text, style: "bold" }];
}

export function press(label: string, action: Action, target?: string): Button {
  return { kind: "press", label, action, ...(target !== undefined && { target }) };
}

/** Buttons in rows of at most `width`. */
export function inRows(buttons: readonly Button[], width: number): readonly (readonly Button[])[] {
  return Array.from({ length: Math.ceil(buttons.length / width) }, (_, row) =>
    buttons.slice(row * width, (row + 1) * width),
  );
}

/** The reply as plain text, for logs of tests and for platforms without styles. */
export function replyText(reply: Reply): string {
  return reply.paragraphs.map((pieces) => pieces.map(({ text }) => text).join("")).join("\n\n");
}
