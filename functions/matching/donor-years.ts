import * as z from 'zod';
import type { DonationEntry } from '../donations/donation-entry.ts';
import { donorYearKey, type Key } from '../platform/keys.ts';
import type { TransactWrite } from '../platform/table.ts';
import type { DonorsAtHand } from './donors-at-hand.ts';
import type { Engine } from './matching-engine.ts';
import { type GiftRule, isGiftRule } from './matching-rule.ts';
import type { MatchingState } from './matching-state.ts';
import { programmeYearOf } from './rules/caps.ts';

export const donorYearSchema = z.object({
  donorId: z.string(),
  programmeId: z.string(),
  year: z.string(),
  matchedMinor: z.number().int(),
});

type GiftOfYear = Pick<DonationEntry, 'donorId' | 'day'>;

/** The rules of a plan that share a cap by year with other campaigns. */
export const yearRulesOf = (engine: Engine): GiftRule[] =>
  engine.plan.rules.filter((rule): rule is GiftRule => isGiftRule(rule) && rule.perDonor?.perYear !== undefined);

/** Which year item a gift touches by such a rule. */
function yearOf(rule: GiftRule, gift: Pick<DonationEntry, 'day'>) {
  const perYear = rule.perDonor?.perYear;
  if (perYear === undefined) throw new RangeError(`rule ${rule.id} has no cap by year`);
  return { programmeId: perYear.programmeId, year: programmeYearOf(gift.day, perYear.startsOn) };
}

/** The actions that a gift's donor may need in the transaction, named so that two gifts of one donor share them. */
export const mostYearActions = (entry: GiftOfYear, engine: Engine): string[] =>
  yearRulesOf(engine).map((rule) => {
    const { programmeId, year } = yearOf(rule, entry);
    return `year ${programmeId} ${year} ${entry.donorId}`;
  });

/** The items of the years that these gifts fall into, each once. */
export function yearKeysOf(engine: Engine, entries: readonly GiftOfYear[]): Key[] {
  const years = new Map<string, Key>();
  for (const rule of yearRulesOf(engine))
    for (const entry of entries) {
      const { programmeId, year } = yearOf(rule, entry);
      years.set(`${entry.donorId} ${programmeId} ${year}`, donorYearKey(entry.donorId, programmeId, year));
    }
  return [...years.values()];
}

/** The years as they are afterwards: in the transaction, and guarded by what was read, because pools of other campaigns write them too. */
export function yearActions(
  engine: Engine,
  entries: readonly GiftOfYear[],
  donors: DonorsAtHand,
  state: MatchingState,
): TransactWrite[] {
  const actions = new Map<string, TransactWrite>();
  for (const rule of yearRulesOf(engine))
    for (const entry of entries) {
      const { programmeId, year } = yearOf(rule, entry);
      const { donorId } = entry;
      const before = donors.yearMinor(donorId, programmeId, year);
      const after = state.donors.sumOf(donorId, rule.id, `year ${year}`);
      if (after === (before ?? 0)) continue;
      actions.set(`${donorId} ${programmeId} ${year}`, {
        update: donorYearKey(donorId, programmeId, year),
        set: { type: 'donor-year', donorId, programmeId, year, matchedMinor: after },
        when: before === undefined ? { absent: true } : { equals: { matchedMinor: before } },
      });
    }
  return [...actions.values()];
}
