import type { Dialect } from "./dialect.ts";
import { binance } from "./dialects/binanceusdm.ts";
import { bybit } from "./dialects/bybit.ts";
import { okx } from "./dialects/okx.ts";

export const dialects: readonly Dialect[] = [binance, bybit, okx];
