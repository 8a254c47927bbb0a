import { describe } from "vitest";
import { useRedis } from "../support/useRedis.ts";
import { itTakesTurns } from "./turns.contract.ts";

describe("turns on one server", () => {
  const used = useRedis();
  itTakesTurns(() => used.redis);
});
