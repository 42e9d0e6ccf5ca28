import * as z from 'zod';

/** Figures of a report that can change after it was signed, computed from the books whenever one asks. */
export const ADDENDUM_FIGURES = [
  'gifts',
  'raisedMinor',
  'refundedMinor',
  'refundedGifts',
  'netMinor',
  'matchedMinor',
  'lumpMinor',
  'totalMinor',
  'spentMinor',
] as const;
export type AddendumFigure = (typeof ADDENDUM_FIGURES)[number];

const whole = z.number().int();
export const standingFiguresSchema = z.object({
  gifts: whole,
  raisedMinor: whole,
  refundedMinor: whole,
  refundedGifts: whole,
  netMinor: whole,
  matchedMinor: whole,
  lumpMinor: whole,
  totalMinor: whole,
  spentMinor: whole,
});
export type StandingFigures = z.infer<typeof standingFiguresSchema>;

/** What one entry, or several together, changed: figure -> by how much. A figure that it leaves as it was is not named. */
export const effectsSchema = z.partialRecord(z.enum(ADDENDUM_FIGURES), whole);
export type Effects = z.infer<typeof effectsSchema>;

export const effectsOf = (by: Partial<Record<AddendumFigure, number>>): Effects =>
  Object.fromEntries(Object.entries(by).filter(([, change]) => change !== 0));

export const sumOfEffects = (all: readonly Effects[]): Effects =>
  effectsOf(
    Object.fromEntries(
      ADDENDUM_FIGURES.map((figure) => [figure, all.reduce((sum, effects) => sum + (effects[figure] ?? 0), 0)]),
    ),
  );
