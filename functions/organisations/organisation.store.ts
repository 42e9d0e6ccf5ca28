import * as z from 'zod';
import { type Refusal, refuse } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { allRoots, childOrganisationKey, childrenOfOrganisation, organisationKey } from '../platform/keys.ts';
import { everyItem, readMany, type Table, type TransactWrite } from '../platform/table.ts';
import { DEEPEST_LEVEL, type Organisation, type OrganisationRequest, organisationSchema } from './organisation.ts';

export async function findOrganisation(table: Table, organisationId: string): Promise<Organisation | undefined> {
  const item = await table.get(organisationKey(organisationId));
  return item === undefined ? undefined : organisationSchema.parse(item);
}

/** Organisations by their ids; those that do not exist are missing. */
export async function organisationsOf(
  table: Table,
  organisationIds: readonly string[],
): Promise<ReadonlyMap<string, Organisation>> {
  const items = await readMany(table, [...new Set(organisationIds)].map(organisationKey));
  const organisations = items.map((item) => organisationSchema.parse(item));
  return new Map(organisations.map((organisation) => [organisation.organisationId, organisation]));
}

const childSchema = z.object({ organisationId: z.string(), name: z.string() });

/** The organisations right below one, in order of their ids. */
export async function childrenOf(table: Table, organisationId: string): Promise<z.infer<typeof childSchema>[]> {
  const children: z.infer<typeof childSchema>[] = [];
  for await (const item of everyItem(table, childrenOfOrganisation(organisationId)))
    children.push(childSchema.parse(item));
  return children;
}

/** The ids of the organisations at the top of a tree, in order. The index lags by a second or so. */
export async function rootIds(table: Table): Promise<string[]> {
  const ids: string[] = [];
  for await (const item of everyItem(table, allRoots)) ids.push(rootSchema.parse(item).organisationId);
  return ids;
}
const rootSchema = z.object({ organisationId: z.string() });

export type CreateOutcome =
  | { readonly kind: 'created'; readonly organisation: Organisation }
  | { readonly kind: 'already-there'; readonly organisation: Organisation }
  | Refusal;

/** Adds an organisation under its parent, once: the same request again finds what the first one made. */
export async function createOrganisation(
  table: Table,
  request: OrganisationRequest,
  now: Instant,
): Promise<CreateOutcome> {
  const parent = request.parentId === undefined ? undefined : await findOrganisation(table, request.parentId);
  if (request.parentId !== undefined && parent === undefined) {
    return refuse('unknown-parent', `There is no organisation ${request.parentId}.`, [
      { field: 'parentId', problem: 'is not the id of an organisation', fix: 'create the parent first' },
    ]);
  }
  const path = [...(parent?.path ?? []), request.organisationId];
  if (path.length > DEEPEST_LEVEL) return refuse('too-deep', `The tree has at most ${DEEPEST_LEVEL} levels.`);
  const organisation: Organisation = { type: 'organisation', ...request, path, createdAt: now };
  const outcome = await table.transact(writesOf(organisation));
  if (outcome.kind === 'committed') return { kind: 'created', organisation };
  const existing = await findOrganisation(table, request.organisationId);
  if (existing === undefined) return refuse('try-again', 'The organisation could not be created just now. Try again.');
  if (existing.name === request.name && existing.parentId === request.parentId)
    return { kind: 'already-there', organisation: existing };
  return refuse('id-taken', `The id ${request.organisationId} belongs to another organisation.`, [
    { field: 'organisationId', problem: 'is taken', fix: 'choose another id' },
  ]);
}

function writesOf(organisation: Organisation): TransactWrite[] {
  const { organisationId, name, parentId } = organisation;
  const self: TransactWrite = { put: { ...organisationKey(organisationId), ...organisation }, when: { absent: true } };
  if (parentId === undefined) return [self];
  const child = { ...childOrganisationKey(parentId, organisationId), type: 'organisation-child', organisationId, name };
  return [
    self,
    { put: child, when: { absent: true } },
    { check: organisationKey(parentId), when: { equals: { type: 'organisation' } } },
  ];
}
