import { describe } from "vitest";
import { createConsoleSender } from "../../../src/notifier/senders/console.ts";
import { itSendsLikeEverySender } from "./sender.contract.ts";

describe("the console sender", () => {
  itSendsLikeEverySender(async () => {
    const written: string[] = [];
    const sender = createConsoleSender((text) => {
      written.push(text);
    });
    return { sender, destination: "console", received: () => written };
  });
});
