import { createHash } from 'node:crypto';
import { DigestSet } from './digest-set.ts';
import type { StatementMapping } from './statement-mapping.ts';
import type { BankLine, StatementGift, StatementRefund } from './statement-row.ts';

const DIGEST_CHARACTERS = 22; // 22 characters of base64: 132 bits

/**
 * Gives every row the number by which it is the same gift, whatever file, channel or day it comes in again. A row with
 * the provider's own number keeps that. One without is named by what it says (account, time, amount, payer, order, text)
 * and by how many rows of the file said just the same before: so two equal gifts of one day both survive, and the same
 * file again adds nothing. It relies on files holding whole days, as statements do (docs/providers.md).
 */
export class RowIdentities {
  readonly #mapping: Pick<StatementMapping, 'account' | 'zone'>;
  readonly #seen = new DigestSet();
  /** How often, for rows that were seen more than once; most are seen once. */
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

  /**
   * The number of a bank's row that is no gift: the bank's own where no row of the file had it before, for banks give a transfer and
   * its fee one number; else by what it says, as above.
   */
  bankRowIdOf({ paidAt, amountMinor, direction, reference, counterparty, remark }: BankLine): string {
    if (reference !== undefined && this.#isFirst('bank number', reference)) return reference;
    return this.#numbered('bank', [paidAt, amountMinor, direction, reference, counterparty, remark]);
  }

  /** Whether an earlier row of a bank's file was a gift with the same number, and by which number this one is told apart then. */
  repeatOf({ paidAt, amountMinor, paymentId }: StatementGift): string | undefined {
    if (paymentId === undefined) return undefined;
    this.#isFirst('bank number', paymentId);
    if (this.#isFirst('gift number', paymentId)) return undefined;
    return this.#numbered('again', [paymentId, paidAt, amountMinor]);
  }

  #isFirst(kind: string, number: string): boolean {
    return this.#seen.add(
      createHash('sha256')
        .update(JSON.stringify([kind, number]))
        .digest(),
    );
  }

  #numbered(kind: string, parts: readonly (string | number | undefined)[]): string {
    const hash = createHash('sha256')
      .update(JSON.stringify([kind, this.#mapping.account, ...parts.map((part) => part ?? null)]))
      .digest();
    const name = hash.toString('base64url').slice(0, DIGEST_CHARACTERS);
    return `${kind}-${name}-${this.#occurrenceOf(hash, name)}`;
  }

  #occurrenceOf(hash: Buffer, name: string): number {
    if (this.#seen.add(hash)) return 1;
    const occurrence = (this.#repeats.get(name) ?? 1) + 1;
    this.#repeats.set(name, occurrence);
    return occurrence;
  }
}
