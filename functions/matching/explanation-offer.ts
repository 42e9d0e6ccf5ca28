import * as z from 'zod';
import { floorRatio, type Minor, minor, ZERO } from '../kernel/money.ts';
import type { Draw } from './matching-engine.ts';
import type { GiftRule } from './matching-rule.ts';
import type { Standing } from './matching-state.ts';
import { BASIS_POINTS } from './rules/caps.ts';
import { tierOf } from './rules/loyalty.ts';

const amount = z.number().int();
/** `cut`: that the exact result is no whole minor unit, and that the fraction was left off. */
const cutShape = { resultMinor: amount, cut: z.boolean() };

/** One line of the arithmetic of an offer; the lines add up to it. */
export const stepSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ratio'), ofMinor: amount, numerator: amount, denominator: amount, ...cutShape }),
  /** The share of the gift that a lot drew. */
  z.strictObject({ kind: z.literal('share'), ofMinor: amount, basisPoints: amount, ...cutShape }),
  /** So many times the base on top. */
  z.strictObject({ kind: z.literal('times'), ofMinor: amount, times: amount, reach: amount, resultMinor: amount }),
  /** The bonus of a band, on the base. */
  z.strictObject({ kind: z.literal('band'), ofMinor: amount, basisPoints: amount, reach: amount, ...cutShape }),
  z.strictObject({ kind: z.literal('streak'), years: amount, resultMinor: amount }),
]);
export type Step = z.infer<typeof stepSchema>;

export type DrawnGift = { readonly amountMinor: Minor; readonly standing?: Standing | undefined };

const NO_OFFER: ReadonlySet<Draw['outcome']> = new Set([
  'outside-window',
  'below-minimum',
  'not-drawn',
  'not-eligible',
  'awaits-claim',
]);

/**
 * The arithmetic of what a rule offered to a gift before caps and pool, made again from the rule, the gift and what the
 * draw recorded of chance. It adds up to the recorded offer; that it does is tested over arbitrary plans.
 */
export function offerSteps(rule: GiftRule, draw: Draw, gift: DrawnGift): Step[] {
  if (NO_OFFER.has(draw.outcome)) return [];
  switch (rule.kind) {
    case 'ratio':
    case 'employer': {
      const base = ratioStep(gift.amountMinor, rule);
      return [base, ...bandSteps(draw, base.resultMinor, gift)];
    }
    case 'random': {
      const base = shareStep('share', gift.amountMinor, draw.luck?.shareBasisPoints ?? 0);
      return [base, ...timesSteps(draw, base.resultMinor, gift), ...bandSteps(draw, base.resultMinor, gift)];
    }
    case 'loyalty':
      return loyaltySteps(rule, draw, gift);
  }
}

function loyaltySteps(rule: Extract<GiftRule, { kind: 'loyalty' }>, draw: Draw, gift: DrawnGift): Step[] {
  const years = gift.standing?.years ?? 0;
  const tier = tierOf(rule, years);
  const { streakBonus } = rule;
  // A draw names its base only where the bonus came on top, also where a cap then cut all of it.
  const bonus: Step[] =
    streakBonus === undefined || draw.baseMinor === undefined
      ? []
      : [{ kind: 'streak', years, resultMinor: streakBonus.amountMinor }];
  return [...(tier === undefined ? [] : [ratioStep(gift.amountMinor, tier)]), ...bonus];
}

const reachOf = ({ standing }: DrawnGift): number => standing?.reach ?? 0;

const timesSteps = ({ luck }: Draw, baseMinor: number, gift: DrawnGift): Step[] =>
  luck?.multiple === undefined
    ? []
    : [
        {
          kind: 'times',
          ofMinor: baseMinor,
          times: luck.multiple,
          reach: reachOf(gift),
          resultMinor: minor(baseMinor * luck.multiple),
        },
      ];

const bandSteps = ({ bandBasisPoints }: Draw, baseMinor: number, gift: DrawnGift): Step[] =>
  bandBasisPoints === undefined
    ? []
    : [{ ...shareStep('band', minor(baseMinor), bandBasisPoints), kind: 'band', reach: reachOf(gift) }];

function ratioStep(
  ofMinor: Minor,
  { numerator, denominator }: { readonly numerator: number; readonly denominator: number },
): Extract<Step, { kind: 'ratio' }> {
  const resultMinor = floorRatio(ofMinor, numerator, denominator);
  return { kind: 'ratio', ofMinor, numerator, denominator, resultMinor, cut: isCut(ofMinor, numerator, denominator) };
}

function shareStep<Kind extends 'share' | 'band'>(kind: Kind, ofMinor: Minor, basisPoints: number) {
  const resultMinor = floorRatio(ofMinor, basisPoints, BASIS_POINTS);
  return { kind, ofMinor, basisPoints, resultMinor, cut: isCut(ofMinor, basisPoints, BASIS_POINTS) };
}

const isCut = (amountMinor: number, numerator: number, denominator: number): boolean =>
  (BigInt(amountMinor) * BigInt(numerator)) % BigInt(denominator) !== 0n;

/** What the lines come to. */
export const offerOfSteps = (steps: readonly Step[]): Minor =>
  steps.reduce<Minor>((total, { resultMinor }) => minor(total + resultMinor), ZERO);
