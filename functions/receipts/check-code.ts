import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { Receipt } from './receipt.ts';

/** 20 digits, as tax receipts carry them: 66 bits, so that a guess a second for a year hits one in 10^12 times. */
const CHECK_CODE_DIGITS = 20;
/** 26 hexadecimal bytes of 4 bits: 104 bits, more than anybody guesses. */
const TOKEN_CHARACTERS = 26;

type Checked = Pick<Receipt, 'code' | 'number' | 'amountMinor' | 'issuedOn' | 'payer'>;

// Each part is preceded by its length, so that ('ab', 'c') and ('a', 'bc') differ.
const framed = (parts: readonly string[]): string => parts.map((part) => `${part.length}:${part}`).join('');
// One secret has several uses; each has a key of its own, so that none can be had from what another one shows.
const keyed = (secret: string, use: string, parts: readonly string[]): Buffer => {
  const key = createHmac('sha256', secret).update(`receipts/${use}`).digest();
  return createHmac('sha256', key).update(framed(parts)).digest();
};

/**
 * The check code (校验码) of a receipt: a keyed hash over number, amount, date and payer. Whoever changes one of them on paper has no
 * code that fits, and whoever can write to the table but has no key cannot make a receipt that verifies.
 */
export function checkCodeOf(secret: string, receipt: Checked): string {
  const { code, number, amountMinor, issuedOn, payer } = receipt;
  const payerHash = hash('sha256', framed([payer.name, payer.creditCode ?? '']));
  const digest = keyed(secret, 'check-code', [code, String(number), String(amountMinor), issuedOn, payerHash]);
  const digits = BigInt(`0x${digest.toString('hex')}`) % 10n ** BigInt(CHECK_CODE_DIGITS);
  return String(digits).padStart(CHECK_CODE_DIGITS, '0');
}

/** What the address of a donor's own copy carries, in place of a sign-in. */
export const documentTokenOf = (secret: string, receiptId: string): string =>
  keyed(secret, 'document', [receiptId]).toString('hex').slice(0, TOKEN_CHARACTERS);

/** Compares without telling by its time how much of it was right. */
export function isSameSecret(given: string, expected: string): boolean {
  // Of equal lengths, whatever was given: the comparison wants that, and lengths are no secret.
  const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
  return timingSafeEqual(digest(given), digest(expected));
}

/** People type a check code in groups, and with the digits of their own keyboard. */
export const typedCode = (text: string): string => text.normalize('NFKC').replace(/[\s-]/g, '');
