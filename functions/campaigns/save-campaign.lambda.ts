import * as z from 'zod';
import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { PermanentError, refuse } from '../kernel/errors.ts';
import { derivedId, fingerprint, freshId } from '../kernel/ids.ts';
import { type Instant, localDateOf } from '../kernel/time.ts';
import { slugSchema } from '../matching/rules/slug.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import type { Organisation } from '../organisations/organisation.ts';
import { organisationIdSchema } from '../organisations/organisation.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { readIdempotencyKey } from '../platform/idempotency-key.ts';
import { changedMeanwhile, etagOf, refuseUnlessCurrent } from '../platform/if-match.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { findCampaign, moveCampaign } from './campaign.store.ts';
import {
  type AnyCampaign,
  createDraft,
  findAnyCampaign,
  saveDraft,
  versionOf,
  withdrawDraft,
} from './campaign-draft.store.ts';
import { campaignIdSchema } from './campaign-id.ts';
import { campaignView } from './campaign-view.ts';
import { draftView } from './draft-view.ts';
import { copiedProposal, type ProposalCopy } from './proposal-copy.ts';
import { changedDraft, type DraftChanges } from './proposal-draft.ts';
import { nearestTemplate } from './proposal-template.store.ts';

export type SaveUse = { readonly table: Table };

// What the fields of a proposal must be is said by the draft's own check; here it is only told what the draft begins with.
export const newDraftSchema = z
  .object({
    organisationId: organisationIdSchema,
    copyOf: campaignIdSchema.optional(),
    templateId: slugSchema.optional(),
  })
  .catchall(z.json())
  .refine(({ copyOf, templateId }) => copyOf === undefined || templateId === undefined, {
    path: ['templateId'],
    message: 'cannot be given together with copyOf',
  });
const changesSchema = z.record(z.string().max(64), z.json());

async function answerSaveCampaign(request: StaffRequest, use: SaveUse, now: Instant): Promise<HttpAnswer> {
  const by = request.actor.id;
  const campaignId = request.parameters['campaignId'];
  if (campaignId === undefined) return makeDraft(request, use.table, by, now);
  const any = await findAnyCampaign(use.table, campaignId);
  if (any === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  return request.method === 'PATCH' ? save(request, use.table, any, now) : withdraw(use.table, any, by, now);
}

async function makeDraft(request: StaffRequest, table: Table, by: string, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, newDraftSchema);
  if (body.kind === 'unreadable') return body.answer;
  const idempotency = readIdempotencyKey(request);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const { organisationId, copyOf, templateId, ...fields } = body.value;
  const refused = await request.standing.refuse(organisationId);
  if (refused !== undefined) return refused;
  const organisation = await findOrganisation(table, organisationId);
  if (organisation === undefined) throw new PermanentError(`organisation ${organisationId} is gone`);
  const begun = await beginning(table, organisation, { copyOf, templateId }, now);
  if ('status' in begun) return begun;
  const changed = changedDraft(begun.draft, fields);
  if (changed.kind === 'bad') return problem(422, 'invalid', 'Some fields are not as they must be.', changed.problems);
  const { key } = idempotency;
  const made = await createDraft(
    table,
    {
      campaignId: key === undefined ? freshId('campaign') : derivedId('campaign', organisationId, key),
      proposal: changed.draft,
      lookAgain: begun.lookAgain.filter(({ field }) => !Object.hasOwn(fields, field)),
      madeFrom: fingerprint([JSON.stringify(body.value)]),
      path: organisation.path,
    },
    by,
    now,
  );
  if (made.kind === 'refused') return refusalAnswer(409, made);
  return shown(made.kind === 'created' ? 201 : 200, made.any);
}

type From = { readonly copyOf: string | undefined; readonly templateId: string | undefined };

/** What a new draft begins with: nothing, an earlier campaign, or a template. */
async function beginning(
  table: Table,
  { organisationId, path }: Organisation,
  { copyOf, templateId }: From,
  now: Instant,
): Promise<ProposalCopy | HttpAnswer> {
  if (copyOf !== undefined) {
    const source = await findCampaign(table, copyOf);
    if (source === undefined || source.proposal.organisationId !== organisationId)
      return invalid('copyOf', 'is not a submitted campaign of this organisation', 'name one of its own campaigns');
    return copiedProposal(source.proposal, localDateOf(now, source.proposal.window.zone));
  }
  if (templateId === undefined) return { draft: { organisationId }, lookAgain: [] };
  const template = await nearestTemplate(table, path, templateId);
  if (template === undefined)
    return invalid('templateId', 'is no template of this organisation or of one above it', 'save the template first');
  return { draft: { ...template.proposal, organisationId }, lookAgain: [] };
}

const invalid = (field: string, text: string, fix: string): HttpAnswer =>
  problem(422, 'invalid', 'The draft cannot be made.', [{ field, problem: text, fix }]);

async function save(request: StaffRequest, table: Table, any: AnyCampaign, now: Instant): Promise<HttpAnswer> {
  const stale = refuseUnlessCurrent(request, versionOf(any));
  if (stale !== undefined) return stale;
  const body = readJsonBody(request, changesSchema);
  if (body.kind === 'unreadable') return body.answer;
  const saved = await saveDraft(table, any, body.value as DraftChanges, request.actor.id, now);
  if (saved.kind === 'refused') return refusalAnswer(saved.code === 'invalid' ? 422 : 409, saved);
  return saved.kind === 'saved' ? shown(200, saved.any) : changedMeanwhile(saved.version);
}

async function withdraw(table: Table, any: AnyCampaign, by: string, now: Instant): Promise<HttpAnswer> {
  const outcome =
    any.kind === 'draft'
      ? await withdrawDraft(table, any.draft, now)
      : any.campaign.status === 'withdrawn'
        ? ({ kind: 'withdrawn' } as const)
        : await moveCampaign(table, any.campaign, 'withdrawn', { by, now });
  if (outcome.kind === 'refused')
    return refusalAnswer(409, refuse(outcome.code, `${outcome.message} A campaign that was approved is cancelled.`));
  if (outcome.kind === 'changed-meanwhile') return changedMeanwhile(outcome.version);
  const id = any.kind === 'draft' ? any.draft.campaignId : any.campaign.campaignId;
  const withdrawn = await findAnyCampaign(table, id);
  return withdrawn === undefined
    ? problem(404, 'unknown-campaign', 'There is no such campaign.')
    : shown(200, withdrawn);
}

const shown = (status: number, any: AnyCampaign): HttpAnswer => ({
  status,
  headers: { etag: etagOf(versionOf(any)) },
  body: any.kind === 'draft' ? draftView(any.draft) : campaignView(any.campaign),
});

export const definition: StaffDefinition<SaveUse> = {
  name: 'save-campaign',
  access: {
    'POST /campaigns': { roles: ['manager', 'admin'], of: 'handler' },
    'PATCH /campaigns/{campaignId}': { roles: ['manager', 'admin'], of: 'campaign' },
    'POST /campaigns/{campaignId}/withdrawals': { roles: ['manager', 'admin'], of: 'campaign' },
  },
  open: () => ({ table: openTable() }),
  handle: answerSaveCampaign,
};
export const handler = staffFunction(definition);
