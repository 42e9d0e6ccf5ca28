import type * as z from 'zod';
import type { FieldProblem } from '../kernel/errors.ts';
import { fieldPath } from '../kernel/field-path.ts';

import {
  type CampaignProposal,
  campaignProposalSchema,
  type ProposalField,
  proposalProblems,
} from './campaign-proposal.ts';
import { PROPOSAL_SOURCES } from './proposal-sources.ts';

type Json = z.core.util.JSONType;
/** A proposal that is being written: any of its fields may be missing or not yet full, and none holds anything wrong. */
export type ProposalDraft = { readonly organisationId: string; readonly [field: string]: Json };
/** What is sent to be laid over a draft: fields as JSON. */
export type DraftChanges = Readonly<Record<string, Json>>;

/** Largest draft as JSON. A campaign may hold what was submitted and what is being written: 256 of an item's 400 KB. */
export const LARGEST_DRAFT_BYTES = 128 * 1024;

export type DraftOutcome =
  | { readonly kind: 'good'; readonly draft: ProposalDraft }
  | { readonly kind: 'bad'; readonly problems: readonly FieldProblem[] };

/**
 * A draft with changes laid over it: each field that is sent replaces that field whole, `null` takes it out, others stay.
 * Everything that is there is checked as it will be at submission; only what is missing or empty is let pass.
 */
export function changedDraft(draft: ProposalDraft, changes: DraftChanges): DraftOutcome {
  const merged = { ...draft, ...changes };
  const kept = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
  const parsed = campaignProposalSchema.safeParse(kept);
  const issues = parsed.success ? [] : parsed.error.issues.filter((issue) => !isUnfinished(issue, kept));
  const problems = [...organisationProblems(draft, merged), ...issues.map((issue) => fieldProblem(issue, kept))];
  if (problems.length > 0) return { kind: 'bad', problems };
  if (Buffer.byteLength(JSON.stringify(kept)) > LARGEST_DRAFT_BYTES) {
    const problem = `would have more than ${LARGEST_DRAFT_BYTES} bytes`;
    return { kind: 'bad', problems: [{ field: '(body)', problem, fix: 'shorten texts, or attach them as files' }] };
  }
  return { kind: 'good', draft: { ...kept, organisationId: draft.organisationId } };
}

function organisationProblems(draft: ProposalDraft, merged: DraftChanges): FieldProblem[] {
  if (merged['organisationId'] === draft.organisationId) return [];
  return [
    {
      field: 'organisationId',
      problem: `must be ${draft.organisationId}: a campaign stays with the organisation that proposed it`,
      fix: 'make a new campaign for another organisation',
    },
  ];
}

export type WholeOutcome =
  | { readonly kind: 'whole'; readonly proposal: CampaignProposal }
  | { readonly kind: 'unfinished'; readonly problems: readonly FieldProblem[] };

/**
 * The proposal that a draft is, or everything that stands between the two at once: fields that are missing or wrong, what
 * fields say against each other, and fields that were copied and nobody has looked at since. Each with the source of its rule.
 */
export function wholeProposal(draft: ProposalDraft, lookAgain: readonly LookAgain[] = []): WholeOutcome {
  const parsed = campaignProposalSchema.safeParse(draft);
  const missing = parsed.success ? [] : parsed.error.issues.map((issue) => fieldProblem(issue, draft));
  const problems = [...missing, ...proposalProblems(draft), ...lookAgain.map(lookAgainProblem)].map(withSource);
  return parsed.success && problems.length === 0
    ? { kind: 'whole', proposal: parsed.data }
    : { kind: 'unfinished', problems };
}

/** A field that was copied from an earlier campaign, and what was done to it on the way. */
export type LookAgain = { readonly field: ProposalField; readonly because: string };

const lookAgainProblem = ({ field, because }: LookAgain): FieldProblem => ({
  field,
  problem: `was copied and nobody has looked at it since: ${because}`,
  fix: 'send it again, changed or as it is',
});

/** What may still be missing while a draft is written: a field that is not there, a text or a list that is empty. */
function isUnfinished(issue: z.core.$ZodIssue, draft: object): boolean {
  if (issue.code === 'too_small' && (issue.origin === 'string' || issue.origin === 'array')) return true;
  return issue.code !== 'unrecognized_keys' && valueAt(draft, issue.path) === undefined;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const part of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined;
    found = (found as Record<PropertyKey, unknown>)[part];
  }
  return found;
}

function fieldProblem(issue: z.core.$ZodIssue, draft: object): FieldProblem {
  const field = fieldPath(issue.path);
  if (issue.code === 'unrecognized_keys')
    return { field, problem: issue.message, fix: 'leave out what is not documented' };
  if (valueAt(draft, issue.path) !== undefined)
    return { field, problem: issue.message, fix: 'send the field as docs/api.md describes it' };
  return { field, problem: 'is missing', fix: sourceOf(issue.path)?.give ?? 'send it as docs/api.md describes it' };
}

const sourceOf = (path: readonly PropertyKey[]) => {
  const field = String(path[0]);
  return Object.hasOwn(PROPOSAL_SOURCES, field) ? PROPOSAL_SOURCES[field as ProposalField] : undefined;
};

/** A problem with the rule's source, where the check itself named none. */
function withSource(problem: FieldProblem): FieldProblem {
  const rule = problem.rule ?? sourceOf([problem.field.split(/[.[]/, 1)[0] ?? ''])?.rule;
  return rule === undefined ? problem : { ...problem, rule };
}
