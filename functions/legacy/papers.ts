import type { LegacyProject, Paper } from './legacy-project.ts';
import type { LegacySettings } from './legacy-settings.ts';

/** What the file of a project of this kind must hold; nothing of it is there yet. */
export const papersFor = (kindId: string, { kinds }: Pick<LegacySettings, 'kinds'>): Paper[] =>
  (kinds.find((kind) => kind.kindId === kindId)?.documents ?? []).map((kind) => ({ kind, state: 'missing' }));

/** A project with one of its papers changed. */
export const withPaper = (project: LegacyProject, paper: Paper): LegacyProject => ({
  ...project,
  papers: project.papers.map((one) => (one.kind === paper.kind ? paper : one)),
});

/**
 * The papers that another kind asks for; what is there already stays, whatever the new kind wants, and so does who has to find what is
 * missing for both.
 */
export function papersAfter(
  papers: readonly Paper[],
  kindId: string,
  settings: Pick<LegacySettings, 'kinds'>,
): Paper[] {
  const wanted = papersFor(kindId, settings);
  const kept = papers.filter(({ state, kind }) => state !== 'missing' || wanted.some((paper) => paper.kind === kind));
  return [...kept, ...wanted.filter(({ kind }) => !kept.some((paper) => paper.kind === kind))];
}
