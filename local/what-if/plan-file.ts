import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse, YAMLParseError } from 'yaml';
import * as z from 'zod';
import type { FieldProblem } from '../../functions/kernel/errors.ts';
import { type CampaignWindow, localDateSchema, timeZoneSchema } from '../../functions/kernel/time.ts';
import { type MatchingPlan, matchingPlanSchema, planProblems } from '../../functions/matching/matching-plan.ts';
import { slugSchema } from '../../functions/matching/rules/slug.ts';
import { problemsOf } from '../../functions/platform/http.ts';
import { shownPath } from '../places.ts';
import { StartupProblem } from '../startup-problem.ts';

const unitSchema = z.union([slugSchema, z.object({ id: slugSchema }).transform(({ id }) => id)]);
const settingShape = {
  window: z.strictObject({ firstDay: localDateSchema, lastDay: localDateSchema, zone: timeZoneSchema }).optional(),
  units: z.array(unitSchema).optional(),
};
/** A plan by itself, with its window and units beside the rules. */
const planFileSchema = z.strictObject({ ...settingShape, ...matchingPlanSchema.shape });
/** A whole proposal: the file that is going to be submitted. What else it says is not looked at. */
const proposalFileSchema = z.object({ ...settingShape, matching: matchingPlanSchema });

/** A draft as its file says it. */
export type Draft = {
  /** The file's name, for people. */
  readonly name: string;
  readonly path: string;
  readonly plan: MatchingPlan;
  readonly window: CampaignWindow | undefined;
  readonly unitIds: readonly string[];
};

/** Reads a draft from YAML or JSON. @throws StartupProblem naming every wrong field, or the line that is no YAML. */
export function readDraft(path: string): Draft {
  const content = parsed(path);
  const isProposal = typeof content === 'object' && content !== null && 'matching' in content;
  const read = isProposal ? proposalFileSchema.safeParse(content) : planFileSchema.safeParse(content);
  if (!read.success) throw wrongFile(path, problemsOf(read.error));
  const { window, units, ...rest } = read.data;
  const plan = 'matching' in rest ? rest.matching : matchingPlanSchema.parse(rest);
  return { name: basename(path).replace(/\.[^.]*$/, ''), path, plan, window, unitIds: units ?? [] };
}

/** Refuses drafts that contradict themselves, or each other's window. `unitIds` and `replayed` are those of the replay. */
export function checkDrafts(drafts: readonly Draft[], unitIds: readonly string[], replayed: CampaignWindow): void {
  const known = new Set(unitIds);
  for (const { path, plan, window = replayed } of drafts) {
    const problems = planProblems(plan, { unitIds: known, currency: 'CNY', window }, '').map((problem) => ({
      ...problem,
      field: problem.field.replace(/^\./, ''),
    }));
    if (problems.length > 0) throw wrongFile(path, problems);
  }
  const windows = drafts.flatMap(({ window }) => (window === undefined ? [] : [JSON.stringify(window)]));
  if (new Set(windows).size > 1)
    throw new StartupProblem(
      'The two drafts have different windows',
      'give both the same, so that they can be compared',
    );
}

function parsed(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof YAMLParseError)
      throw new StartupProblem(`${shownPath(path)} is no YAML (${error.message.split('\n')[0]})`, 'put that right');
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new StartupProblem(`There is no file ${shownPath(path)}`, 'look at its name again');
    throw error;
  }
}

function wrongFile(path: string, problems: readonly FieldProblem[]): StartupProblem {
  const lines = problems.map(({ field, problem, fix }) => `\n  ${field} ${problem}; ${fix}`);
  return new StartupProblem(`${shownPath(path)} is not a plan as it must be`, `${lines.join('')}\n`);
}
