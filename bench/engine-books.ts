import { windowBounds } from '../functions/kernel/time.ts';
import type { Books } from '../functions/ledger/invariants.ts';
import { NO_SUMS, type Sums } from '../functions/ledger/totals.ts';
import type { Adjustment } from '../functions/matching/adjustment.ts';
import { DonorRecords } from '../functions/matching/donor-records.ts';
import type { JournalLine } from '../functions/matching/match-entry.ts';
import { book } from '../functions/matching/matching-books.ts';
import { type Decision, decisionOf, engineOf } from '../functions/matching/matching-engine.ts';
import { type MatchingPool, matchingPoolSchema, remainingOf } from '../functions/matching/matching-pool.ts';
import type { GiftToMatch } from '../functions/matching/matching-state.ts';
import { engineGifts } from './engine-gifts.ts';
import { poolItem, WINDOW } from './gifts.ts';
import { type PlanName, poolFor, SEEDS } from './plans.ts';

const PART = 100_000;

/** The books that the engine leaves behind, as finalisation reads them: every line and id a text of its own. */
export function booksOfRun(name: PlanName, gifts: number): Books {
  const pool = matchingPoolSchema.parse(poolItem('cmp_books', name, poolFor(gifts)));
  const engine = engineOf(pool.plan, { zone: WINDOW.zone, ...windowBounds(WINDOW) }, SEEDS);
  const state = { open: true, funds: pool.funds, donors: new DonorRecords() };
  const journal: JournalLine[] = [];
  const adjustments: Adjustment[] = [];
  const totals = emptyTotals();
  const arrived = new Set<string>();
  for (const part of engineGifts(gifts, PART))
    for (const gift of part) {
      const decision = decisionOf(engine, state, gift);
      const isNew = !totals.donors.has(gift.donorId);
      if (isNew) totals.donors.add(gift.donorId);
      for (const turn of book(engine, state, gift, decision))
        adjustments.push(turnedBy(pool, journal.length + 1, adjustments.length + 1, turn));
      journal.push(lineOf(gift, decision));
      arrived.add(copy(gift.giftId));
      for (const sums of [totals.campaign, sumsIn(totals.units, gift.unitId ?? '-'), sumsIn(totals.days, gift.day)]) {
        sums.gifts += 1;
        sums.amountMinor += gift.amountMinor;
        sums.matchMinor += decision.matchMinor;
      }
      if (decision.matchMinor > 0) totals.campaign.matchedGifts += 1;
    }
  const lumpMinor = adjustments.flatMap(({ changes }) => changes).reduce((sum, { matchMinor }) => sum + matchMinor, 0);
  return {
    pool: {
      ...pool,
      remainingMinor: remainingOf(pool.funds),
      sequence: gifts,
      adjustments: adjustments.length,
    } as MatchingPool,
    seeds: SEEDS,
    journal,
    adjustments,
    arrived,
    refunds: [],
    totals: {
      campaign: { ...totals.campaign, heldGifts: 0, donors: totals.donors.size, lumpMinor },
      units: totals.units,
      days: totals.days,
    },
    teams: new Map(),
  };
}

type RunningSums = { -readonly [Field in keyof Sums]: number };

const emptyTotals = () => ({
  campaign: { ...NO_SUMS, matchedGifts: 0, refundedGifts: 0, heldGifts: 0 },
  units: new Map<string, RunningSums>(),
  days: new Map<string, RunningSums>(),
  donors: new Set<string>(),
});

function sumsIn(groups: Map<string, RunningSums>, name: string): RunningSums {
  const sums = groups.get(name) ?? { ...NO_SUMS };
  groups.set(name, sums);
  return sums;
}

const copy = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');

function lineOf(gift: GiftToMatch, decision: Decision): JournalLine {
  const { giftId, donorId, unitId, amountMinor, occurredAt, day, standing } = gift;
  return {
    giftId,
    orderNo: copy(giftId.replace('gft_', 'int_')),
    donorId,
    unitId: copy(unitId ?? '-'),
    anonymous: true,
    thankYouDue: true,
    amountMinor,
    matchMinor: decision.matchMinor,
    outcome: decision.outcome,
    draws: decision.draws.map(({ ruleId, matchMinor, outcome, yearBeforeMinor }) => ({
      ruleId,
      matchMinor,
      outcome,
      ...(yearBeforeMinor === undefined ? {} : { yearBeforeMinor }),
    })),
    standing: { ...standing } as JournalLine['standing'],
    ...(decision.held === undefined ? {} : { held: decision.held }),
    occurredAt: copy(occurredAt) as JournalLine['occurredAt'],
    day: copy(day) as JournalLine['day'],
  };
}

const turnedBy = (
  { campaignId, opensAt }: MatchingPool,
  afterSequence: number,
  n: number,
  turn: ReturnType<typeof book>[number],
): Adjustment => ({
  type: 'adjustment',
  campaignId,
  number: n,
  afterSequence,
  kind: 'challenge',
  at: opensAt,
  by: 'system',
  changes: [{ ruleId: turn.ruleId, matchMinor: turn.kind === 'unlocked' ? turn.lumpMinor : -turn.lumpMinor }],
  challenges: [turn],
});
