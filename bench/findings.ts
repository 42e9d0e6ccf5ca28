import type { Spread, Standing } from './rounds.ts';

/** What a benchmark saw. `figures` are for machines, `tables` and `notes` for people. */
export type Findings = {
  readonly tables: readonly FigureTable[];
  readonly notes: readonly string[];
  readonly figures: Readonly<Record<string, number | Spread>>;
};
export type FigureTable = { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

export type Benchmark = {
  readonly title: string;
  readonly run: () => Promise<Findings | { readonly skipped: string }>;
};

/** 1234567 -> "1,234,567"; small figures keep the digits that say something. */
export function number(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

/** "38,120 (36,900 to 39,002)" */
export const spread = ({ median, low, high }: Spread): string =>
  `${number(median)} (${number(low)} to ${number(high)})`;

/** Rates beside each other, the first one being ours. */
export function standingsTable(unit: string, standings: readonly Standing[]): FigureTable {
  return {
    head: ['', `${unit}/s: median (range)`, 'ours : this, per round'],
    rows: standings.map(({ name, perSecond, ratio }, position) => [
      name,
      spread(perSecond),
      position === 0 ? '1' : spread(ratio),
    ]),
  };
}

/** Whether a target of the issues was met in the median, in words. */
export const verdict = (name: string, value: number, target: number, reach: 'at least' | 'at most'): string => {
  const met = reach === 'at least' ? value >= target : value <= target;
  return `${met ? 'met' : 'NOT MET'}: ${name} is ${number(value)}, wanted ${reach} ${number(target)}`;
};
