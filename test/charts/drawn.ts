import { textWidth, type Weight } from "../../src/charts/draw/text.ts";
import type { Box } from "../../src/charts/draw/svg.ts";

/** A text in a picture, with the place its ink may take. */
export interface DrawnText {
  readonly text: string;
  readonly size: number;
  readonly box: Box;
}

const textPattern = /<text ([^>]*)>([^<]*)<\/text>/g;

/** Every text of an SVG that is meant to be read; watermarks are meant to lie across. */
export function textsIn(svg: string): DrawnText[] {
  return [...svg.matchAll(textPattern)].map(([, attributes = "", content = ""]) => {
    const value = (name: string): string =>
      new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes)?.[1] ?? "";
    const text = content.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
    const size = Number(value("font-size"));
    const weight = weightOf(value("font-weight"));
    const width = textWidth(text, { size, weight });
    const anchor = value("text-anchor");
    const x = Number(value("x")) - (anchor === "end" ? width : anchor === "middle" ? width / 2 : 0);
    // from the height of capitals to the depth of descenders
    return { text, size, box: { x, y: Number(value("y")) - size * 0.73, width, height: size * 0.9 } };
  });
}

function weightOf(text: string): Weight {
  return text === "600" ? 600 : text === "700" ? 700 : 400;
}

export function overlap(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

export function isInside(box: Box, width: number, height: number): boolean {
  return box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
}
