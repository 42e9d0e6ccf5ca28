import { createHash } from 'node:crypto';
import type { StatementMapping } from './statement-mapping.ts';
import type { StatementGift, StatementRefund } from './statement-row.ts';

const DIGEST_CHARACTERS = 22; // 22 characters of base64: 132 bits

/**
 * Gives every row the number by which it is the same gift, whatever file, channel or day it comes in again. A row with
 * the provider's own number keeps that. One without is named by what it says (account, time, amount, payer, order, text)
 * and by how many rows of the file said just the same before: so two equal gifts of one day both survive, and the same
 * file again adds nothing. It relies on files holding whole days, as statements do (docs/providers.md).
 */
export class RowIdentities {
  readonly #mapping: Pick<StatementMapping, 'account' | 'zone'>;
  /** How often a row was seen, for rows that were seen more than once; most are seen once, and a set is smaller. */
  readonly #seen = new Set<string>();
  readonly #repeats = new Map<string, number>();

  constructor(mapping: Pick<StatementMapping, 'account' | 'zone'>) {
    this.#mapping = mapping;
  }

  paymentIdOf(row: StatementGift): string {
    if (row.paymentId !== undefined) return row.paymentId;
    const { paidAt, amountMinor, payer, orderNo, name, message } = row;
    return this.#numbered('row', [paidAt, amountMinor, payer, orderNo, name, message]);
  }

  refundIdOf(row: StatementRefund): string {
    if (row.refundId !== undefined) return row.refundId;
    const { paidAt, amountMinor, refundedPaymentId } = row;
    return this.#numbered('refund', [paidAt, amountMinor, refundedPaymentId]);
  }

  #numbered(kind: string, parts: readonly (string | number | undefined)[]): string {
    const digest = createHash('sha256')
      .update(JSON.stringify([kind, this.#mapping.account, ...parts.map((part) => part ?? null)]))
      .digest('base64url')
      .slice(0, DIGEST_CHARACTERS);
    return `${kind}-${digest}-${this.#occurrenceOf(digest)}`;
  }

  #occurrenceOf(digest: string): number {
    if (!this.#seen.has(digest)) {
      this.#seen.add(digest);
      return 1;
    }
    const occurrence = (this.#repeats.get(digest) ?? 1) + 1;
    this.#repeats.set(digest, occurrence);
    return occurrence;
  }
}
