import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import type { FieldProblem } from '../../kernel/errors.ts';
import { BASIS_POINTS } from './caps.ts';

/** 32 bytes in hex: what an attacker would have to guess to know a draw before the seed is revealed. */
export const SEED_BYTES = 32;
export const seedSchema = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');
const WORD_SPAN = 2 ** 32;

/** Base matches above ten times a gift have never been offered. */
const LARGEST_SHARE_BASIS_POINTS = 100_000;

/**
 * Rule R10: a gift wins with a probability, and then draws a base of `low` to `high` of its amount. A multiplier adds
 * so many times the base for a donor who has moved enough people ("gift 200, base 8, five times: +40").
 */
export const luckShape = {
  winNumerator: z.number().int().min(1).max(1000),
  winDenominator: z.number().int().min(1).max(1000),
  lowBasisPoints: z.number().int().min(0).max(LARGEST_SHARE_BASIS_POINTS),
  highBasisPoints: z.number().int().min(1).max(LARGEST_SHARE_BASIS_POINTS),
  multiplier: z
    .strictObject({
      fromReach: z.number().int().min(1).max(1_000_000),
      lowest: z.number().int().min(1).max(100),
      highest: z.number().int().min(1).max(100),
    })
    .optional(),
} as const;
type LuckRule = {
  readonly winNumerator: number;
  readonly winDenominator: number;
  readonly lowBasisPoints: number;
  readonly highBasisPoints: number;
  readonly multiplier?: { readonly fromReach: number; readonly lowest: number; readonly highest: number } | undefined;
};

/** The first four 32-bit words of a gift's draw: whether it wins, its share, its band's bonus, its multiplier. */
export type Words = readonly [win: number, share: number, band: number, multiple: number];

/** A seed as a key that is made once: a key made for every gift costs three times the HMAC itself. */
export const seedKeyOf = (seed: string): KeyObject => createSecretKey(Buffer.from(seed, 'hex'));

/**
 * A gift's draw: HMAC-SHA256, keyed by the seed's 32 bytes, of the text `rule id:gift id`, read as big-endian 32-bit words.
 * Anybody can compute it with openssl once the seed is revealed (docs/matching.md, "Check a draw by hand").
 */
export function wordsOf(seed: KeyObject, ruleId: string, giftId: string): Words {
  const digest = createHmac('sha256', seed).update(`${ruleId}:${giftId}`).digest();
  return [digest.readUInt32BE(0), digest.readUInt32BE(4), digest.readUInt32BE(8), digest.readUInt32BE(12)];
}

/** What is published before the window: SHA-256 of the seed's bytes, in hex. */
export const seedHashOf = (seed: string): string => createHash('sha256').update(Buffer.from(seed, 'hex')).digest('hex');

/** A whole number of `low` to `high`, both included, by one word: `low + floor(word * (high - low + 1) / 2^32)`. Exact below 2^53. */
export const betweenByWord = (word: number, low: number, high: number): number =>
  low + Math.floor((word * (high - low + 1)) / WORD_SPAN);

/** Whether the first word wins: `word * denominator < numerator * 2^32`. */
export const wins = (word: number, rule: LuckRule): boolean =>
  word * rule.winDenominator < rule.winNumerator * WORD_SPAN;

/** The share of the gift that the base is, in basis points. */
export const drawnShare = (word: number, rule: LuckRule): number =>
  betweenByWord(word, rule.lowBasisPoints, rule.highBasisPoints);

/** How many times the base comes on top, by the donor's reach: 0 without a multiplier or below it. */
export function drawnMultiple(word: number, rule: LuckRule, reach: number): number {
  const { multiplier } = rule;
  return multiplier === undefined || reach < multiplier.fromReach
    ? 0
    : betweenByWord(word, multiplier.lowest, multiplier.highest);
}

/** The average match of a yuan in basis points, bands and multipliers aside: for what-if figures. */
export const expectedBasisPoints = (rule: LuckRule): number =>
  ((rule.winNumerator / rule.winDenominator) * (rule.lowBasisPoints + rule.highBasisPoints)) / 2;

export function luckProblems(rule: LuckRule, at: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (rule.winNumerator > rule.winDenominator)
    problems.push({
      field: `${at}.winNumerator`,
      problem: 'makes a probability above one',
      fix: 'let it be at most winDenominator',
    });
  if (rule.highBasisPoints < rule.lowBasisPoints)
    problems.push({
      field: `${at}.highBasisPoints`,
      problem: 'is below lowBasisPoints',
      fix: `give the larger share second, in hundredths of a percent (${BASIS_POINTS} is the gift itself)`,
    });
  if (rule.multiplier !== undefined && rule.multiplier.highest < rule.multiplier.lowest)
    problems.push({ field: `${at}.multiplier.highest`, problem: 'is below lowest', fix: 'give the larger one second' });
  return problems;
}
