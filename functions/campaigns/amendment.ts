import * as z from 'zod';
import { filingSchema } from '../filing/filing.ts';
import { type FieldProblem, type Refusal, refuse } from '../kernel/errors.ts';
import {
  type Instant,
  instantSchema,
  localDateOf,
  plusSeconds,
  SECONDS_PER_HOUR,
  windowBounds,
} from '../kernel/time.ts';
import type { Campaign } from './campaign.ts';
import type { CampaignProposal, ProposalField } from './campaign-proposal.ts';
import { changedFields, FIELD_MEANINGS, fieldsNeedingRefiling } from './plan-change.ts';
import { type ProposalDraft, wholeProposal } from './proposal-draft.ts';

/** `extend`: another last day. `change-of-plan`: what the authority has on file. `page-edit`: what only the page shows. */
export const AMENDMENT_KINDS = ['extend', 'change-of-plan', 'page-edit'] as const;
/**
 * `approved`: it waits for the authority to have the changed plan (Charity Law art. 56). `lapsed`: it was approved, and the
 * campaign has gone on in a way in which it cannot be applied any more.
 */
export const AMENDMENT_STATES = [
  'awaiting-approval',
  'approved',
  'applied',
  'returned',
  'rejected',
  'withdrawn',
  'lapsed',
] as const;
export type AmendmentState = (typeof AMENDMENT_STATES)[number];

export const amendmentRequestSchema = z.strictObject({
  kind: z.enum(AMENDMENT_KINDS),
  /** Fields of the proposal as they shall be, each whole, `null` for one that is taken out; everything else stays. */
  changes: z.record(z.string().max(64), z.unknown()),
  reason: z.string().trim().min(4).max(1000),
});
export type AmendmentRequest = z.infer<typeof amendmentRequestSchema>;

/** One change of an approved campaign, kept for ever. */
export const amendmentSchema = z.object({
  type: z.literal('amendment'),
  campaignId: z.string(),
  number: z.number().int().min(1),
  kind: z.enum(AMENDMENT_KINDS),
  changes: z.record(z.string(), z.unknown()),
  /** The fields that it changes. */
  fields: z.array(z.string()),
  /** Whether the authority has to have it before it is applied. */
  needsFiling: z.boolean(),
  reason: z.string(),
  state: z.enum(AMENDMENT_STATES),
  /** Why it was returned, rejected or lapsed. */
  stateReason: z.string().nullish(),
  filing: filingSchema.nullish(),
  /** Fingerprint of the request's key, by which a repeat is recognised. */
  requestKey: z.string(),
  proposedBy: z.string(),
  proposedAt: instantSchema,
  updatedAt: instantSchema,
});
export type Amendment = z.infer<typeof amendmentSchema>;

/** States in which an amendment stands in the way of the next. */
export const isOpenAmendment = ({ state }: Pick<Amendment, 'state'>): boolean =>
  state === 'awaiting-approval' || state === 'approved';

/** In these states a campaign's plan can be amended; before, the proposal itself is changed, and afterwards it is over. */
const AMENDABLE: ReadonlySet<string> = new Set(['approved', 'filed', 'open', 'paused']);

/**
 * How long before a close a last day may still be moved, in either direction. Payments are booked by the time at which the
 * provider says that they were made, within minutes: an hour before no gift can have been booked on the other side of it.
 */
export const WINDOW_MARGIN_SECONDS = SECONDS_PER_HOUR;

export type Amended =
  | {
      readonly kind: 'amended';
      readonly proposal: CampaignProposal;
      readonly fields: readonly ProposalField[];
      readonly needsFiling: boolean;
    }
  | Refusal;

/**
 * The proposal as an amendment would leave it, or everything that is wrong with that in itself. Asked when it is proposed and again
 * when it is applied, because weeks may lie between.
 */
