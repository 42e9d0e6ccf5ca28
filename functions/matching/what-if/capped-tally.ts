import type { Decision } from '../matching-engine.ts';
import { CAPS } from '../rules/caps.ts';
import type { CappedFigures } from './figures.ts';

/** As many as a manager reads before writing to the sponsor. */
const LISTED_DONORS = 10;

type CappedDonor = { gifts: number; withheldMinor: number; caps: number };

/** Counts whom caps held back. Keeps the donors that were, and no gift. */
export class CappedTally {
  #gifts = 0;
  readonly #giftsByCap: number[] = CAPS.map(() => 0);
  readonly #donors = new Map<string, CappedDonor>();

  take(donorId: string, { draws }: Decision): void {
    let caps = 0;
    let withheldMinor = 0;
    for (const { capsHit, offerMinor, matchMinor } of draws) {
      if (capsHit === undefined) continue;
      withheldMinor += (offerMinor ?? matchMinor) - matchMinor;
      for (const cap of capsHit) caps |= 1 << CAPS.indexOf(cap);
    }
    if (caps === 0) return;
    this.#gifts += 1;
    for (let place = 0; place < CAPS.length; place += 1)
      if ((caps & (1 << place)) !== 0) this.#giftsByCap[place] = (this.#giftsByCap[place] ?? 0) + 1;
    const donor = this.#donors.get(donorId);
    if (donor === undefined) this.#donors.set(donorId, { gifts: 1, withheldMinor, caps });
    else {
      donor.gifts += 1;
      donor.withheldMinor += withheldMinor;
      donor.caps |= caps;
    }
  }

  figures(): CappedFigures {
    const donorsByCap = CAPS.map(() => 0);
    const top: { donorId: string; gifts: number; withheldMinor: number }[] = [];
    for (const [donorId, { gifts, withheldMinor, caps }] of this.#donors) {
      for (let place = 0; place < CAPS.length; place += 1)
        if ((caps & (1 << place)) !== 0) donorsByCap[place] = (donorsByCap[place] ?? 0) + 1;
      const last = top.at(-1);
      // Sorting a list of ten for those who belong into it is less than sorting a million donors.
      if (top.length === LISTED_DONORS && last !== undefined && withheldMinor < last.withheldMinor) continue;
      top.push({ donorId, gifts, withheldMinor });
      top.sort((a, b) => b.withheldMinor - a.withheldMinor || (a.donorId < b.donorId ? -1 : 1));
      top.length = Math.min(top.length, LISTED_DONORS);
    }
    return {
      gifts: this.#gifts,
      donors: this.#donors.size,
      byCap: CAPS.flatMap((cap, place) => {
        const gifts = this.#giftsByCap[place] ?? 0;
        return gifts === 0 ? [] : [{ cap, gifts, donors: donorsByCap[place] ?? 0 }];
      }),
      top,
    };
  }
}
