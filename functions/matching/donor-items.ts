import * as z from 'zod';
import type { DonationEntry } from '../donations/donation-entry.ts';
import type { LocalDate } from '../kernel/time.ts';
import { campaignDonorKey, donorYearKey } from '../platform/keys.ts';
import type { Item, TransactWrite } from '../platform/table.ts';
import { DonorRecords } from './donor-records.ts';
import { standingSchema } from './match-entry.ts';
import type { Engine } from './matching-engine.ts';
import { type GiftRule, isGiftRule } from './matching-rule.ts';
import type { MatchingState, Standing } from './matching-state.ts';
import { programmeYearOf } from './rules/caps.ts';

const useSchema = z.object({
  totalMinor: z.number().int(),
  days: z.record(z.string(), z.number().int()),
  streakBonus: z.boolean().optional(),
  challengeGifts: z.number().int().optional(),
});

/** That a donor has given to a campaign, by which gift first, and what the rules must remember of them. */
const campaignDonorSchema = z.object({
  donorId: z.string(),
  /** The gift that counts this donor: whoever wrote the item first. */
  firstGiftId: z.string(),
  uses: z.record(z.string(), useSchema).optional(),
  recent: z.array(z.number()).optional(),
  giftsByDay: z.record(z.string(), z.number().int()).optional(),
  alike: z.object({ amountMinor: z.number().int(), gifts: z.number().int() }).optional(),
});
type CampaignDonor = z.infer<typeof campaignDonorSchema>;
const donorYearSchema = z.object({
  donorId: z.string(),
  programmeId: z.string(),
  year: z.string(),
  matchedMinor: z.number().int(),
});
const standingItemSchema = z.object({ donorId: z.string(), ...standingSchema.shape });

/** The rules of a plan that share a cap by year with other campaigns. */
export const yearRulesOf = (engine: Engine): GiftRule[] =>
  engine.plan.rules.filter((rule): rule is GiftRule => isGiftRule(rule) && rule.perDonor?.perYear !== undefined);

/** Which year item a gift touches by such a rule. */
export function yearOf(rule: GiftRule, gift: Pick<DonationEntry, 'donorId' | 'day'>) {
  const perYear = rule.perDonor?.perYear;
  if (perYear === undefined) throw new RangeError(`rule ${rule.id} has no cap by year`);
  return { programmeId: perYear.programmeId, year: programmeYearOf(gift.day, perYear.startsOn) };
}

/** The actions that a gift's donor may need in the transaction, named so that two gifts of one donor share them. */
export function mostDonorActions(entry: DonationEntry, engine: Engine): string[] {
  if (!engine.needsDonors) return [];
  const years = yearRulesOf(engine).map(
    (rule) => `year ${yearOf(rule, entry).programmeId} ${yearOf(rule, entry).year}`,
  );
  return [`donor ${entry.donorId}`, ...years.map((year) => `${year} ${entry.donorId}`)];
}

/** What the store says of the donors of a batch, read after the pool, so that the pool's guard covers it. */
export class DonorsAtHand {
  readonly #donors = new Map<string, CampaignDonor>();
  readonly #years = new Map<string, number>();
  readonly #standings = new Map<string, Standing>();
  readonly #yearRules: readonly GiftRule[];

  constructor(engine: Engine, items: readonly Item[]) {
    this.#yearRules = yearRulesOf(engine);
    for (const item of items) {
      if (item.type === 'campaign-donor') this.remember(item);
      if (item.type === 'donor-year') {
        const { donorId, programmeId, year, matchedMinor } = donorYearSchema.parse(item);
        this.#years.set(`${donorId} ${programmeId} ${year}`, matchedMinor);
      }
      if (item.type === 'standing') {
        const { donorId, ...standing } = standingItemSchema.parse(item);
        this.#standings.set(donorId, standing);
      }
    }
  }

  /** Takes in an item of a donor that was read or written meanwhile. */
  remember(item: Item): void {
    const donor = campaignDonorSchema.parse(item);
    this.#donors.set(donor.donorId, donor);
  }

  isKnown(donorId: string): boolean {
    return this.#donors.has(donorId);
  }

  firstGiftOf(donorId: string): string | undefined {
    return this.#donors.get(donorId)?.firstGiftId;
  }

  standingOf(donorId: string): Standing | undefined {
    return this.#standings.get(donorId);
  }

