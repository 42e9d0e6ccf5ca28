import * as z from 'zod';
import { type Minor, parseDecimal, ZERO } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';

/*
 * How Alipay writes amounts, times and numbers, in notices as in answers. Schemas say what a field looks like and
 * conversions come after: a notice is read in half the time of schemas that convert.
 */

/** Yuan with at most two decimals, and no more than a door takes. */
export const yuanSchema = z.string().regex(/^\d{1,10}(?:\.\d{1,2})?$/);
const TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d{1,3})?$/;
export const beijingTimeSchema = z.string().regex(TIME);
/** The provider's numbers are ASCII words; printable is all that a key of ours needs. */
export const providerIdSchema = z.string().regex(/^[\x21-\x7e]{1,64}$/);

const BEIJING_MS = 8 * 60 * 60 * 1000;

/** Alipay writes Beijing's time without saying so. `undefined` for a day that there is not: a Date would make it the day after. */
export function instantOfBeijing(text: string): Instant | undefined {
  const at = Date.parse(`${text.replace(' ', 'T')}+08:00`);
  if (Number.isNaN(at)) return undefined;
  const isSameDay = new Date(at + BEIJING_MS).toISOString().startsWith(text.slice(0, 10));
  return isSameDay ? (new Date(at).toISOString() as Instant) : undefined;
}

/** Text of {@link yuanSchema} as fen. */
export const fenOf = (text: string): Minor => parseDecimal(text, 'CNY') ?? ZERO;

/** `TRADE_CLOSED` is an order that nobody paid, or one whose payment has gone back whole: the time of payment tells. */
export const PAID_STATUSES: ReadonlySet<string> = new Set(['TRADE_SUCCESS', 'TRADE_FINISHED', 'TRADE_CLOSED']);
