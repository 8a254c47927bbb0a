import { expect, test } from "vitest";
import { privacyReply } from "../../../../src/bots/shared/replies/help.ts";
import { replyText } from "../../../../src/bots/shared/reply.ts";
import { languages, textsIn } from "../../../../src/texts/texts.ts";

test.each(languages)("/privacy hides nothing that /forget leaves for a while: %s", (language) => {
  expect(replyText(privacyReply(textsIn(language)))).toMatch(/\/forget .* 14 d/u);
});
