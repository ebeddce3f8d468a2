import type { Bid } from '../domain/decision.ts';

interface Outcome {
  readonly required: number;
  readonly active: boolean;
  /** The bid that made it so. */
  readonly settledBy: Bid;
}

/** What has been settled by the bids heard so far. */
interface Tally {
  /** The bid with the lowest `atMost`. */
  readonly cap: Bid | undefined;
  readonly required: number;
  /** The bid that `required` comes from. */
  readonly winner: Bid | undefined;
  /** The cap that last cut a bid which would have raised `required` further. */
  readonly cutter: Bid | undefined;
  /** The first bid that keeps the workload from zero. */
  readonly keeper: Bid | undefined;
}

const nothing: Tally = { cap: undefined, required: 0, winner: undefined, cutter: undefined, keeper: undefined };

/**
 * Folds bids into one outcome. A bid's `atMost` binds the bids after it and not those before, so a lower rule never
 * overrules a higher one; rules of equal precedence place no `atMost`, so their order does not matter.
 *
 * @param higher highest precedence first
 * @param lowest the bid of the rule that always places one, so that every outcome has a reason
 */
export function fold(higher: readonly Bid[], lowest: Bid): Outcome {
  const { cap, required, winner, cutter, keeper } = [...higher, lowest].reduce(hear, nothing);
  return {
    required,
    active: required > 0 || keeper !== undefined,
    settledBy: cutter ?? winner ?? keeper ?? cap ?? lowest,
  };
}

function hear(tally: Tally, bid: Bid): Tally {
  const limit = limitOf(tally.cap);
  const wanted = bid.atLeast ?? 0;
  const granted = Math.min(wanted, limit);
  return {
    cap: limitOf(bid) < limit ? bid : tally.cap,
    required: Math.max(tally.required, granted),
    winner: granted > tally.required ? bid : tally.winner,
    cutter: wanted > limit && limit >= tally.required ? tally.cap : tally.cutter,
    keeper: tally.keeper ?? (bid.keepAlive && limit > 0 ? bid : undefined),
  };
}

function limitOf(cap: Bid | undefined): number {
  return cap?.atMost ?? Infinity;
}
