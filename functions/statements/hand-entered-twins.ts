import type { OfflineGift } from '../donations/offline-gift.ts';
import { type LocalDate, localHours } from '../kernel/time.ts';
import type { StatementGift } from './statement-row.ts';

type Transfer = Pick<OfflineGift, 'offlineId' | 'receivedOn' | 'amountMinor'>;

/**
 * Finds, for rows of a bank statement, the transfer of the same day and sum that somebody has entered by hand without the bank's
 * number. Each is found once: of two equal rows beside one entry, one is a gift that nobody has entered.
 */
export class HandEnteredTwins {
  readonly #byAmount = new Map<number, Map<LocalDate, string[]>>();
  readonly #hours: ReturnType<typeof localHours>;

  constructor(transfers: Iterable<Transfer>, zone: string) {
    this.#hours = localHours(zone);
    for (const { offlineId, receivedOn, amountMinor } of transfers) {
      const days = this.#byAmount.get(amountMinor) ?? new Map<LocalDate, string[]>();
      days.set(receivedOn, [...(days.get(receivedOn) ?? []), offlineId]);
      this.#byAmount.set(amountMinor, days);
    }
  }

  /** The id of the entry, where there is one left. The sum is looked at first: few rows share it, and days cost more. */
  take({ amountMinor, paidAt }: Pick<StatementGift, 'amountMinor' | 'paidAt'>): string | undefined {
    return this.#byAmount.get(amountMinor)?.get(this.#hours(paidAt).day)?.shift();
  }
}
