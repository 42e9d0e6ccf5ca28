import { add, type Minor, subtract, ZERO } from '../kernel/money.ts';
import type { SpendingEntry } from './spending-entry.ts';

/** Aid that was paid and not taken back: how many people, how often, how much. Never who. */
export type AidFigure = { readonly beneficiaries: number; readonly payments: number; readonly amountMinor: Minor };

/**
 * A group of fewer people than this is not shown by itself: an amount that one or two people had is an amount that the
 * neighbours know them by. Three is the least that hides one of them from another.
 */
export const FEWEST_SHOWN = 3;

/**
 * The aid of a campaign as it may be published: `null` where one or two people had it, so that the sum would be theirs. Whatever is
 * shown outside the office goes through here, or by line through `publishedAid`.
 */
export const shownAid = ({ beneficiaries, payments, amountMinor }: AidFigure): AidFigure | null =>
  isShown(beneficiaries) ? { beneficiaries, payments, amountMinor } : null;

/** Whether a figure of so many people may stand by itself; nobody at all is no secret. */
export const isShown = (beneficiaries: number): boolean => beneficiaries === 0 || beneficiaries >= FEWEST_SHOWN;

/** The aid of a campaign, or of one line of it. A payment that was taken back whole counts neither as one nor for its person. */
export function aidFigure(entries: readonly SpendingEntry[], lineNo?: number): AidFigure {
  const payments = new Map<number, { readonly beneficiaryId: string; readonly leftMinor: Minor }>();
  for (const entry of entries) {
    if (entry.kind === 'aid' && (lineNo === undefined || entry.lineNo === lineNo))
      payments.set(entry.number, { beneficiaryId: entry.beneficiaryId, leftMinor: entry.amountMinor });
    const paid = entry.kind === 'reversal' ? payments.get(entry.of) : undefined;
    if (entry.kind === 'reversal' && paid !== undefined)
      payments.set(entry.of, { ...paid, leftMinor: subtract(paid.leftMinor, entry.amountMinor) });
  }
  const standing = [...payments.values()].filter(({ leftMinor }) => leftMinor > 0);
  return {
    beneficiaries: new Set(standing.map(({ beneficiaryId }) => beneficiaryId)).size,
    payments: standing.length,
    amountMinor: standing.reduce((total, { leftMinor }) => add(total, leftMinor), ZERO),
  };
}

/** `lineNo` of a group that is shown; left out of the group that holds what is too small to be shown alone. */
export type PublishedAid = AidFigure & { readonly lineNo?: number };

/**
 * Aid by line, as it may be published. Lines with fewer than three people go into one group; and where that group is itself too
 * small, or could be found by taking the others from the whole, the smallest line beside it goes in too. Empty where fewer
 * than three people had aid at all.
 */
export function publishedAid(lines: readonly (AidFigure & { readonly lineNo: number })[]): PublishedAid[] {
  const paid = lines
    .filter(({ beneficiaries }) => beneficiaries > 0)
    .toSorted((a, b) => a.beneficiaries - b.beneficiaries);
  const small = paid.filter(({ beneficiaries }) => !isShown(beneficiaries));
  const shown = paid.slice(small.length);
  // A person may be in two lines: the group has at least as many people as its largest line, and that is what counts as safe.
  while (small.length > 0 && Math.max(...small.map(({ beneficiaries }) => beneficiaries)) < FEWEST_SHOWN) {
    const next = shown.shift();
    if (next === undefined) return [];
    small.push(next);
  }
  const group = small.reduce<AidFigure>(
    (all, line) => ({
      beneficiaries: all.beneficiaries + line.beneficiaries,
      payments: all.payments + line.payments,
      amountMinor: add(all.amountMinor, line.amountMinor),
    }),
    { beneficiaries: 0, payments: 0, amountMinor: ZERO },
  );
  return [...shown.toSorted((a, b) => a.lineNo - b.lineNo), ...(small.length === 0 ? [] : [group])];
}
