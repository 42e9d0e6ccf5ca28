import * as z from 'zod';
import type { DonationEntry } from '../donations/donation-entry.ts';
import { campaignDonorKey } from '../platform/keys.ts';
import type { Condition, Item, Put } from '../platform/table.ts';
import { type CampaignDonor, campaignDonorSchema, remember, rememberedOf } from './donor-item.ts';
import { DonorRecords } from './donor-records.ts';
import { donorYearSchema, yearRulesOf } from './donor-years.ts';
import { type MatchEntry, standingSchema } from './match-entry.ts';
import { bookToDonor } from './matching-books.ts';
import type { Engine } from './matching-engine.ts';
import type { GiftRule } from './matching-rule.ts';
import type { Standing } from './matching-state.ts';

const standingItemSchema = z.object({ donorId: z.string(), ...standingSchema.shape });

/** What the store says of the donors of a batch, read after the pool, so that the pool's guard covers it. */
export class DonorsAtHand {
  readonly #donors = new Map<string, CampaignDonor>();
  readonly #years = new Map<string, number>();
  readonly #standings = new Map<string, Standing>();
  readonly #engine: Engine;
  readonly #yearRules: readonly GiftRule[];
  /** Announced gifts that are counted, in recorded order, and are not in their donors' items yet. */
  #counted: readonly MatchEntry[] = [];

  constructor(engine: Engine, items: readonly Item[]) {
    this.#engine = engine;
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

  /** The gifts whose match entries have to be looked for. */
  announcedGifts(): string[] {
    return [...this.#donors.values()].flatMap(({ announced = [] }) => announced);
  }

  /**
   * Adds what announced gifts have drawn that were counted by the time the pool was read, at this sequence. Later ones stay
   * announced: not all before them need have been seen, what the screen remembers depends on the order, and the pool's
   * guard refuses whatever is planned without them.
   */
  addCounted(matches: readonly MatchEntry[], sequence: number): void {
    const announced = new Set(this.announcedGifts());
    this.#counted = matches
      .filter((match) => match.sequence <= sequence && announced.has(match.giftId))
      .sort((one, other) => one.sequence - other.sequence);
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
    for (const donor of this.#donors.values()) remember(records, donor);
    for (const match of this.#counted) bookToDonor(this.#engine, records, match);
    for (const rule of this.#yearRules) {
      const programmeId = rule.perDonor?.perYear?.programmeId;
      for (const [key, matchedMinor] of this.#years) {
        const [donorId = '', programme, year = ''] = key.split(' ');
        if (programme === programmeId) records.add(donorId, rule.id, `year ${year}`, matchedMinor);
      }
    }
    return records;
  }

  /**
   * A donor's item with what `records` remember of them, these gifts announced beside those that are still open, under the
   * guard that nobody has written it since it was read. `firstGiftId` is for a donor who has none yet.
   */
  itemOf(
    campaignId: string,
    donorId: string,
    records: DonorRecords,
    firstGiftId: string,
    gifts: readonly string[],
  ): Put {
    const donor = this.#donors.get(donorId);
    const counted = new Set(this.#counted.map(({ giftId }) => giftId));
    const open = (donor?.announced ?? []).filter((giftId) => !counted.has(giftId));
    return {
      put: {
        ...campaignDonorKey(campaignId, donorId),
        type: 'campaign-donor',
        campaignId,
        donorId,
        firstGiftId: donor?.firstGiftId ?? firstGiftId,
        announced: [...new Set([...open, ...gifts])],
        version: (donor?.version ?? 0) + 1,
        ...rememberedOf(records, donorId),
      },
      when: guardOf(donor),
    };
  }

  /** Whether the donor's item names all these gifts already, and nothing is to be added to its sums. */
  areAnnounced(donorId: string, gifts: readonly string[]): boolean {
    const { announced = [] } = this.#donors.get(donorId) ?? {};
    return (
      gifts.every((giftId) => announced.includes(giftId)) && !this.#counted.some((match) => match.donorId === donorId)
    );
  }
}

/** As it was read: an item from before anybody announced anything has no version. */
const guardOf = (donor: CampaignDonor | undefined): Condition =>
  donor === undefined ? { absent: true } : { equals: { version: donor.version ?? null } };
