import { describe, expect, test } from "vitest";
import { chooseMuteReply } from "../../../../src/bots/shared/replies/settings.ts";
import { textsIn } from "../../../../src/texts/texts.ts";

describe("how long to be quiet", () => {
  test.each([
    ["en", ["1 hour", "4 hours", "8 hours", "24 hours", "7 days"]],
    ["es", ["1 hora", "4 horas", "8 horas", "24 horas", "7 días"]],
  ] as const)("is offered in the units people say: %s", (language, offered) => {
    const { rows } = chooseMuteReply(textsIn(language), {});
    expect(rows?.flat().map(({ label }) => label)).toEqual(offered);
  });
});
