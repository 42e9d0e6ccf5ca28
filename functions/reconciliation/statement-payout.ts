import { derivedId } from '../kernel/ids.ts';
import { minor } from '../kernel/money.ts';
import type { LocalDate } from '../kernel/time.ts';
import type { AccountStatement } from './account-line.ts';

/**
 * Payouts of statements that list everything: each has a number of the provider's, and so an id of its own. What came back from the
 * bank on the same day has not left; one that comes back later is on its way until a person says what became of it.
 */
export const payoutsOfStatements = (accounts: readonly AccountStatement[], day: LocalDate) =>
  accounts
    .filter(({ billDate }) => billDate === day)
    .flatMap(({ provider, merchantId, lines }) => {
      const returned = new Set(
        lines.filter(({ kind }) => kind === 'payout-returned').map(({ reference }) => reference),
      );
      return lines
        .filter(({ kind, changeMinor, reference }) => kind === 'payout' && changeMinor < 0 && !returned.has(reference))
        .map(({ reference, changeMinor, currency }) => ({
          type: 'payout' as const,
          payoutId: derivedId('payout', provider, merchantId, reference),
          provider,
          merchantId,
          day,
          businessNo: reference,
          amountMinor: minor(-changeMinor),
          ...(currency === 'CNY' ? {} : { currency }),
          version: 1,
        }));
    });
