import { campaignTotalsKey, dayTotalsKey, teamTotalsKey, unitTotalsKey } from '../platform/keys.ts';
import type { Update } from '../platform/table.ts';
import { type Adjustment, netOf } from './adjustment.ts';
import type { JournalLine } from './match-entry.ts';

type Sums = { gifts: number; amountMinor: number; matchMinor: number; goodsMinor?: number };

/** What a batch adds to the totals: of the campaign, of each unit and team named, and of each day. */
export function totalsActions(
  campaignId: string,
  lines: readonly JournalLine[],
  newDonors: number,
  challengeTurns: readonly Adjustment[],
): Update[] {
  const matchedGifts = lines.filter((line) => line.matchMinor > 0).length;
  const heldGifts = lines.filter((line) => line.held !== undefined).length;
  const lumpMinor = challengeTurns.reduce((total, turn) => total + netOf(turn), 0);
  return [
    {
      update: campaignTotalsKey(campaignId),
      set: { type: 'campaign-totals', campaignId },
      add: {
        ...sumsOf(lines),
        donors: newDonors,
        matchedGifts,
        ...(heldGifts === 0 ? {} : { heldGifts }),
        ...(lumpMinor === 0 ? {} : { lumpMinor }),
      },
    },
    ...grouped(lines, (line) => line.unitId).map(([unitId, group]) => unitTotals(campaignId, unitId, sumsOf(group))),
    ...grouped(lines, (line) => line.teamId).map(([teamId, group]) => teamTotals(campaignId, teamId, sumsOf(group))),
    ...grouped(lines, (line) => line.day).map(([day, group]) =>
      dayTotals(campaignId, day as JournalLine['day'], sumsOf(group)),
    ),
  ];
}

/** What a change of one gift's match, or a refund of it, does to the totals that it was counted in. */
export function giftTotalsActions(
  campaignId: string,
  gift: Pick<JournalLine, 'unitId' | 'teamId' | 'day'>,
  add: Readonly<Record<string, number>>,
  campaignOnly: Readonly<Record<string, number>>,
): Update[] {
  return [
    {
      update: campaignTotalsKey(campaignId),
      set: { type: 'campaign-totals', campaignId },
      add: { ...add, ...campaignOnly },
    },
    ...(gift.unitId === undefined ? [] : [unitTotals(campaignId, gift.unitId, add)]),
    ...(gift.teamId === undefined ? [] : [teamTotals(campaignId, gift.teamId, add)]),
    dayTotals(campaignId, gift.day, add),
  ];
}

/** What changes in the campaign's totals alone; nothing where nothing does. */
export const campaignTotalsAction = (campaignId: string, add: Readonly<Record<string, number>>): Update[] =>
  Object.keys(add).length === 0
    ? []
    : [{ update: campaignTotalsKey(campaignId), set: { type: 'campaign-totals', campaignId }, add }];

const unitTotals = (campaignId: string, unitId: string, add: Readonly<Record<string, number>>): Update => ({
  update: unitTotalsKey(campaignId, unitId),
  set: { type: 'unit-totals', campaignId, unitId },
  add,
});

const teamTotals = (campaignId: string, teamId: string, add: Readonly<Record<string, number>>): Update => ({
  update: teamTotalsKey(campaignId, teamId),
  set: { type: 'team-totals', campaignId, teamId },
  add,
});

const dayTotals = (campaignId: string, day: JournalLine['day'], add: Readonly<Record<string, number>>): Update => ({
  update: dayTotalsKey(campaignId, day),
  set: { type: 'day-totals', campaignId, day },
  add,
});

function sumsOf(lines: readonly JournalLine[]): Sums {
  const sums: Sums = { gifts: 0, amountMinor: 0, matchMinor: 0 };
  for (const line of lines) {
    sums.gifts += 1;
    sums.amountMinor += line.amountMinor;
    sums.matchMinor += line.matchMinor;
    if (line.inKind === true) sums.goodsMinor = (sums.goodsMinor ?? 0) + line.amountMinor;
  }
  return sums;
}

function grouped(
  lines: readonly JournalLine[],
  by: (line: JournalLine) => string | undefined,
): [string, JournalLine[]][] {
  const groups = new Map<string, JournalLine[]>();
  for (const line of lines) {
    const name = by(line);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [line]);
    else group.push(line);
  }
  return [...groups];
}
