import type {
  BoardRow,
  CandleRow,
  Contract,
  Feed,
  MarkRow,
  OpenInterestRow,
  VenueAdapter,
} from "./adapter.ts";
import { checkFunding, checkRatio } from "./sound.ts";

/**
 * What the rest of the poller reads through: an adapter whose figures are within reason, and the coin's own where the
 * venue lists it by the thousand: prices are divided by the listing's multiplier, base quantities multiplied. Inverse
 * quantities are USD, and stay.
 */
export function scaled(adapter: VenueAdapter): VenueAdapter {
  const { candles, markCandles, openInterest, riskTiers, fundingRate, longShortRatio } = adapter;
  return {
    ...adapter,
    boards: adapter.boards.map((board) => ({
      ...board,
      row: (row, contract, body) => scaleBoard(board.row(row, contract, body), contract),
    })),
    ...(openInterest && {
      openInterest: {
        ...openInterest,
        read: (body, contract) => {
          const sample = openInterest.read(body, contract);
          return { ...sample, value: sample.value * quantityScale(contract) };
        },
      },
    }),
    candles: scaleFeed(candles, scaleCandle),
    ...(markCandles && { markCandles: scaleFeed(markCandles, scaleMark) }),
    ...(fundingRate && {
      fundingRate: {
        ...fundingRate,
        read: (body, contract) => {
          const sample = fundingRate.read(body, contract);
          return { ...sample, value: checkFunding(sample.value) };
        },
      },
    }),
    ...(longShortRatio && {
      longShortRatio: {
        ...longShortRatio,
        row: (row, contract) => checkRatio(longShortRatio.row(row, contract)),
      },
    }),
    openInterestHistory: adapter.openInterestHistory.map((feed) => scaleFeed(feed, scaleOpenInterest)),
    riskTiers:
      riskTiers.kind === "table"
        ? riskTiers
        : {
            ...riskTiers,
            // limits are in contracts of what is listed
            read: (body, contract, markPrice) =>
              riskTiers.read(body, contract, markPrice * contract.multiplier),
          },
  };
}

function scaleFeed<Row>(feed: Feed<Row>, scale: (row: Row, contract: Contract) => Row): Feed<Row> {
  return {
    ...feed,
    row: (row, contract) => {
      const read = feed.row(row, contract);
      return contract.multiplier === 1 ? read : scale(read, contract);
    },
  };
}

const quantityScale = ({ contractType, multiplier }: Contract): number =>
  contractType === "linear" ? multiplier : 1;

function scaleCandle(row: CandleRow, contract: Contract): CandleRow {
  const { multiplier } = contract;
  const quantity = quantityScale(contract);
  const { takerBuyVolume } = row;
  return {
    ...row,
    open: row.open / multiplier,
    high: row.high / multiplier,
    low: row.low / multiplier,
    close: row.close / multiplier,
    volume: row.volume * quantity,
    ...(takerBuyVolume === undefined ? {} : { takerBuyVolume: takerBuyVolume * quantity }),
  };
}

const scaleMark = (row: MarkRow, { multiplier }: Contract): MarkRow => ({
  ...row,
  high: row.high / multiplier,
  low: row.low / multiplier,
});

function scaleOpenInterest(row: OpenInterestRow, contract: Contract): OpenInterestRow {
  const quantity = quantityScale(contract);
  const { longLiquidations: long, shortLiquidations: short } = row;
  return {
    ...row,
    value: row.value * quantity,
    ...(long === undefined ? {} : { longLiquidations: long * quantity }),
    ...(short === undefined ? {} : { shortLiquidations: short * quantity }),
  };
}

function scaleBoard(row: BoardRow, contract: Contract): BoardRow {
  if (row.fundingRate !== undefined) checkFunding(row.fundingRate);
  if (contract.multiplier === 1) return row;
  const { markPrice, openInterest } = row;
  return {
    ...row,
    ...(markPrice === undefined ? {} : { markPrice: markPrice / contract.multiplier }),
    ...(openInterest === undefined ? {} : { openInterest: openInterest * quantityScale(contract) }),
  };
}
