import { describe, expect, it } from "vitest";
import { alertContent, testAlertContent } from "../../../src/alerts/content.ts";
import { alertMessage } from "../../../src/alerts/message.ts";
import { createConsoleSender, renderConsole } from "../../../src/notifier/senders/console.ts";
import type { SendRequest } from "../../../src/notifier/contracts.ts";
import { exampleTime, firedDown, firedUp, mirrored, referenceImbalance } from "../../alerts/examples.ts";

const message = alertMessage(alertContent(referenceImbalance, firedUp), "en");
const request: SendRequest = {
  destination: "console",
  message,
  possibleRepeat: false,
  idempotencyKey: "key-1",
};

describe("an alert on a terminal", () => {
  it("is the block people read", () => {
    expect(renderConsole(message)).toMatchInlineSnapshot(`
      "── BTC ──────────────────────────────────────────────────── Nov 22, 12:40 UTC ──
      BTC 2.6× lopsided up: shorts are closer to liquidation than longs

        ⬇️ BTC needs to fall ~$2,000 (2.4%) to liquidate $1.1B of longs,
        ⬆️ but rise only ~$770 (0.91%) to liquidate $1.1B of shorts.

        Shorts crowd closer to the price, so a rise would force buying sooner.
        A fall of the same size would force less selling.

        How traders tend to read it:
          Momentum traders may buy a break up, hoping short covering carries it.
          Market makers may quote wider above, where forced buying can run them over.
          Contrarians may wait until the squeeze is spent, then sell it.

        Liquidation maps are not price predictions.
        They show where leverage sits, not where price must go; news, ETF flows and
        spot demand still dominate.

        Bottom line: the same liquidations lie 2.6× as far below the price as above.

        Estimated (modelled) at $84,230 · data 4 s old · 3/3 venues · no confidence
        band yet · past maps not scored yet"
    `);
  });

  it("is shorter where it only says what holds now", () => {
    expect(renderConsole(message, { isUpdate: true })).toMatchInlineSnapshot(`
      "── BTC ──────────────────────────────────────────────────── Nov 22, 12:40 UTC ──
      UPDATE · BTC 2.6× lopsided up: shorts are closer to liquidation than longs

        ⬇️ BTC needs to fall ~$2,000 (2.4%) to liquidate $1.1B of longs,
        ⬆️ but rise only ~$770 (0.91%) to liquidate $1.1B of shorts.

        Liquidation maps are not price predictions.
        Estimated (modelled) at $84,230 · data 4 s old · 3/3 venues · no confidence
        band yet · past maps not scored yet"
    `);
  });

  it("is one line when an episode ends", () => {
    const ended = alertMessage(
      {
        version: 1,
        kind: "resolved",
        alertId: "a-resolved",
        firedAlertId: "a",
        symbol: "BTC",
        direction: "up",
        firedAt: exampleTime,
        time: exampleTime,
        ratio: 1.31,
      },
      "en",
    );
    expect(renderConsole(ended)).toMatchInlineSnapshot(`
      "── BTC ──────────────────────────────────────────────────── Nov 22, 12:40 UTC ──
      BTC imbalance back to 1.3× up. The alert of Nov 22, 12:40 UTC has ended."
    `);
  });

  it.each([
    ["upwards", message],
    ["downwards", alertMessage(alertContent(mirrored(referenceImbalance), firedDown), "en")],
    ["as a test, for the longest symbol", alertMessage(testAlertContent("A".repeat(20), exampleTime), "en")],
  ])("is at most 80 columns wide, %s", (_name, shown) => {
    const lines = renderConsole(shown, { possibleRepeat: true }).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.filter((line) => line !== line.trimEnd())).toEqual([]);
  });

  it("says when it may be a repeat, and only then", () => {
    expect(renderConsole(message, { possibleRepeat: true })).toContain("Possible repeat");
    expect(renderConsole(message)).not.toContain("Possible repeat");
  });

  it("has bold type where it is asked for, and the same words", () => {
    const bold = renderConsole(message, { bold: true });
    expect(bold).toContain(
      "\u001b[1mLiquidation maps are not price predictions.\u001b[22m".replace("Liq", "  Liq"),
    );
    expect(bold.replaceAll("\u001b[1m", "").replaceAll("\u001b[22m", "")).toBe(renderConsole(message));
  });

  it("leaves no empty paragraph where parts were dropped", () => {
    if (message.kind !== "full") throw new Error("expected a full message");
    const { bottomLine: _dropped, ...rest } = message;
    const shown = renderConsole({ ...rest, readings: [], suggests: [] });
    expect(shown).not.toContain("\n\n\n");
    expect(shown).not.toContain("How traders");
  });
});

describe("the console sender", () => {
  it("prints the block, with an empty line after it", async () => {
    const written: string[] = [];
    const sender = createConsoleSender((text) => void written.push(text));
    expect(await sender.send(request)).toEqual({ kind: "sent", messageId: "key-1" });
    expect(written).toEqual([`${renderConsole(message)}\n\n`]);
    expect(sender.platform).toBe("console");
  });

  it("prints an update as one", async () => {
    const written: string[] = [];
    const sender = createConsoleSender((text) => void written.push(text));
    await sender.send({ ...request, isUpdate: true });
    expect(written).toEqual([`${renderConsole(message, { isUpdate: true })}\n\n`]);
  });

  it("answers a broken output with a retry", async () => {
    const sender = createConsoleSender(async () => Promise.reject(new Error("EPIPE: broken pipe")));
    expect(await sender.send(request)).toEqual({ kind: "unreachable", reason: "EPIPE: broken pipe" });
  });
});
