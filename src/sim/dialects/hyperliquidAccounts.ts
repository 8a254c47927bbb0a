import type { Side } from "../../model/types.ts";
import { seedFor } from "../random.ts";

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

/** An address tells whose it is: a hash of the symbol, the side, the account's number, and filling. */
export function addressOf(symbol: string, side: Side, account: number): string {
  const named = `${hex(seedFor(0, symbol), 8)}${side === "long" ? 1 : 2}${hex(account, 9)}`;
  const filling = ["a", "b", "c"].map((salt) => hex(seedFor(account, symbol, side, salt), 8)).join("");
  return `0x${named}${filling.slice(0, 22)}`;
}

/** The account of this symbol that an address belongs to; undefined for anybody else's. */
export function accountOf(
  address: string,
  symbol: string,
): { readonly side: Side; readonly account: number } | undefined {
  const side = address[10] === "1" ? "long" : "short";
  const account = Number.parseInt(address.slice(11, 20), 16);
  return addressOf(symbol, side, account) === address.toLowerCase() ? { side, account } : undefined;
}
