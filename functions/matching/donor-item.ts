import * as z from 'zod';
import type { LocalDate } from '../kernel/time.ts';
import type { DonorRecords } from './donor-records.ts';

const useSchema = z.object({
  totalMinor: z.number().int(),
  days: z.record(z.string(), z.number().int()),
  streakBonus: z.boolean().optional(),
  challengeGifts: z.number().int().optional(),
});

/** That a donor has given to a campaign, by which gift first, and what the rules must remember of them. */
export const campaignDonorSchema = z.object({
  donorId: z.string(),
  /** The gift that counts this donor: whoever wrote the item first. */
  firstGiftId: z.string(),
  /**
   * Gifts that somebody was about to count. What those that were counted have drawn is in their match entries and is not in
   * the sums below yet (docs/decisions/0047-gifts-are-announced.md).
   */
  announced: z.array(z.string()).optional(),
  /** How often the item was written since the first time; guards every write of it. */
  version: z.number().int().optional(),
  uses: z.record(z.string(), useSchema).optional(),
  recent: z.array(z.number()).optional(),
  giftsByDay: z.record(z.string(), z.number().int()).optional(),
  alike: z.object({ amountMinor: z.number().int(), gifts: z.number().int() }).optional(),
});
export type CampaignDonor = z.infer<typeof campaignDonorSchema>;

/** Takes what an item remembers of a donor into the records. */
export function remember(records: DonorRecords, { donorId, uses, recent, giftsByDay, alike }: CampaignDonor): void {
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

/** What of a donor's records their item keeps: years have items of their own, which other campaigns share. */
export function rememberedOf(records: DonorRecords, donorId: string) {
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
