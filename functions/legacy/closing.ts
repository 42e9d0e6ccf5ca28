import type { Instant } from '../kernel/time.ts';
import { type Books, decisionProblems } from './exercise-books.ts';
import type { LegacyClosing } from './legacy-exercise.ts';
import { FACT_NAMES, type LegacyProject, unconfirmedOf } from './legacy-project.ts';
import type { LegacySettings } from './legacy-settings.ts';

/** Projects that a round of closing is about: those that a decision ends, and that are not closed yet. In a fixed order. */
export const toClose = (books: Books): LegacyProject[] =>
  books.counted
    .filter(({ projectId }) => {
      const decision = books.decisionOf(projectId)?.decision;
      return decision !== undefined && decision !== 'keep-open' && books.closingOf(projectId) === undefined;
    })
    .toSorted((left, right) => (left.projectId < right.projectId ? -1 : 1));

/**
 * What is written of a project when it is closed, or why it cannot be. It is looked at once more as it stands now: what was
 * complete when the decision was taken may have changed since.
 */
export function closingOf(
  books: Books,
  project: LegacyProject,
  settings: Pick<LegacySettings, 'collectiveFromMinor'>,
  now: Instant,
):
  | { readonly kind: 'closing'; readonly closing: LegacyClosing }
  | { readonly kind: 'obstacle'; readonly reason: string } {
  const { exercise } = books.books;
  const decision = books.decisionOf(project.projectId);
  if (decision === undefined)
    return {
      kind: 'obstacle',
      reason:
        books.outdatedDecisionOf(project.projectId) === undefined
          ? 'nobody has decided on it'
          : 'its values have changed since it was decided on',
    };
  const terms = { ...decision, hasMinutes: decision.minutes !== undefined };
  const obstacles = decisionProblems(books, [project], terms, settings);
  if (obstacles.length > 0)
    return {
      kind: 'obstacle',
      reason: obstacles
        .map(({ field, problem }) => (field === 'minutes' ? `the minutes of its decision ${problem}` : problem))
        .join('; ')
        .slice(0, 500),
    };
  const { facts, papers } = project;
  return {
    kind: 'closing',
    closing: {
      type: 'legacy-closing',
      exerciseId: exercise.exerciseId,
      projectId: project.projectId,
      round: exercise.rounds,
      name: facts.name.value,
      kind: facts.kind.value,
      source: facts.source.value,
      county: facts.county.value,
      year: facts.year.value,
      moneyMinor: facts.moneyMinor?.value ?? 0,
      goodsMinor: facts.goodsMinor?.value ?? 0,
      goods: facts.goods?.value ?? [],
      unconfirmed: unconfirmedOf(facts),
      inferred: FACT_NAMES.filter((name) => facts[name]?.how === 'inferred'),
      lostPapers: papers.filter(({ state }) => state === 'lost').map(({ kind }) => kind),
      decision: decision.decision,
      decisionNumber: decision.number,
      ...(decision.remarks === undefined ? {} : { remarks: decision.remarks }),
      ...(decision.handedTo === undefined ? {} : { handedTo: decision.handedTo }),
      closedAt: now,
    },
  };
}
