import type { Board, BoardRow, Contract } from "./adapter.ts";
import { oldestMs } from "./adapter.ts";
import type { Line } from "./line.ts";
import { nameOf } from "./line.ts";
import { checkFresh, Malformed } from "./read.ts";

/** What the venue's bulk calls said in one round about one contract; throws a Refusal. */
export type Boards = (contract: Contract, now: number) => BoardRow & { readonly at: number };

/**
 * One request a board and round for all symbols. Only watched rows are parsed: a venue lists six hundred contracts,
 * and reading them all costs ten times the request.
 */
export async function askBoards(boards: readonly Board[], line: Line, signal?: AbortSignal): Promise<Boards> {
  const lookups = await Promise.all(
    boards.map(async (board) => line.ask(board.call, (body) => index(board, body, line), { signal })),
  );
  return (contract, now) => {
    const row: { at: number } = { at: now };
    for (const lookup of lookups) Object.assign(row, lookup(contract, now));
    return row;
  };
}

type Lookup = (contract: Contract, now: number) => BoardRow;

function index(board: Board, body: unknown, line: Line): Lookup {
  const byId = new Map<unknown, unknown>();
  for (const row of board.rows(body)) {
    if (typeof row === "object" && row !== null) byId.set(Reflect.get(row, board.idField), row);
  }
  return (contract, now) => {
    try {
      if (!byId.has(contract.id)) throw new Malformed(`no row among ${byId.size}`);
      const row = board.row(byId.get(contract.id), contract, body);
      if (row.at !== undefined) checkFresh(row.at, now, oldestMs);
      return row;
    } catch (error) {
      throw line.refuse(`${nameOf(board.call)} ${contract.id}`, error);
    }
  };
}
