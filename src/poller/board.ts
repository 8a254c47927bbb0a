import type { Board, BoardRow, Contract } from "./adapter.ts";
import { oldestMs } from "./adapter.ts";
import type { Clock } from "../ops/clock.ts";
import type { Line } from "./line.ts";
import { nameOf } from "./line.ts";
import { checkFresh, Malformed } from "./read.ts";

/** What the venue's bulk calls say in one round about one contract; rejects with a Refusal. */
export type Boards = (contract: Contract) => Promise<BoardRow>;

type LookUp = (contract: Contract) => BoardRow;

/**
 * One request a board and round for all symbols, the first that asks sends it. Only watched rows are parsed: a venue
 * lists six hundred contracts, and reading them all costs ten times the request.
 */
export function openBoards(
  boards: readonly Board[],
  { line, clock }: { readonly line: Line; readonly clock: Clock },
  signal?: AbortSignal,
): Boards {
  const asked = new Map<Board, Promise<LookUp>>();
  const ask = async (board: Board): Promise<LookUp> => {
    const asking =
      asked.get(board) ?? line.ask(board.call, (body) => index(board, body, line, clock), { signal });
    asked.set(board, asking);
    return asking;
  };
  return async (contract) => {
    const known = boards.filter(({ covers }) => covers?.(contract) ?? true);
    const lookUps = await Promise.all(known.map(ask));
    return Object.assign({}, ...lookUps.map((lookUp) => lookUp(contract)));
  };
}

function index(board: Board, body: unknown, line: Line, clock: Clock): LookUp {
  const byId = new Map<unknown, unknown>();
  for (const row of board.rows(body)) {
    if (typeof row === "object" && row !== null) byId.set(Reflect.get(row, board.idField), row);
  }
  return (contract) => {
    try {
      if (!byId.has(contract.id)) throw new Malformed(`no row among ${byId.size}`);
      const row = board.row(byId.get(contract.id), contract, body);
      if (row.at !== undefined) checkFresh(row.at, clock.now(), oldestMs);
      return row;
    } catch (error) {
      throw line.refuse(`${nameOf(board.call)} ${contract.id}`, error);
    }
  };
}
