import { createAxisFormat } from "../../texts/axis.ts";
import { textsIn } from "../../texts/texts.ts";
import type { ReliabilityRequest } from "../contracts.ts";
import { drawFooter } from "../draw/footer.ts";
import { drawLegend } from "../draw/legend.ts";
import { palettes } from "../draw/palette.ts";
import { picture, textAt } from "../draw/svg.ts";
import { cutToWidth } from "../draw/text.ts";
import { dotColour, drawBands, drawMoney, drawName } from "./panels.ts";
import { frameOf, layRecording, recordingHeight } from "./scene.ts";

/** A picture of more would be taller than viewers show. */
export const mostRecordings = 8;

/** How predictions did, a row a recording: dollars by their size, and bands by how much they promise. */
export function reliabilitySvg({ recordings, look }: ReliabilityRequest): string {
  const shown = recordings.slice(0, mostRecordings);
  const palette = palettes[look.theme];
  const texts = textsIn(look.language);
  const plain = frameOf();
  const { margin, title, label, width } = plain;
  const titleY = margin / 2 + title.size * 0.95;
  const aboutY = titleY + plain.lineHeight;
  const legend = drawLegend(
    [
      { text: texts.say("chart-reliability-tenths"), swatch: "box", fill: dotColour(palette) },
      { text: texts.say("chart-reliability-ideal"), swatch: "line", fill: palette.muted },
      { text: texts.say("chart-reliability-chance"), swatch: "box", fill: palette.axis },
    ],
    plain,
    palette,
    aboutY + label.size * 0.7,
  );
  const top = legend.bottom + label.size;
  const rows = recordingHeight(plain);
  const footerRoom = margin + plain.caveat.size * 2.4;
  const frame = { ...plain, height: Math.ceil(top + rows * shown.length + footerRoom) };
  const { day } = createAxisFormat(look.language);
  const parts = shown.flatMap((recording, i) => {
    const scene = layRecording(recording, look, frame, top + i * rows);
    const days = { from: day(recording.from), to: day(recording.to - 1) };
    return [
      ...drawName(scene, texts.say("chart-reliability-days", days)),
      ...drawMoney(scene),
      ...drawBands(scene),
    ];
  });
  const footer = drawFooter(frame, palette, texts.say("chart-reliability-note"), texts);
  const room = width - 2 * margin;
  return picture(width, frame.height, palette.background, [
    textAt(texts.say("chart-reliability-title"), { x: margin, y: titleY, fill: palette.text, ...title }),
    textAt(cutToWidth(texts.say("chart-reliability-about"), room, label), {
      x: margin,
      y: aboutY,
      fill: palette.muted,
      ...label,
    }),
    ...legend.svg,
    ...parts,
    ...footer.svg,
  ]);
}
