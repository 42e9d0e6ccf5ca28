import Table from 'cli-table3';
import { formatDecimal, minor } from '../../functions/kernel/money.ts';
import { localTimeText } from '../../functions/kernel/time.ts';
import type { Adjustment } from '../../functions/matching/adjustment.ts';
import { type JournalLine, type MatchEntry, matchEntrySchema } from '../../functions/matching/match-entry.ts';
import { adjustmentsOf, journalLines, readPool } from '../../functions/matching/matching-pool.store.ts';
import { openingFunds, openingPlanOf } from '../../functions/matching/matching-pool.ts';
import { matchEntryKey } from '../../functions/platform/keys.ts';
import type { Table as Store } from '../../functions/platform/table.ts';

const yuan = (amount: number): string => formatDecimal(minor(amount), 'CNY');
/** What is read first in a line about something that is no gift. */
const NO_NUMBER = '';

/** What one line moves, by the purse that it moves it in: a rule's pool, or one of its sub-pools. */
type Moves = readonly (readonly [purse: string, matchMinor: number])[];
type Row = {
  readonly no: number | '';
  readonly at: string;
  readonly unit: string;
  /** Below zero where a gift went back; nothing where the line is not about a gift's own money. */
  readonly giftMinor: number | undefined;
  readonly moves: Moves;
  /** What a sponsor put into a purse, or took out of it: no match. */
  readonly refills?: Moves;
  readonly why: string;
};

/**
 * The ledger of a campaign as a table that a treasurer can check with a pencil: gift by gift and entry by entry, in recorded
 * order. A plan of one pool has one column of what is left; of several, each line says what is left of those it touched.
 */
export async function ledgerTable(store: Store, campaignId: string, zone: string): Promise<string> {
  const pool = await readPool(store, campaignId);
  const adjustments = await adjustmentsOf(store, campaignId);
  const lines: JournalLine[] = [];
  for await (const line of journalLines(store, campaignId)) lines.push(line);
  const matches = new Map<string, MatchEntry>();
  for (const { giftId } of lines) matches.set(giftId, matchEntrySchema.parse(await store.get(matchEntryKey(giftId))));
  const purses = new Purses(openingFunds(openingPlanOf(pool.plan, adjustments)));
  const table = new Table({
    head: ['No', 'Paid at', 'Unit', 'Gift', 'Match', 'Why', purses.isOne ? 'Pool left' : 'Left'],
    colAligns: ['right', 'left', 'left', 'right', 'right', 'left', 'right'],
    style: { head: [], border: [], compact: true },
  });
  const rows = rowsOf(lines, adjustments, matches, zone);
  for (const { no, at, unit, giftMinor, moves, refills = [], why } of rows) {
    purses.refill(refills);
    const gift = giftMinor === undefined ? '' : yuan(giftMinor);
    table.push([no, at, unit, gift, yuan(sumOf(moves)), why, purses.take(moves)]);
  }
  const gifts = rows.reduce((total, { giftMinor }) => total + (giftMinor ?? 0), 0);
  const matched = rows.reduce((total, { moves }) => total + sumOf(moves), 0);
  table.push(['', 'Total', '', yuan(gifts), yuan(matched), '', yuan(pool.remainingMinor)]);
  return table.toString();
}

const sumOf = (moves: Moves): number => moves.reduce((total, [, matchMinor]) => total + matchMinor, 0);

function rowsOf(
  lines: readonly JournalLine[],
  adjustments: readonly Adjustment[],
  matches: ReadonlyMap<string, MatchEntry>,
  zone: string,
): Row[] {
  const numberOf = new Map(lines.map(({ giftId }, position) => [giftId, position + 1]));
  const after = (sequence: number): Row[] =>
    adjustments
      .filter(({ afterSequence }) => afterSequence === sequence)
      .map((one) => adjustmentRow(one, numberOf.get(one.giftId ?? ''), lines, zone));
  return [
    ...after(0),
    ...lines.flatMap((line, position) => [giftRow(line, position + 1, matches, zone), ...after(position + 1)]),
  ];
}

function giftRow(line: JournalLine, no: number, matches: ReadonlyMap<string, MatchEntry>, zone: string): Row {
  const draws = matches.get(line.giftId)?.draws ?? [];
  const reasonOf = ({ ruleId, outcome, capsHit }: (typeof draws)[number]): string =>
    `${ruleId}: ${outcome}${capsHit === undefined ? '' : ` (${capsHit.join(', ')})`}`;
  const why = draws.length > 1 ? draws.map(reasonOf).join('; ') : line.outcome;
  return {
    no,
    at: localTimeText(line.occurredAt, zone),
    unit: line.unitId ?? '-',
    giftMinor: line.amountMinor,
    moves: draws.map(({ ruleId, subPoolId, matchMinor }) => [purseOf(ruleId, subPoolId), matchMinor]),
    why: line.held === undefined ? why : `${why}, held`,
  };
}

function adjustmentRow(one: Adjustment, no: number | undefined, lines: readonly JournalLine[], zone: string): Row {
  const about = no === undefined ? '' : ` of no. ${no}`;
  const turns = (one.challenges ?? []).map(({ ruleId, kind }) => `${ruleId} ${kind}`);
  const why = one.kind === 'challenge' ? turns.join(', ') : [`${one.kind}${about}`, ...turns].join(', ');
  return {
    no: NO_NUMBER,
    at: localTimeText(one.at, zone),
    unit: (no === undefined ? undefined : lines[no - 1]?.unitId) ?? '-',
    giftMinor: one.refundMinor === undefined ? undefined : -one.refundMinor,
    moves: one.changes.map(({ ruleId, subPoolId, matchMinor }) => [purseOf(ruleId, subPoolId), matchMinor]),
    refills: (one.resizes ?? []).map(({ ruleId, subPoolId, fromMinor, toMinor }) => [
      purseOf(ruleId, subPoolId),
      toMinor - fromMinor,
    ]),
    why: one.reason === undefined ? why : `${why}: ${one.reason}`,
  };
}

const purseOf = (ruleId: string, subPoolId: string | undefined): string =>
  subPoolId === undefined ? ruleId : `${ruleId}/${subPoolId}`;

/** What is left, purse by purse, as the lines go by. */
class Purses {
  readonly #left = new Map<string, number>();

  constructor(funds: ReturnType<typeof openingFunds>) {
    for (const { ruleId, remainingMinor, subPools } of funds)
      for (const [part, left] of Object.entries(subPools ?? { '': remainingMinor }))
        this.#left.set(purseOf(ruleId, part === '' ? undefined : part), left);
  }

  get isOne(): boolean {
    return this.#left.size === 1;
  }

  refill(refills: Moves): void {
    for (const [purse, amount] of refills) this.#left.set(purse, (this.#left.get(purse) ?? 0) + amount);
  }

  /** Takes out what a line moves, and says what is left: of the only purse always, of several where it was touched. */
  take(moves: Moves): string {
    const touched = new Set<string>();
    for (const [purse, matchMinor] of moves) {
      this.#left.set(purse, (this.#left.get(purse) ?? 0) - matchMinor);
      if (matchMinor !== 0) touched.add(purse);
    }
    if (this.isOne) return [...this.#left.values()].map(yuan).join();
    return [...touched].map((purse) => `${purse} ${yuan(this.#left.get(purse) ?? 0)}`).join(', ');
  }
}
