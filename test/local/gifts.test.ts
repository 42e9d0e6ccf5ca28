import { describe, expect, it } from 'vitest';
import {
  type CampaignWindow,
  isWithin,
  type LocalDate,
  localDateOf,
  localHourOf,
  plusSeconds,
} from '../../functions/kernel/time.ts';
import { GENERATED_NAME_PREFIX } from '../../local/demo/donors.ts';
import { type Gift, generateGifts } from '../../local/demo/gifts.ts';

const window: CampaignWindow = {
  firstDay: '2026-09-07' as LocalDate,
  lastDay: '2026-09-09' as LocalDate,
  zone: 'Asia/Shanghai',
};
const units = ['party', 'health', 'schools', 'wanyuan', 'xuanhan'].map((id) => ({ id }));
const giftsOf = (count: number, seed = 20200909): Gift[] => generateGifts({ seed, count, window, units });
const averageYuan = (gifts: readonly Gift[]): number =>
  gifts.reduce((sum, gift) => sum + gift.amountMinor, 0) / gifts.length / 100;
const shareOf = (gifts: readonly Gift[], is: (gift: Gift) => boolean): number => gifts.filter(is).length / gifts.length;

describe('the gifts of the demo', () => {
  const many = giftsOf(30_000);
  const few = giftsOf(300);

  it('are the same for the same seed, and others for another', () => {
    expect(giftsOf(300)).toEqual(few);
    expect(giftsOf(300, 7)).not.toEqual(few);
  });

  it.each([1, 7, 99, 20200909, 2 ** 32 - 1])('average about 17.7 yuan, 300 as well as 30,000 (seed %i)', (seed) => {
    for (const count of [300, 30_000]) {
      const average = averageYuan(giftsOf(count, seed));
      expect(average).toBeGreaterThan(17.7 * 0.96);
      expect(average).toBeLessThan(17.7 * 1.04);
    }
  });

  it('have a long tail: half give 9.90 yuan or less, three in a thousand hundreds or thousands', () => {
    const amounts = many.map((gift) => gift.amountMinor).sort((a, b) => a - b);
    expect(amounts[15_000]).toBeLessThanOrEqual(990);
    expect(amounts.filter((amount) => amount >= 30_000)).toHaveLength(90);
    expect(amounts.at(-1)).toBeGreaterThan(200_000);
    expect(amounts.at(-1)).toBeLessThanOrEqual(2_000_000);
    expect(amounts.every((amount) => Number.isInteger(amount) && amount > 0)).toBe(true);
  });

  it('lie in order within the window, most of them in three evenings of the campaign’s own zone', () => {
    const gifts = giftsOf(3_000);
    expect(gifts.map((gift) => gift.paidAt)).toEqual(gifts.map((gift) => gift.paidAt).sort());
    expect(gifts.every((gift) => isWithin(gift.paidAt, window))).toBe(true);
    const isEvening = (gift: Gift): boolean =>
      localHourOf(gift.paidAt, window.zone) >= 18 && localHourOf(gift.paidAt, window.zone) < 22;
    expect(shareOf(gifts, isEvening)).toBeGreaterThan(0.75);
    for (const day of ['2026-09-07', '2026-09-08', '2026-09-09']) {
      const ofDay = gifts.filter((gift) => localDateOf(gift.paidAt, window.zone) === day);
      expect(shareOf(ofDay, isEvening)).toBeGreaterThan(0.6);
    }
  });

  it('follow the clocks of the zone, on one day as on many', () => {
    const day = '2026-11-01' as LocalDate; // summer time ends on it
    const zone = 'America/New_York';
    const gifts = generateGifts({ seed: 1, count: 500, window: { firstDay: day, lastDay: day, zone }, units });
    expect(gifts.every((gift) => localDateOf(gift.paidAt, zone) === day)).toBe(true);
    expect(gifts.every((gift) => localHourOf(gift.paidAt, zone) >= 7 && localHourOf(gift.paidAt, zone) < 23)).toBe(
      true,
    );
  });

  it('come through five units, the first ahead, and a few through none', () => {
    const counts = units.map(({ id }) => many.filter((gift) => gift.unitId === id).length);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    expect(counts.at(-1)).toBeGreaterThan(1_000);
    const without = shareOf(many, (gift) => gift.unitId === undefined);
    expect(without).toBeGreaterThan(0.03);
    expect(without).toBeLessThan(0.05);
  });

  it('are plainly generated: every gift says so, every name and address as well', () => {
    expect(many.every((gift) => gift.generated)).toBe(true);
    expect(many.every((gift) => gift.name?.startsWith(GENERATED_NAME_PREFIX) ?? true)).toBe(true);
    expect(many.every((gift) => gift.email?.endsWith('@example.org') ?? true)).toBe(true);
    expect(many.every((gift) => /^o-generated-demo-[0-9]{8}abc$/.test(gift.openid))).toBe(true);
  });

  it('have names, messages and addresses or not, some with rare characters, as a donor’s page accepts them', () => {
    expect(shareOf(many, (gift) => gift.anonymous)).toBeGreaterThan(0.3);
    expect(shareOf(many, (gift) => gift.name !== undefined && !gift.anonymous)).toBeGreaterThan(0.3);
    expect(shareOf(many, (gift) => gift.email !== undefined)).toBeGreaterThan(0.3);
    expect(shareOf(many, (gift) => gift.email === undefined)).toBeGreaterThan(0.3);
    expect(many.some((gift) => /[\u{20000}-\u{2ffff}]/u.test(gift.name ?? ''))).toBe(true);
    expect(many.every((gift) => (gift.name?.length ?? 1) <= 64 && (gift.message?.length ?? 1) <= 200)).toBe(true);
  });

  it('come from donors of whom some give again, under the same name and address', () => {
    const donors = new Map<string, Gift[]>();
    for (const gift of many) donors.set(gift.openid, [...(donors.get(gift.openid) ?? []), gift]);
    const share = 1 - donors.size / many.length;
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.14);
    for (const gifts of donors.values()) {
      for (const field of ['name', 'email', 'language'] as const) {
        const said = gifts.map((gift) => gift[field]).filter((value) => value !== undefined);
        expect(new Set(said).size).toBeLessThanOrEqual(1);
      }
    }
  });

  it('are notified of once or more, one of them fifteen times at once', () => {
    const repeated = shareOf(few, (gift) => gift.notifications.times > 1);
    expect(repeated).toBeGreaterThan(0.05);
    expect(repeated).toBeLessThan(0.2);
    expect(few.filter((gift) => gift.notifications.times === 15)).toHaveLength(1);
    expect(few.filter((gift) => gift.notifications.parallel === 15)).toHaveLength(1);
  });

  it('are given back in two cases, once whole and once by half', () => {
    for (const gifts of [few, many, giftsOf(50)]) {
      const refunded = gifts.filter((gift) => gift.refund !== undefined);
      expect(refunded).toHaveLength(2);
      const shares = refunded.map((gift) => (gift.refund?.amountMinor ?? 0) / gift.amountMinor).sort();
      expect(shares[0]).toBeGreaterThan(0.48);
      expect(shares[0]).toBeLessThanOrEqual(0.5);
      expect(shares[1]).toBe(1);
      for (const { paidAt, refund } of refunded) expect(refund?.refundedAt).toBe(plusSeconds(paidAt, 20 * 3600));
    }
  });

  it('can be none at all', () => {
    expect(giftsOf(0)).toEqual([]);
  });
});