export function amendedProposal(
  campaign: Pick<Campaign, 'status' | 'proposal' | 'openedAt' | 'filing'>,
  { kind, changes }: Pick<AmendmentRequest, 'kind' | 'changes'>,
  now: Instant,
): Amended {
  const { status, proposal: before, filing } = campaign;
  if (!AMENDABLE.has(status))
    return refuse('not-amendable', `The plan of a campaign that is ${status} is not amended.`);
  const merged = Object.entries({ ...before, ...changes }).filter(([, value]) => value != null);
  const whole = wholeProposal(Object.fromEntries(merged) as ProposalDraft);
  if (whole.kind === 'unfinished')
    return impossibleAmendment(whole.problems.map((found) => ({ ...found, field: `changes.${found.field}` })));
  const { proposal } = whole;
  const fields = changedFields(before, proposal);
  if (fields.length === 0) return refuse('changes-nothing', 'The plan says all this already.');
  const problems = [...meaningProblems(kind, before, proposal, fields), ...windowProblems(campaign, proposal, now)];
  if (problems.length > 0) return impossibleAmendment(problems);
  const needsFiling = filing != null && fieldsNeedingRefiling(before, proposal).length > 0;
  return { kind: 'amended', proposal, fields, needsFiling };
}

export const impossibleAmendment = (problems: readonly FieldProblem[]): Refusal =>
  refuse('impossible-amendment', 'The plan cannot be amended like this.', problems);

const problem = (field: string, text: string, fix: string): FieldProblem => ({
  field: `changes.${field}`,
  problem: text,
  fix,
});

/** What a kind of amendment may change. */
function meaningProblems(
  kind: AmendmentRequest['kind'],
  before: CampaignProposal,
  after: CampaignProposal,
  fields: readonly ProposalField[],
): FieldProblem[] {
  return fields.flatMap((field) => {
    if (FIELD_MEANINGS[field] === 'fixed')
      return [problem(field, 'does not change once a campaign is approved', 'leave it as it is')];
    if (kind === 'page-edit' && FIELD_MEANINGS[field] === 'plan')
      return [problem(field, 'is in the plan that the authority has', 'amend it as a change-of-plan')];
    if (kind === 'extend' && field !== 'window')
      return [problem(field, 'is more than another last day', 'amend it as a change-of-plan')];
    if (kind === 'extend' && after.window.lastDay < before.window.lastDay)
      return [problem('window.lastDay', 'is earlier than it was', 'amend it as a change-of-plan')];
    return [];
  });
}

/** How a window may move: never its zone, its first day only before it begins, its last day never past what has happened. */
function windowProblems(
  { proposal: { window: before }, openedAt }: Pick<Campaign, 'proposal' | 'openedAt'>,
  { window: after }: CampaignProposal,
  now: Instant,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (after.zone !== before.zone)
    problems.push(problem('window.zone', 'is another than donors were told', `leave it at ${before.zone}`));
  if (after.firstDay !== before.firstDay) {
    if (openedAt != null)
      problems.push(
        problem('window.firstDay', 'has passed: the campaign has opened', `leave it at ${before.firstDay}`),
      );
    else if (windowBounds(after).opensAt <= now)
      problems.push(problem('window.firstDay', 'has begun already', 'choose a day that lies ahead'));
  }
  if (after.lastDay === before.lastDay) return problems;
  const margin = plusSeconds(now, WINDOW_MARGIN_SECONDS);
  if (openedAt != null && windowBounds(before).closesAt <= margin)
    problems.push(problem('window.lastDay', 'is over, or is over within the hour', 'let the campaign close'));
  if (windowBounds(after).closesAt <= margin)
    problems.push(
      problem(
        'window.lastDay',
        'is over, or is over within the hour',
        `choose ${localDateOf(margin, after.zone)} or later`,
      ),
    );
  return problems;
}

/** An amendment as staff see it. */
export function amendmentView(amendment: Amendment) {
  const { campaignId, number, kind, changes, fields, needsFiling, reason, state, stateReason, filing } = amendment;
  const { proposedBy, proposedAt, updatedAt } = amendment;
  return {
    campaignId,
    number,
    kind,
    changes,
    fields,
    needsFiling,
    reason,
    state,
    stateReason: stateReason ?? null,
    filing: filing ?? null,
    proposedBy,
    proposedAt,
    updatedAt,
  };
}
