import type { z } from 'zod';
import type { FieldProblem } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import type { correctionRequestSchema } from './legacy-exercise.ts';
import {
  type FactName,
  isSettled,
  isUnconfirmed,
  type LegacyFacts,
  type LegacyProject,
  type Told,
} from './legacy-project.ts';
import type { DocumentKind, LegacySettings } from './legacy-settings.ts';
import { papersAfter } from './papers.ts';

type Confirmation = NonNullable<Told<unknown>['confirmed']>;

/** A project with some of its inferred values confirmed; `undefined` where none of them waited for it. */
export function confirmed(
  project: LegacyProject,
  fields: readonly FactName[],
  by: Confirmation,
): LegacyProject | undefined {
  const open = fields.filter((field) => isUnconfirmed(project.facts[field]));
  if (open.length === 0) return undefined;
  const facts: Record<string, unknown> = { ...project.facts };
  for (const field of open) facts[field] = { ...project.facts[field], confirmed: by };
  return { ...project, facts: facts as LegacyFacts };
}

/** A project with papers that somebody is to find until a day; `undefined` where it lacks none of them. */
export function assigned(
  project: LegacyProject,
  kinds: readonly DocumentKind[] | undefined,
  to: { readonly assignee: string; readonly dueOn: string },
): LegacyProject | undefined {
  if (project.sameAs !== undefined) return undefined;
  const isMeant = (paper: LegacyProject['papers'][number]): boolean =>
    !isSettled(paper) && (kinds === undefined || kinds.includes(paper.kind));
  if (!project.papers.some(isMeant)) return undefined;
  return { ...project, papers: project.papers.map((paper) => (isMeant(paper) ? { ...paper, ...to } : paper)) };
}

type Correction = z.infer<typeof correctionRequestSchema>;

/**
 * A project with values that a person wrote: each keeps what the cell says and where that is, and who wrote another and why.
 * Another kind asks for its own papers; those that are there stay.
 */
export function corrected(
  project: LegacyProject,
  { reason, ...values }: Correction,
  settings: LegacySettings,
  { by, at }: { readonly by: string; readonly at: Instant },
):
  | { readonly kind: 'corrected'; readonly project: LegacyProject }
  | { readonly kind: 'bad'; readonly problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  if (values.kind !== undefined && !settings.kinds.some(({ kindId }) => kindId === values.kind))
    problems.push({
      field: 'kind',
      problem: 'is no kind of the settings',
      fix: `use one of ${settings.kinds.map(({ kindId }) => kindId).join(', ')}`,
    });
  if (values.county !== undefined && !settings.places.some(({ name }) => name === values.county))
    problems.push({
      field: 'county',
      problem: 'is no place of the settings',
      fix: 'use the name of a place as the settings have it',
    });
  if (project.sameAs !== undefined)
    problems.push({ field: 'projectId', problem: `is the same as ${project.sameAs}`, fix: 'correct that one' });
  if (problems.length > 0) return { kind: 'bad', problems };
  const facts: Record<string, unknown> = { ...project.facts };
  for (const [field, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const before = project.facts[field as FactName];
    facts[field] = {
      value,
      raw: before?.raw ?? '',
      ...(before?.at === undefined ? {} : { at: before.at }),
      how: 'entered',
      rule: 'corrected',
      confirmed: { by, at, reason },
    };
  }
  const papers = values.kind === undefined ? project.papers : papersAfter(project.papers, values.kind, settings);
  return { kind: 'corrected', project: { ...project, facts: facts as LegacyFacts, papers } };
}
