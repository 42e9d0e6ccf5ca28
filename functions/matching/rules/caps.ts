import * as z from 'zod';
import type { FieldProblem } from '../../kernel/errors.ts';
import { floorRatio, type Minor, positiveAmountMinorSchema } from '../../kernel/money.ts';
import { type LocalDate, localDateSchema } from '../../kernel/time.ts';
import { slugSchema } from './slug.ts';

/** Hundredths of a percent: 2,000 are 20 %. */
export const BASIS_POINTS = 10_000;

/** Rule R2: what one gift must be at least, and what it may draw at most. */
export const perGiftSchema = z.strictObject({
  minMinor: positiveAmountMinorSchema.optional(),
  capMinor: positiveAmountMinorSchema.optional(),
});

const MONTH_AND_DAY = /^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/**
 * Rules R3, R4 and R5: what one donor may draw in the rule's life, on one local day, and in one year of a sponsor's
 * programme. A programme runs over several campaigns, which share the year's cap; its year may begin on any day.
 */
export const perDonorSchema = z.strictObject({
  capMinor: positiveAmountMinorSchema.optional(),
  perDayMinor: positiveAmountMinorSchema.optional(),
  perYear: z
    .strictObject({
      capMinor: positiveAmountMinorSchema,
      /** Names the programme: rules of any campaign with the same id share one cap. */
      programmeId: slugSchema,
      /** Month and day on which the programme's year begins, e.g. `04-01`; 29 February is no such day. */
      startsOn: z
        .string()
        .regex(MONTH_AND_DAY, 'must be a month and day such as 04-01')
        .refine((day) => localDateSchema.safeParse(`2001-${day}`).success, 'must be a day that every year has')
        .default('01-01'),
    })
    .optional(),
});

/** Rule R7: what the gifts of one unit may draw together, as an amount or as a share of the rule's pool. */
export const perUnitSchema = z.union([
  z.strictObject({ capMinor: positiveAmountMinorSchema }),
  z.strictObject({ shareBasisPoints: z.number().int().min(1).max(BASIS_POINTS) }),
]);

/** The caps that can hold a match back; named in match entries and explanations. */
export const CAPS = ['per-gift', 'per-donor', 'per-donor-day', 'per-donor-year', 'per-unit', 'multiple'] as const;
export type Cap = (typeof CAPS)[number];

/** What a unit may draw, in minor units; a share is of the pool as it is now, so a raised pool raises it. */
export function unitCapMinor(perUnit: z.infer<typeof perUnitSchema>, poolMinor: Minor): Minor {
  return 'capMinor' in perUnit ? perUnit.capMinor : floorRatio(poolMinor, perUnit.shareBasisPoints, BASIS_POINTS);
}

/** The year of a programme that a day falls into, named after the calendar year in which it began: `2026`. */
export function programmeYearOf(day: LocalDate, startsOn: string): string {
  const year = Number(day.slice(0, 4));
  return String(day.slice(5) >= startsOn ? year : year - 1);
}

type Capped = {
  readonly poolMinor: number;
  readonly perGift?: z.infer<typeof perGiftSchema> | undefined;
  readonly perDonor?: z.infer<typeof perDonorSchema> | undefined;
  readonly perUnit?: z.infer<typeof perUnitSchema> | undefined;
};

/** An amount as people read it. */
export type Money = (amountMinor: number) => string;

/** Caps that contradict the pool or each other. */
export function capProblems(rule: Capped, at: string, money: Money): FieldProblem[] {
  const { perGift, perDonor, perUnit } = rule;
  const caps: readonly (readonly [field: string, amount: number | undefined])[] = [
    ['perGift.capMinor', perGift?.capMinor],
    ['perDonor.capMinor', perDonor?.capMinor],
    ['perDonor.perDayMinor', perDonor?.perDayMinor],
    ['perUnit.capMinor', perUnit !== undefined && 'capMinor' in perUnit ? perUnit.capMinor : undefined],
  ];
  const abovePool = caps.flatMap(([field, amount]) =>
    amount === undefined || amount <= rule.poolMinor
      ? []
      : [
          {
            field: `${at}.${field}`,
            problem: `is above the whole pool of ${money(rule.poolMinor)}`,
            fix: 'lower the cap or raise the pool',
          },
        ],
  );
  return [...abovePool, ...orderProblems(rule, at, money)];
}

function orderProblems({ perGift, perDonor }: Capped, at: string, money: Money): FieldProblem[] {
  const wider: readonly (readonly [string, number | undefined, string, number | undefined])[] = [
    ['perDonor.perDayMinor', perDonor?.perDayMinor, 'perDonor.capMinor', perDonor?.capMinor],
    ['perGift.capMinor', perGift?.capMinor, 'perDonor.perDayMinor', perDonor?.perDayMinor],
    ['perGift.capMinor', perGift?.capMinor, 'perDonor.capMinor', perDonor?.capMinor],
    ['perGift.capMinor', perGift?.capMinor, 'perDonor.perYear.capMinor', perDonor?.perYear?.capMinor],
  ];
  return wider.flatMap(([narrowField, narrow, wideField, wide]) =>
    narrow === undefined || wide === undefined || narrow <= wide
      ? []
      : [
          {
            field: `${at}.${narrowField}`,
            problem: `is above ${wideField}, which is ${money(wide)}, and so can never be reached`,
            fix: `lower it, or raise ${wideField}`,
          },
        ],
  );
}