  /** `undefined` where the donor has drawn nothing in that year yet. */
  yearMinor(donorId: string, programmeId: string, year: string): number | undefined {
    return this.#years.get(`${donorId} ${programmeId} ${year}`);
  }

  /** How many donors these gifts are the first of. Every gift is counted once, and so is every donor. */
  countNew(entries: readonly DonationEntry[]): number {
    const gifts = new Set(entries.map(({ giftId }) => giftId));
    const donors = new Set(entries.map(({ donorId }) => donorId));
    let count = 0;
    for (const donorId of donors) {
      const first = this.firstGiftOf(donorId);
      if (first === undefined || gifts.has(first)) count += 1;
    }
    return count;
  }

  /** The donors as the rules see them; a copy, because a state is changed in place. */
  recordsOf(): DonorRecords {
    const records = new DonorRecords();
    for (const donor of this.#donors.values()) load(records, donor);
    for (const rule of this.#yearRules) {
      const programmeId = rule.perDonor?.perYear?.programmeId;
      for (const [key, matchedMinor] of this.#years) {
        const [donorId = '', programme, year = ''] = key.split(' ');
        if (programme === programmeId) records.add(donorId, rule.id, `year ${year}`, matchedMinor);
      }
    }
    return records;
  }
}

function load(records: DonorRecords, { donorId, uses, recent, giftsByDay, alike }: CampaignDonor): void {
  for (const [ruleId, use] of Object.entries(uses ?? {})) {
    records.add(donorId, ruleId, 'total', use.totalMinor);
    for (const [day, amountMinor] of Object.entries(use.days))
      records.add(donorId, ruleId, day as LocalDate, amountMinor);
    if (use.streakBonus === true) records.add(donorId, ruleId, 'streak-bonus', 1);
    if (use.challengeGifts !== undefined) records.add(donorId, ruleId, 'challenge-gifts', use.challengeGifts);
  }
  Object.assign(records.ownMemoryOf(donorId), {
    recent: recent === undefined ? undefined : [...recent],
    giftsByDay: giftsByDay === undefined ? undefined : { ...giftsByDay },
    alike,
  });
}

/** The items of the batch's donors as they are afterwards; none where no rule looks at donors. */
export function donorActions(
  engine: Engine,
  campaignId: string,
  entries: readonly Pick<DonationEntry, 'donorId' | 'giftId' | 'day'>[],
  donors: DonorsAtHand,
  state: MatchingState,
): TransactWrite[] {
  if (!engine.needsDonors) return [];
  const before = donors.recordsOf();
  const actions = new Map<string, TransactWrite>();
  for (const { donorId, giftId } of entries) {
    if (actions.has(donorId)) continue;
    const after = storedOf(state.donors, donorId);
    const firstGiftId = donors.firstGiftOf(donorId);
    if (firstGiftId !== undefined && JSON.stringify(after) === JSON.stringify(storedOf(before, donorId))) continue;
    actions.set(donorId, {
      put: {
        ...campaignDonorKey(campaignId, donorId),
        type: 'campaign-donor',
        campaignId,
        donorId,
        firstGiftId: firstGiftId ?? giftId,
        ...after,
      },
    });
  }
  return [...actions.values(), ...yearActions(engine, entries, donors, state)];
}

/** What of a donor its item keeps: years have items of their own, which other campaigns share. */
function storedOf(records: DonorRecords, donorId: string) {
  const uses: Record<string, z.infer<typeof useSchema>> = {};
  for (const { ruleId, counted, sum } of records.everythingOf(donorId)) {
    uses[ruleId] ??= { totalMinor: 0, days: {} };
    const use = uses[ruleId];
    if (counted === 'total') use.totalMinor = sum;
    else if (counted === 'streak-bonus') use.streakBonus = true;
    else if (counted === 'challenge-gifts') use.challengeGifts = sum;
    else if (!counted.startsWith('year ')) use.days[counted] = sum;
  }
  const { recent = [], giftsByDay, alike } = records.memoryOf(donorId) ?? {};
  return { uses, recent, giftsByDay, alike };
}

/** Guarded by what was read, because pools of other campaigns write them too. */
function yearActions(
  engine: Engine,
  entries: readonly Pick<DonationEntry, 'donorId' | 'day'>[],
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
