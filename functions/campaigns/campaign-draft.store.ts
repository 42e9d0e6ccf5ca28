import { type FieldProblem, type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { campaignIndexKey, campaignKey, transitionKey } from '../platform/keys.ts';
import type { Item, Table, TransactWrite } from '../platform/table.ts';
import { moveCampaign } from './campaign.store.ts';
import { type Campaign, campaignSchema, type Transition } from './campaign.ts';
import { asDraft, type CampaignDraft, campaignDraftSchema } from './campaign-draft.ts';
import { isCampaignId } from './campaign-id.ts';
import type { CampaignProposal } from './campaign-proposal.ts';
import { illegalStepReason } from './campaign-state.ts';
import { changedDraft, type DraftChanges, type LookAgain, type ProposalDraft } from './proposal-draft.ts';
import { subPlanWrites } from './sub-plan-link.ts';

/** A campaign in whatever state, drafts included: for the staff of its organisation alone. */
export type AnyCampaign =
  | { readonly kind: 'draft'; readonly draft: CampaignDraft }
  | { readonly kind: 'campaign'; readonly campaign: Campaign };

export async function findAnyCampaign(table: Table, campaignId: string): Promise<AnyCampaign | undefined> {
  if (!isCampaignId(campaignId)) return undefined;
  const item = await table.get(campaignKey(campaignId));
  return item === undefined ? undefined : anyCampaignOf(item);
}

export const anyCampaignOf = (item: Item): AnyCampaign =>
  item.type === 'draft-campaign'
    ? { kind: 'draft', draft: campaignDraftSchema.parse(item) }
    : { kind: 'campaign', campaign: campaignSchema.parse(item) };

export const versionOf = (any: AnyCampaign): number =>
  any.kind === 'draft' ? any.draft.version : any.campaign.version;

/** What is being written: of a campaign that was returned, what was submitted until something is saved. `undefined` where nothing may be. */
export function workingCopy(any: AnyCampaign): { draft: ProposalDraft; lookAgain: readonly LookAgain[] } | undefined {
  if (any.kind === 'draft')
    return any.draft.status === 'draft' ? { draft: any.draft.proposal, lookAgain: any.draft.lookAgain } : undefined;
  const { status, draft, proposal } = any.campaign;
  return status === 'returned' ? { draft: draft ?? asDraft(proposal), lookAgain: [] } : undefined;
}

export type NewDraft = {
  readonly campaignId: string;
  readonly proposal: ProposalDraft;
  readonly lookAgain: readonly LookAgain[];
  /** Fingerprint of the request, by which a repeat is known. */
  readonly madeFrom: string;
  /** Of its organisation, from the root down. */
  readonly path: readonly string[];
};
export type CreateDraftOutcome = { readonly kind: 'created' | 'already-there'; readonly any: AnyCampaign } | Refusal;

/** Makes a draft, once: the same request under the same id finds what has become of the first. */
export async function createDraft(
  table: Table,
  { path, ...made }: NewDraft,
  by: string,
  now: Instant,
): Promise<CreateDraftOutcome> {
  const draft: CampaignDraft = {
    type: 'draft-campaign',
    ...made,
    status: 'draft',
    proposal: made.proposal,
    lookAgain: [...made.lookAgain],
    workedOnBy: [by],
    version: 1,
    createdBy: by,
    createdAt: now,
    updatedAt: now,
  };
  const outcome = await table.write({ put: draftItem(draft, path), when: { absent: true } });
  if (outcome.kind === 'written') return { kind: 'created', any: { kind: 'draft', draft } };
  const any = outcome.existing === undefined ? undefined : anyCampaignOf(outcome.existing);
  if (any === undefined) throw new TransientError('the draft could not be written just now');
  const madeFrom = any.kind === 'draft' ? any.draft.madeFrom : any.campaign.madeFrom;
  return madeFrom === made.madeFrom
    ? { kind: 'already-there', any }
    : refuse('idempotency-key-reused', 'This Idempotency-Key belongs to another draft. Use a new one.');
}

const draftItem = (draft: CampaignDraft, path: readonly string[]): Item => ({
  ...campaignKey(draft.campaignId),
  ...campaignIndexKey(path, draft.createdAt, draft.campaignId),
  ...draft,
});

export type SaveOutcome =
  | { readonly kind: 'saved'; readonly any: AnyCampaign }
  | { readonly kind: 'changed-meanwhile'; readonly version: number }
  | Refusal;

/** Lays changes over what is being written. Fields that are sent count as looked at. */
export async function saveDraft(
  table: Table,
  any: AnyCampaign,
  changes: DraftChanges,
  by: string,
  now: Instant,
): Promise<SaveOutcome> {
  const written = workingCopy(any);
  if (written === undefined)
    return refuse('not-editable', `A campaign that is ${statusOf(any)} is not edited. ${EDITED_OTHERWISE}`);
  const changed = changedDraft(written.draft, changes);
  const problems = [...(changed.kind === 'bad' ? changed.problems : []), ...parentProblems(any, changes)];
  if (changed.kind === 'bad' || problems.length > 0)
    return refuse('invalid', 'Some fields are not as they must be.', problems);
  const version = versionOf(any) + 1;
  const outcome = await table.write({
    update: campaignKey(idOf(any)),
    set: {
      ...(any.kind === 'draft'
        ? { proposal: changed.draft, lookAgain: stillToLookAt(written.lookAgain, changes) }
        : { draft: changed.draft }),
      workedOnBy: [...new Set([...authorsOf(any), by])],
      version,
      updatedAt: now,
    },
    when: { equals: { status: statusOf(any), version: versionOf(any) } },
  });
  if (outcome.kind === 'condition-failed') {
    const existing = outcome.existing === undefined ? any : anyCampaignOf(outcome.existing);
    return { kind: 'changed-meanwhile', version: versionOf(existing) };
  }
  const saved = await findAnyCampaign(table, idOf(any));
  if (saved === undefined) throw new TransientError('the draft could not be read just now');
  return { kind: 'saved', any: saved };
}

const EDITED_OTHERWISE = 'Drafts and returned proposals are; an approved campaign is changed by an amendment.';

const authorsOf = (any: AnyCampaign): readonly string[] =>
  any.kind === 'draft' ? any.draft.workedOnBy : any.campaign.workedOnBy;
const idOf = (any: AnyCampaign): string => (any.kind === 'draft' ? any.draft.campaignId : any.campaign.campaignId);
export const statusOf = (any: AnyCampaign) => (any.kind === 'draft' ? any.draft.status : any.campaign.status);

const stillToLookAt = (lookAgain: readonly LookAgain[], changes: object): readonly LookAgain[] =>
  lookAgain.filter(({ field }) => !Object.hasOwn(changes, field));

/** A sub-plan is listed under its parent from its first submission on. */
function parentProblems(any: AnyCampaign, changes: DraftChanges): FieldProblem[] {
  if (any.kind === 'draft' || !Object.hasOwn(changes, 'parentCampaignId')) return [];
  const parent = any.campaign.proposal.parentCampaignId;
  if ((changes['parentCampaignId'] ?? undefined) === parent) return [];
  return [
    {
      field: 'parentCampaignId',
      problem: `must stay ${parent ?? 'left out'}: it was submitted so`,
      fix: 'make a new campaign under the other parent',
    },
  ];
}

export type SubmitOutcome =
  | { readonly kind: 'submitted'; readonly campaign: Campaign }
  | { readonly kind: 'already-submitted'; readonly campaign: Campaign }
  | Refusal;

/**
 * Hands a proposal in: a draft becomes a campaign, a returned one gets its next round. Submitted again before anybody could
 * decide, it is the same submission. Throws TransientError when somebody changed it meanwhile.
 */
export async function submitProposal(
  table: Table,
  any: AnyCampaign,
  proposal: CampaignProposal,
  path: readonly string[],
  by: string,
  now: Instant,
): Promise<SubmitOutcome> {
  if (any.kind === 'draft') return submitDraft(table, any.draft, proposal, path, by, now);
  const { campaign } = any;
  const moved = await moveCampaign(table, campaign, 'submitted', {
    by,
    now,
    set: { proposal, draft: null, round: campaign.round + 1, submittedBy: by, returnReason: null },
  });
  if (moved.kind === 'refused') return moved;
  return { kind: 'submitted', campaign: await campaignNow(table, campaign.campaignId) };
}

async function submitDraft(
  table: Table,
  draft: CampaignDraft,
  proposal: CampaignProposal,
  path: readonly string[],
  by: string,
  now: Instant,
): Promise<SubmitOutcome> {
  const { campaignId, status, createdAt, madeFrom, version, workedOnBy } = draft;
  if (status !== 'draft') return refuse('illegal-step', illegalStepReason(status, 'submitted'));
  const number = version + 1;
  const campaign: Campaign = {
    type: 'campaign',
    campaignId,
    status: 'submitted',
    proposal,
    round: 1,
    version: number,
    submittedBy: by,
    workedOnBy,
    madeFrom,
    createdAt,
    updatedAt: now,
  };
  const step: Transition = { type: 'transition', campaignId, number, from: 'draft', to: 'submitted', at: now, by };
  const writes: TransactWrite[] = [
    {
      put: { ...campaignKey(campaignId), ...campaignIndexKey(path, createdAt, campaignId), ...campaign },
      when: { equals: { type: 'draft-campaign', version } },
    },
    { put: { ...transitionKey(campaignId, number), ...step }, when: { absent: true } },
  ];
  writes.push(...subPlanWrites(campaign, 'submitted'));
  const outcome = await table.transact(writes);
  if (outcome.kind === 'committed') return { kind: 'submitted', campaign };
  throw new TransientError(`draft ${campaignId} changed while it was being submitted`);
}

async function campaignNow(table: Table, campaignId: string): Promise<Campaign> {
  const any = await findAnyCampaign(table, campaignId);
  if (any?.kind !== 'campaign') throw new TransientError('the campaign could not be read just now');
  return any.campaign;
}

export type WithdrawOutcome =
  | { readonly kind: 'withdrawn' }
  | { readonly kind: 'changed-meanwhile'; readonly version: number };

/** Gives a draft up: it stays to be read and is never submitted. */
export async function withdrawDraft(table: Table, draft: CampaignDraft, now: Instant): Promise<WithdrawOutcome> {
  if (draft.status === 'withdrawn') return { kind: 'withdrawn' };
  const outcome = await table.write({
    update: campaignKey(draft.campaignId),
    set: { status: 'withdrawn', version: draft.version + 1, updatedAt: now },
    when: { equals: { type: 'draft-campaign', version: draft.version } },
  });
  if (outcome.kind === 'written') return { kind: 'withdrawn' };
  const existing = outcome.existing === undefined ? undefined : anyCampaignOf(outcome.existing);
  return { kind: 'changed-meanwhile', version: existing === undefined ? draft.version : versionOf(existing) };
}
