import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import type { Instant } from '../kernel/time.ts';
import { slugSchema } from '../matching/rules/slug.ts';
import { type HttpAnswer, problem, readJsonBody } from '../platform/http.ts';
import { changedMeanwhile, etagOf, refuseUnlessCurrent } from '../platform/if-match.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { changedDraft } from './proposal-draft.ts';
import { findTemplate, MOST_TEMPLATES, saveTemplate, templatesOf } from './proposal-template.store.ts';
import { NOT_IN_TEMPLATES, type ProposalTemplate, templateRequestSchema } from './proposal-template.ts';

const READERS = ['manager', 'finance', 'approver', 'auditor', 'admin'] as const;

async function answerTemplates(request: StaffRequest, use: { table: Table }, now: Instant): Promise<HttpAnswer> {
  const { organisationId = '', templateId } = request.parameters;
  if (templateId === undefined) return list(use.table, organisationId);
  const existing = await findTemplate(use.table, organisationId, templateId);
  if (request.method === 'PUT') return save(request, use.table, { organisationId, templateId, existing }, now);
  return existing === undefined
    ? problem(404, 'unknown-template', 'This organisation has no such template.')
    : shown(200, existing);
}

async function list(table: Table, organisationId: string): Promise<HttpAnswer> {
  const templates = (await templatesOf(table, organisationId)).map(({ templateId, name, updatedAt }) => ({
    templateId,
    name,
    updatedAt,
  }));
  return { status: 200, body: { templates } };
}

type Target = {
  readonly organisationId: string;
  readonly templateId: string;
  readonly existing: ProposalTemplate | undefined;
};

async function save(
  request: StaffRequest,
  table: Table,
  { organisationId, templateId, existing }: Target,
  now: Instant,
): Promise<HttpAnswer> {
  const stale = existing === undefined ? undefined : refuseUnlessCurrent(request, existing.version);
  if (stale !== undefined) return stale;
  const body = readJsonBody(request, templateRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { name, proposal } = body.value;
  const misplaced = NOT_IN_TEMPLATES.filter((field) => Object.hasOwn(proposal, field)).map((field) => ({
    field: `proposal.${field}`,
    problem: 'belongs to one campaign and to no template',
    fix: 'leave it out',
  }));
  const changed = changedDraft({ organisationId }, proposal);
  const wrong = changed.kind === 'bad' ? changed.problems : [];
  const badId = slugSchema.safeParse(templateId).success
    ? []
    : [
        {
          field: 'templateId',
          problem: 'must be 1 to 40 lower-case letters, digits or hyphens',
          fix: 'choose another id',
        },
      ];
  if (changed.kind === 'bad' || misplaced.length > 0 || badId.length > 0) {
    const within = wrong.map((one) => ({ ...one, field: `proposal.${one.field}` }));
    return problem(422, 'invalid', 'The template cannot be saved as it is.', [...badId, ...misplaced, ...within]);
  }
  if (existing === undefined && (await templatesOf(table, organisationId)).length >= MOST_TEMPLATES)
    return problem(409, 'too-many-templates', `An organisation has at most ${MOST_TEMPLATES} templates.`);
  const savedBy = request.actor.id;
  const template = { organisationId, templateId, name, proposal, savedBy };
  const saved = await saveTemplate(table, template, existing?.version ?? 0, now);
  if (saved.kind === 'changed-meanwhile') return changedMeanwhile(saved.version);
  return shown(existing === undefined ? 201 : 200, saved.template);
}

const shown = (
  status: number,
  { organisationId, templateId, name, proposal, version, savedBy, updatedAt }: ProposalTemplate,
): HttpAnswer => ({
  status,
  headers: { etag: etagOf(version) },
  body: { organisationId, templateId, name, proposal, savedBy, updatedAt },
});

export const definition: StaffDefinition<{ table: Table }> = {
  name: 'manage-proposal-templates',
  access: {
    'GET /organisations/{organisationId}/proposal-templates': { roles: READERS, of: 'organisation' },
    'GET /organisations/{organisationId}/proposal-templates/{templateId}': { roles: READERS, of: 'organisation' },
    'PUT /organisations/{organisationId}/proposal-templates/{templateId}': {
      roles: ['manager', 'admin'],
      of: 'organisation',
    },
  },
  open: () => ({ table: openTable() }),
  handle: answerTemplates,
};
export const handler = staffFunction(definition);
