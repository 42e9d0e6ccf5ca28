import type { Books } from './exercise-books.ts';
import type { Exercise, LegacyFile, Standing } from './legacy-exercise.ts';
import { type LegacyProject, unconfirmedOf } from './legacy-project.ts';

export const exerciseView = ({ type: _, attempt: __, ...exercise }: Exercise) => ({
  ...exercise,
  failure: exercise.failure ?? null,
});

export const fileView = ({ type: _, ...file }: LegacyFile) => ({
  ...file,
  counts: file.counts ?? null,
  refusal: file.refusal ?? null,
  imported: file.imported ?? null,
  failure: file.failure ?? null,
});

export type ProjectView = Omit<LegacyProject, 'type'> & {
  readonly standing: Standing;
  readonly unconfirmed: readonly string[];
  readonly decision: { readonly number: number; readonly decision: string } | null;
};

/** A project with where it stands, and what of it waits for somebody. */
export function projectView(books: Books, { type: _, ...project }: LegacyProject): ProjectView {
  const decision = books.decisionOf(project.projectId);
  return {
    ...project,
    standing: books.standingOf({ type: 'legacy-project', ...project }),
    unconfirmed: unconfirmedOf(project.facts),
    decision: decision === undefined ? null : { number: decision.number, decision: decision.decision },
  };
}
