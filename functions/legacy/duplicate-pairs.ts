import { hash } from 'node:crypto';
import { packedText } from './cell-text.ts';
import type { LegacyProject } from './legacy-project.ts';

/** Two projects that may be one, written into two lists. A person decides; nothing is merged by itself. */
export type CandidatePair = {
  readonly pairId: string;
  /** In the order in which they were imported. */
  readonly projectIds: readonly [string, string];
  /** Why they are asked about. */
  readonly because: readonly ('same-name' | 'like-name' | 'same-amount' | 'same-year')[];
};

export const pairIdOf = (first: string, second: string): string =>
  hash('sha256', [first, second].sort().join('|')).slice(0, 20);

/** Two names of which this much is the same, counted in pairs of letters, are asked about: 0 is nothing, 1 is all. */
const LIKE_ENOUGH = 0.7;

/** What a name says beyond the kind of thing that it is: without marks, years, and words that every name of a list has. */
const bareName = (name: string): string =>
  packedText(name)
    .replaceAll(/(?:19|20)\d{2}年?(?:度)?/gu, '')
    .replaceAll(/项目|工程|红十字会?|[()（）"“”《》、,.:·-]/gu, '');

function lettersOf(text: string): Map<string, number> {
  const pairs = new Map<string, number>();
  for (let at = 0; at < text.length - 1; at += 1) {
    const pair = text.slice(at, at + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return pairs;
}

/** Dice's coefficient over pairs of letters (Dice 1945). */
function likeness(left: Map<string, number>, right: Map<string, number>): number {
  let shared = 0;
  let all = 0;
  for (const [pair, count] of left) {
    all += count;
    shared += Math.min(count, right.get(pair) ?? 0);
  }
  for (const count of right.values()) all += count;
  return all === 0 ? 0 : (2 * shared) / all;
}

type Compared = {
  readonly project: LegacyProject;
  readonly name: string;
  readonly letters: Map<string, number>;
};

/**
 * Every pair that a person should look at: the same name and the same amount or year; or a like name in one county with the same
 * amount, or the same year and an amount of which one list may have another part. Pairs within one sheet are asked about only
 * where name, year and amount are all the same: lists number many like projects.
 */
export function candidatePairs(projects: readonly LegacyProject[]): CandidatePair[] {
  const compared = projects
    .filter(({ sameAs }) => sameAs === undefined)
    .toSorted((left, right) => (left.importedAt + left.projectId < right.importedAt + right.projectId ? -1 : 1))
    .map((project): Compared => {
      const name = bareName(project.facts.name.value);
      return { project, name, letters: lettersOf(name) };
    });
  const byCounty = Map.groupBy(compared, ({ project }) => project.facts.county.value);
  return [...byCounty.values()].flatMap((group) =>
    group.flatMap((left, at) => group.slice(at + 1).flatMap((right) => pairOf(left, right) ?? [])),
  );
}

const amountOf = ({ facts }: LegacyProject): string =>
  `${facts.moneyMinor?.value ?? 0}|${facts.goodsMinor?.value ?? 0}`;

function pairOf(left: Compared, right: Compared): CandidatePair | undefined {
  const [one, other] = [left.project, right.project];
  const isSameName = left.name === right.name;
  const isSameAmount = amountOf(one) === amountOf(other);
  const isSameYear = one.facts.year.value === other.facts.year.value;
  const isSameSheet = one.fileId === other.fileId && one.sheet === other.sheet;
  if (isSameSheet && !(isSameName && isSameAmount && isSameYear)) return undefined;
  if (!isSameAmount && !isSameYear) return undefined;
  if (!isSameName && !(isSameAmount && likeness(left.letters, right.letters) >= LIKE_ENOUGH)) return undefined;
  return {
    pairId: pairIdOf(one.projectId, other.projectId),
    projectIds: [one.projectId, other.projectId],
    because: [
      isSameName ? 'same-name' : 'like-name',
      ...(isSameAmount ? (['same-amount'] as const) : []),
      ...(isSameYear ? (['same-year'] as const) : []),
    ],
  };
}
