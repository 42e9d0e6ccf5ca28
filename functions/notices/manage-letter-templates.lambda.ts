import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { reasonOf } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { type HttpAnswer, problem, readJsonBody } from '../platform/http.ts';
import { changedMeanwhile, etagOf, refuseUnlessCurrent } from '../platform/if-match.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { LANGUAGES, type Language, LETTER_KINDS, type LetterKind, PLACEHOLDERS, WHAT_HAPPENED } from './letter-kind.ts';
import {
  findTemplate,
  type Manner,
  readManner,
  removeTemplate,
  saveTemplate,
  templatesInForce,
} from './letter-template.store.ts';
import { type LetterTemplate, type TemplateText, templateProblems, templateTextSchema } from './letter-template.ts';
import { openMail, type SendMail } from './mail.gateway.ts';
import { NotAccepted } from './notice.store.ts';
import { sampleLetter } from './sample-letter.ts';

export type LetterTemplatesUse = { readonly table: Table; readonly sendMail: SendMail };

const READERS = ['manager', 'finance', 'approver', 'auditor', 'admin'] as const;
const WRITERS = ['manager', 'admin'] as const;
const ONE = '/organisations/{organisationId}/letter-templates/{kind}/{language}';

type Target = {
  readonly organisationId: string;
  readonly path: readonly string[];
  readonly organisationName: string;
  readonly kind: LetterKind;
  readonly language: Language;
};

async function answerTemplates(request: StaffRequest, use: LetterTemplatesUse, now: Instant): Promise<HttpAnswer> {
  const { organisationId = '' } = request.parameters;
  const organisation = await findOrganisation(use.table, organisationId);
  const path = organisation?.path ?? [organisationId];
  if (request.parameters['kind'] === undefined) return list(use.table, path);
  const kind = LETTER_KINDS.find((known) => known === request.parameters['kind']);
  const language = LANGUAGES.find((known) => known === request.parameters['language']);
  if (kind === undefined || language === undefined)
    return problem(
      404,
      'unknown-letter',
      `Letters are of the kinds ${LETTER_KINDS.join(', ')}, in ${LANGUAGES.join(' or ')}.`,
    );
  const target = { organisationId, path, organisationName: organisation?.name ?? organisationId, kind, language };
  switch (request.route) {
    case `GET ${ONE}`:
      return show(use.table, target);
    case `PUT ${ONE}`:
      return save(request, use.table, target, now);
    case `DELETE ${ONE}`:
      return remove(request, use.table, target);
    case `POST ${ONE}/previews`:
      return preview(request, use.table, target);
    default:
      return sendTest(request, use, target);
  }
}

async function list(table: Table, path: readonly string[]): Promise<HttpAnswer> {
  const inForce = await templatesInForce(table, path);
  const letters = LETTER_KINDS.flatMap((kind) =>
    LANGUAGES.map((language) => {
      const template = inForce.find((one) => one.kind === kind && one.language === language);
      return { kind, language, from: template?.organisationId ?? null, updatedAt: template?.updatedAt ?? null };
    }),
  );
  return { status: 200, body: { letters } };
}

async function show(table: Table, target: Target): Promise<HttpAnswer> {
  const { template } = await readManner(table, target.path, target.kind, target.language);
  // Its own can be changed by its version; what stands above is changed there.
  const own = template?.organisationId === target.organisationId ? template : undefined;
  const shown = { kind: target.kind, language: target.language, ...placeholdersOf(target.kind), ...textOf(template) };
  return { status: 200, ...(own === undefined ? {} : { headers: { etag: etagOf(own.version) } }), body: shown };
}

const placeholdersOf = (kind: LetterKind) => ({ placeholders: [...PLACEHOLDERS[kind], WHAT_HAPPENED] });

/** A template as callers see it; `from: null` where the letter is ours. */
function textOf(template: LetterTemplate | undefined) {
  if (template === undefined) return { from: null, template: null, savedBy: null, updatedAt: null };
  const { organisationId, subject, heading, paragraphs, closing, footer, savedBy, updatedAt } = template;
  const text: TemplateText = {
    ...{ subject, heading, paragraphs },
    ...(closing === undefined ? {} : { closing }),
    ...(footer === undefined ? {} : { footer }),
  };
  return { from: organisationId, template: text, savedBy, updatedAt };
}

