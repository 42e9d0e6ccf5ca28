import * as z from 'zod';
import type { FieldProblem } from '../../kernel/errors.ts';
import { floorRatio, type Minor } from '../../kernel/money.ts';
import { BASIS_POINTS } from './caps.ts';
import { betweenByWord } from './luck.ts';

const MOST_BANDS = 20;
/** Five times the base: more than any published band. */
const LARGEST_BONUS_BASIS_POINTS = 50_000;

/**
 * Rule R11: a bonus on the base match by how many people the donor has moved (flowers, invitations), e.g. 39-98: 5-10 %.
 * A band runs to the next one. Between `low` and `high` the gift's own draw decides, which only a random rule has.
 */
export const bandSchema = z.strictObject({
  fromReach: z.number().int().min(0).max(1_000_000),
  lowBasisPoints: z.number().int().min(0).max(LARGEST_BONUS_BASIS_POINTS),
  highBasisPoints: z.number().int().min(0).max(LARGEST_BONUS_BASIS_POINTS),
});
export type Band = z.infer<typeof bandSchema>;
export const bandsSchema = z.array(bandSchema).min(1).max(MOST_BANDS);

/** The bonus of a donor with this reach, in basis points of the base. `word` is the gift's drawn 32 bits, if the rule draws. */
export function bandBasisPoints(bands: readonly Band[] | undefined, reach: number, word: number | undefined): number {
  const band = bands?.findLast(({ fromReach }) => fromReach <= reach);
  if (band === undefined) return 0;
  return word === undefined ? band.lowBasisPoints : betweenByWord(word, band.lowBasisPoints, band.highBasisPoints);
}

export const bonusMinor = (baseMinor: Minor, basisPoints: number): Minor =>
  floorRatio(baseMinor, basisPoints, BASIS_POINTS);

/** Bands out of order, or a range where nothing draws. */
export function bandProblems(bands: readonly Band[] | undefined, at: string, drawn: boolean): FieldProblem[] {
  return (bands ?? []).flatMap((band, position) => {
    const field = `${at}.bands[${position}]`;
    const before = bands?.[position - 1];
    const problems: FieldProblem[] = [];
    if (before !== undefined && before.fromReach >= band.fromReach)
      problems.push({
        field: `${field}.fromReach`,
        problem: `does not come after ${before.fromReach}`,
        fix: 'list the bands from the smallest reach to the largest, each once',
      });
    if (band.highBasisPoints < band.lowBasisPoints)
      problems.push({ field: `${field}.highBasisPoints`, problem: 'is below lowBasisPoints', fix: 'raise it' });
    if (!drawn && band.highBasisPoints !== band.lowBasisPoints)
      problems.push({
        field: `${field}.highBasisPoints`,
        problem: 'differs from lowBasisPoints, and only a random rule draws between them',
        fix: 'give one figure twice, or make the rule a random one',
      });
    return problems;
  });
}
