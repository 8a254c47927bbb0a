import type { TextStyle } from "./text.ts";

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One element; attributes without a value are left out, numbers lose what no pixel shows. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? short(value) : escape(value ?? "")}"`);
  const open = `<${name}${written.join("")}`;
  return children.length === 0 ? `${open}/>` : `${open}>${children.join("")}</${name}>`;
}

/** To a tenth of a pixel. */
export function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

export interface TextPlace extends TextStyle {
  readonly x: number;
  /** The baseline. */
  readonly y: number;
  readonly fill: string;
  readonly anchor?: "start" | "middle" | "end";
  readonly opacity?: number;
}

export function textAt(text: string, { x, y, size, weight, fill, anchor, opacity }: TextPlace): string {
  const attributes = { x, y, "font-size": size, "font-weight": weight, fill, opacity };
  return element("text", { ...attributes, "text-anchor": anchor }, escape(text));
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function rectAt(box: Box, attributes: Attributes): string {
  return element("rect", { ...box, ...attributes });
}

/** Many rectangles of one look as one path: a tenth of the text, and drawn in one go. */
export function boxesPath(boxes: readonly Box[]): string {
  return boxes
    .map(
      ({ x, y, width, height }) =>
        `M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}z`,
    )
    .join("");
}

/** The whole picture, on its own ground: a transparent one would take the viewer's colour. */
export function picture(
  width: number,
  height: number,
  background: string,
  children: readonly string[],
): string {
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  return element(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", ...size, "font-family": "Inter" },
    rectAt({ x: 0, y: 0, width, height }, { fill: background }),
    ...children,
  );
}