async function save(request: StaffRequest, table: Table, target: Target, now: Instant): Promise<HttpAnswer> {
  const { organisationId, kind, language, path } = target;
  const existing = await findTemplate(table, organisationId, kind, language);
  const stale = existing === undefined ? undefined : refuseUnlessCurrent(request, existing.version);
  if (stale !== undefined) return stale;
  const body = readJsonBody(request, templateTextSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { settings } = await readManner(table, path, kind, language);
  const refused = refuseBad(kind, body.value, settings.linkHosts);
  if (refused !== undefined) return refused;
  const about = { organisationId, kind, language, savedBy: request.actor.id };
  const outcome = await saveTemplate(table, about, body.value, existing?.version ?? 0, now);
  if (outcome.kind === 'changed-meanwhile') return changedMeanwhile(outcome.version);
  return {
    status: existing === undefined ? 201 : 200,
    headers: { etag: etagOf(outcome.saved.version) },
    body: { kind, language, ...placeholdersOf(kind), ...textOf(outcome.saved) },
  };
}

function refuseBad(kind: LetterKind, text: TemplateText, linkHosts: readonly string[]): HttpAnswer | undefined {
  const problems = templateProblems(kind, text, linkHosts);
  return problems.length === 0
    ? undefined
    : problem(422, 'invalid', 'The letter cannot be sent as it is worded.', problems);
}

async function remove(request: StaffRequest, table: Table, target: Target): Promise<HttpAnswer> {
  const existing = await findTemplate(table, target.organisationId, target.kind, target.language);
  if (existing === undefined)
    return problem(404, 'unknown-template', 'This organisation words this letter like those above it.');
  const stale = refuseUnlessCurrent(request, existing.version);
  if (stale !== undefined) return stale;
  const outcome = await removeTemplate(table, existing);
  return outcome === 'removed' ? { status: 204 } : changedMeanwhile(existing.version + 1);
}

type Draft =
  | { readonly kind: 'draft'; readonly text: TemplateText | undefined; readonly manner: Manner }
  | { readonly kind: 'bad'; readonly answer: HttpAnswer };

/** The wording to look at: that of the body, or what is in force where the body is empty. */
async function draftOf(request: StaffRequest, table: Table, { path, kind, language }: Target): Promise<Draft> {
  const manner = await readManner(table, path, kind, language);
  if (request.body.length === 0) return { kind: 'draft', text: manner.template, manner };
  const body = readJsonBody(request, templateTextSchema);
  if (body.kind === 'unreadable') return { kind: 'bad', answer: body.answer };
  const refused = refuseBad(kind, body.value, manner.settings.linkHosts);
  return refused === undefined ? { kind: 'draft', text: body.value, manner } : { kind: 'bad', answer: refused };
}

async function rendered(draft: Extract<Draft, { kind: 'draft' }>, { organisationName, kind, language }: Target) {
  const { publicAddress, settings } = draft.manner;
  const { linkHosts } = settings;
  const words = sampleLetter(kind, language, { organisationName, template: draft.text, linkHosts, publicAddress });
  // Loaded when a letter is looked at: saving and listing need none of its layout.
  const { renderLetter } = await import('./letter-mail.tsx');
  return renderLetter(words, language);
}

async function preview(request: StaffRequest, table: Table, target: Target): Promise<HttpAnswer> {
  const draft = await draftOf(request, table, target);
  if (draft.kind === 'bad') return draft.answer;
  return { status: 200, body: await rendered(draft, target) };
}

/** To the caller alone, at the address of their membership: nobody can be written to with it. */
async function sendTest(request: StaffRequest, use: LetterTemplatesUse, target: Target): Promise<HttpAnswer> {
  const draft = await draftOf(request, use.table, target);
  if (draft.kind === 'bad') return draft.answer;
  const to = await ownAddress(request);
  if (to === undefined) return problem(409, 'no-own-address', 'You have no membership with an address to send it to.');
  const { subject, html, text } = await rendered(draft, target);
  const mark = target.language === 'zh-CN' ? '【测试】' : '[Test] ';
  const { replyTo } = draft.manner.settings;
  try {
    await use.sendMail({
      to,
      subject: `${mark}${subject}`,
      html,
      text,
      fromName: target.organisationName,
      ...(replyTo === undefined ? {} : { replyTo }),
    });
  } catch (error) {
    if (!(error instanceof NotAccepted)) throw error;
    return problem(502, 'mail-refused', `The mail provider did not take it: ${reasonOf(error)}`);
  }
  return { status: 202, body: { subject: `${mark}${subject}` } };
}

async function ownAddress(request: StaffRequest): Promise<string | undefined> {
  const memberships = await request.standing.memberships();
  return memberships[0]?.email;
}

export const definition: StaffDefinition<LetterTemplatesUse> = {
  name: 'manage-letter-templates',
  access: {
    'GET /organisations/{organisationId}/letter-templates': { roles: READERS, of: 'organisation' },
    'GET /organisations/{organisationId}/letter-templates/{kind}/{language}': { roles: READERS, of: 'organisation' },
    'PUT /organisations/{organisationId}/letter-templates/{kind}/{language}': { roles: WRITERS, of: 'organisation' },
    'DELETE /organisations/{organisationId}/letter-templates/{kind}/{language}': { roles: WRITERS, of: 'organisation' },
    'POST /organisations/{organisationId}/letter-templates/{kind}/{language}/previews': {
      roles: READERS,
      of: 'organisation',
    },
    'POST /organisations/{organisationId}/letter-templates/{kind}/{language}/test-sends': {
      roles: WRITERS,
      of: 'organisation',
    },
  },
  open: () => ({ table: openTable(), sendMail: openMail() }),
  handle: answerTemplates,
};
export const handler = staffFunction(definition);
