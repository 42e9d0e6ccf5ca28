import * as z from 'zod';
import { PermanentError } from './errors.ts';

/**
 * An amount in the currency's own minor unit (fen, cent, yen): a safe integer, so exact up to about
 * 90 trillion yuan. Negative values exist only in differences and reversals.
 */
export type Minor = number & { readonly __minor: unique symbol };

/** ISO 4217 codes that the system books, with how many decimals each has. Others are refused, not guessed. */
export const CURRENCY_DECIMALS = { CNY: 2, HKD: 2, USD: 2, EUR: 2, JPY: 0, KWD: 3 } as const;
export type Currency = keyof typeof CURRENCY_DECIMALS;
export const currencySchema = z.enum(Object.keys(CURRENCY_DECIMALS) as [Currency, ...Currency[]]);

/** Largest single amount that a door accepts: 10 billion yuan. A larger one is a unit mistake, not a gift. */
export const LARGEST_AMOUNT_MINOR = 1_000_000_000_000;

/** An amount of zero or more, as it appears in requests, entries and reports. */
export const amountMinorSchema = z
  .number()
  .int('must be a whole number of minor units (fen)')
  .min(0)
  .max(LARGEST_AMOUNT_MINOR)
  .transform((amount) => amount as Minor);

/** An amount above zero. */
export const positiveAmountMinorSchema = z
  .number()
  .int('must be a whole number of minor units (fen)')
  .min(1, 'must be at least 1 minor unit (1 fen)')
  .max(LARGEST_AMOUNT_MINOR)
  .transform((amount) => amount as Minor);

export const ZERO = 0 as Minor;

/** Marks a number as an amount; throws PermanentError where it is not a safe integer, because then money was already lost. */
export function minor(amount: number): Minor {
  if (!Number.isSafeInteger(amount)) throw new PermanentError(`${amount} is not a whole number of minor units`);
  return amount as Minor;
}

export const add = (left: Minor, right: Minor): Minor => minor(left + right);
export const subtract = (left: Minor, right: Minor): Minor => minor(left - right);
export const least = (...amounts: [Minor, ...Minor[]]): Minor => Math.min(...amounts) as Minor;

export function sum(amounts: Iterable<Minor>): Minor {
  let total = ZERO;
  for (const amount of amounts) total = add(total, amount);
  return total;
}

/**
 * `floor(amount * numerator / denominator)`, exact for any safe integers. Floor, never half-up, so that a cap or
 * a pool cannot be exceeded by rounding (docs/architecture.md, "Matching").
 */
export function floorRatio(amount: Minor, numerator: number, denominator: number): Minor {
  const product = amount * numerator;
  // The plain product is exact below 2^53, which covers every real gift; BigInt is the slow road for the rest.
  if (Number.isSafeInteger(product)) return Math.floor(product / denominator) as Minor;
  return minor(Number((BigInt(amount) * BigInt(numerator)) / BigInt(denominator)));
}

/**
 * Splits `total` over `weights` by largest remainder (Hamilton): floors first, then one unit each to the largest
 * fractional parts, ties to the earlier position. Always sums back to `total`. The only division of money there is.
 * Weights are whole numbers of any size: a quadratic round's have 40 digits and more.
 */
export function allocate(total: Minor, weights: readonly (number | bigint)[]): Minor[] {
  const weightSum = weights.reduce<bigint>((all, weight) => all + BigInt(weight), 0n);
  if (weightSum <= 0n) throw new PermanentError('cannot split an amount over weights that sum to zero');
  const shares = weights.map((weight, position) => {
    const product = BigInt(total) * BigInt(weight);
    return { position, floor: product / weightSum, remainder: product % weightSum };
  });
  let left = BigInt(total) - shares.reduce((all, share) => all + share.floor, 0n);
  const result = shares.map((share) => Number(share.floor));
  const byRemainder = [...shares].sort((a, b) =>
    a.remainder === b.remainder ? a.position - b.position : a.remainder > b.remainder ? -1 : 1,
  );
  for (const share of byRemainder) {
    if (left <= 0n) break;
    result[share.position] = (result[share.position] ?? 0) + 1;
    left -= 1n;
  }
  return result.map(minor);
}

const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d+))?$/;

/**
 * Reads "17.70" as 1770 fen, digit by digit. `undefined` for anything that is not a plain decimal number or that
 * has more decimals than the currency (trailing zeros beyond them are harmless: a WeChat fee column reads "0.00000").
 */
export function parseDecimal(text: string, currency: Currency): Minor | undefined {
  const match = DECIMAL.exec(text.trim());
  if (match === null) return undefined;
  const decimals = CURRENCY_DECIMALS[currency];
  const fraction = match[3] ?? '';
  if (/[^0]/.test(fraction.slice(decimals))) return undefined;
  const digits = `${match[2]}${fraction.slice(0, decimals).padEnd(decimals, '0')}`;
  const amount = Number(digits);
  if (!Number.isSafeInteger(amount)) return undefined;
  return (match[1] === '-' && amount !== 0 ? -amount : amount) as Minor;
}

/** 1770 fen -> "17.70": exact text for files and APIs, without grouping or symbol. */
export function formatDecimal(amount: Minor, currency: Currency): string {
  const decimals = CURRENCY_DECIMALS[currency];
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0');
  const sign = amount < 0 ? '-' : '';
  if (decimals === 0) return `${sign}${digits}`;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/**
 * The number that the exact decimal text names, for workbooks and charts, which have no other kind: 1770 fen are 17.70. For
 * showing only; nothing may be computed with it.
 */
export const shownNumber = (amountMinor: number, currency: Currency): number =>
  Number(formatDecimal(minor(amountMinor), currency));

const SYMBOLS: Record<Currency, string> = { CNY: '¥', HKD: 'HK$', USD: 'US$', EUR: '€', JPY: 'JP¥', KWD: 'KD ' };

/** 123456 fen -> "¥1,234.56": for people. The same in zh-CN and en, which group by thousands alike. */
export function formatMoney(amount: Minor, currency: Currency): string {
  const [whole = '0', fraction] = formatDecimal(minor(Math.abs(amount)), currency).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${amount < 0 ? '-' : ''}${SYMBOLS[currency]}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}
