import type { Instant } from '../kernel/time.ts';
import { slugSchema } from '../matching/rules/slug.ts';
import { proposalTemplateKey, proposalTemplatesOf } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { type ProposalTemplate, proposalTemplateSchema } from './proposal-template.ts';

/** More templates than an organisation has kinds of campaigns; one answer lists them all. */
export const MOST_TEMPLATES = 50;

export async function findTemplate(
  table: Table,
  organisationId: string,
  templateId: string,
): Promise<ProposalTemplate | undefined> {
  if (!slugSchema.safeParse(templateId).success) return undefined;
  const item = await table.get(proposalTemplateKey(organisationId, templateId));
  return item === undefined ? undefined : proposalTemplateSchema.parse(item);
}

/** The template of that name nearest to the end of a path: one's own before those of the organisations above. */
export async function nearestTemplate(
  table: Table,
  path: readonly string[],
  templateId: string,
): Promise<ProposalTemplate | undefined> {
  for (const organisationId of path.toReversed()) {
    const found = await findTemplate(table, organisationId, templateId);
    if (found !== undefined) return found;
  }
  return undefined;
}

export async function templatesOf(table: Table, organisationId: string): Promise<ProposalTemplate[]> {
  const { items } = await table.query(proposalTemplatesOf(organisationId), { limit: MOST_TEMPLATES });
  return items.map((item) => proposalTemplateSchema.parse(item));
}

export type SaveTemplateOutcome =
  | { readonly kind: 'saved'; readonly template: ProposalTemplate }
  | { readonly kind: 'changed-meanwhile'; readonly version: number };

/** Puts a template in place of version `version`, or where there was none (0). */
export async function saveTemplate(
  table: Table,
  template: Omit<ProposalTemplate, 'type' | 'version' | 'updatedAt'>,
  version: number,
  now: Instant,
): Promise<SaveTemplateOutcome> {
  const next: ProposalTemplate = { type: 'proposal-template', ...template, version: version + 1, updatedAt: now };
  const outcome = await table.write({
    put: { ...proposalTemplateKey(next.organisationId, next.templateId), ...next },
    when: version === 0 ? { absent: true } : { equals: { version } },
  });
  if (outcome.kind === 'written') return { kind: 'saved', template: next };
  const existing = outcome.existing === undefined ? 0 : proposalTemplateSchema.parse(outcome.existing).version;
  return { kind: 'changed-meanwhile', version: existing };
}
