import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Membership } from '../../functions/access/membership.ts';
import { ROLES, type Role } from '../../functions/access/role.ts';
import { type Door, type StaffDefinition, staffFunction } from '../../functions/access/staff-function.ts';
import type { FunctionSpec } from '../../functions/function-spec.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { type FunctionName, MANIFEST } from '../../functions/manifest.ts';
import { openingPoolItem } from '../../functions/matching/matching-pool.ts';
import { legacyExerciseKey, mandateKey, statementImportKey } from '../../functions/platform/keys.ts';
import { log } from '../../functions/platform/log.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { CAMPAIGN_ID, putCampaign } from '../donations/open-campaign.ts';
import { entry, record } from '../matching/money-path.ts';
import { httpEvent, lambdaContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { membershipOf, organisationPut, putMembership, ROOT } from './people.ts';

const NOW = instantOf('2026-09-08T10:00:00+08:00');
const OWN = 'dazhou';
const IMPORT_ID = 'stm_00000000000000000000';
const MANDATE_ID = 'mdt_00000000000000000000';
const EXERCISE_ID = 'lgx_00000000000000000000';
const PERSON = 'somebody';

/** Where the caller is a member, seen from the organisation that the call is about. */
const POSITIONS: Readonly<Record<string, Partial<Membership> & { organisationId: string }>> = {
  own: { organisationId: OWN, reach: 'here' },
  above: { organisationId: ROOT, reach: 'and-below' },
  'above-here-only': { organisationId: ROOT, reach: 'here' },
  below: { organisationId: 'dazhou-xuanhan', reach: 'and-below' },
  beside: { organisationId: 'chengdu', reach: 'and-below' },
  'another-tree': { organisationId: 'hunan', reach: 'and-below' },
  suspended: { organisationId: OWN, reach: 'and-below', state: 'suspended' },
};
const LET_PASS = ['own', 'above'];
const ANYWHERE = Object.keys(POSITIONS).filter((position) => position !== 'suspended');

/** What a call is about: things of the organisation, or things that do not exist. */
type Things = About & { readonly importId: string; readonly mandateId: string; readonly exerciseId: string };
type About = { readonly organisationId: string; readonly campaignId: string; readonly giftId: string };
const EXISTING: Things = {
  organisationId: OWN,
  campaignId: CAMPAIGN_ID,
  giftId: 'gft_0',
  importId: IMPORT_ID,
  mandateId: MANDATE_ID,
  exerciseId: EXERCISE_ID,
};
const MISSING: Things = {
  organisationId: 'nowhere',
  campaignId: 'cmp_nowhere',
  giftId: 'gft_nowhere',
  importId: 'stm_zzzzzzzzzzzzzzzzzzzz',
  mandateId: 'mdt_zzzzzzzzzzzzzzzzzzzz',
  exerciseId: 'lgx_zzzzzzzzzzzzzzzzzzzz',
};

type Call = { readonly body?: object; readonly query?: Record<string, string> };
/**
 * How a call names its organisation where the path does not: a route whose `access` says `of: 'handler'` is told here.
 * `anywhere`: it is about what is the caller's own, and whoever has the role anywhere may call.
 */
const HANDLER_ROUTES: Readonly<Record<string, 'anywhere' | 'in-the-path' | ((about: About) => Call)>> = {
  'GET /me': 'anywhere',
  'GET /me/inbox': 'anywhere',
  'GET /me/delegations': 'anywhere',
  'DELETE /me/delegations/{delegationId}': 'anywhere',
  'POST /me/delegations': ({ organisationId }) => ({
    body: {
      organisationId,
      toPersonId: 'x',
      from: '2026-09-08T10:00:00+08:00',
      until: '2026-09-09T10:00:00+08:00',
      reason: 'away',
    },
  }),
  // Who may decide follows from the approval: that is told by the stories of approvals. A malformed decision is refused here.
  'POST /campaigns/{campaignId}/decisions': 'in-the-path',
  // The same of a second person's word (test/approvals/confirming.test.ts).
  'POST /campaigns/{campaignId}/spending-requests/{requestId}/decisions': 'in-the-path',
  'POST /campaigns/{campaignId}/goods-requests/{requestId}/decisions': 'in-the-path',
  'GET /campaigns': ({ organisationId }) => ({ query: { organisationId } }),
  'POST /campaigns': ({ organisationId }) => ({ body: { organisationId } }),
  'POST /organisations': ({ organisationId }) => ({
    body: { organisationId: 'fresh', name: 'Fresh', parentId: organisationId },
  }),
  'POST /donor-links': ({ giftId }) => ({
    body: { decision: 'link', giftId, sameAsGiftId: giftId === 'gft_0' ? 'gft_1' : 'gft_neither', evidence: 'seen' },
  }),
  'POST /what-ifs': ({ campaignId }) => ({
    body: {
      drafts: [{ rules: [] }],
      window: { firstDay: '2027-09-07', lastDay: '2027-09-09', zone: 'Asia/Shanghai' },
      gifts: { campaignId },
    },
  }),
  'POST /statement-imports': ({ organisationId }) => ({
    body: { organisationId, file: 'wechat-trade-bill', fileName: 'bill.csv', bytes: 100 },
  }),
  'POST /statement-imports/{importId}/checks': 'in-the-path',
  'POST /statement-imports/{importId}/bookings': 'in-the-path',
  'GET /statement-imports/{importId}': 'in-the-path',
  'GET /mandates/{mandateId}': 'in-the-path',
  'POST /legacy-exercises': ({ organisationId }) => ({
    body: { organisationId, title: 'Old projects', recipients: ['a@example.org'] },
  }),
  'GET /legacy-exercises': ({ organisationId }) => ({ query: { organisationId } }),
  'GET /legacy-exercises/{exerciseId}': 'in-the-path',
  'POST /legacy-exercises/{exerciseId}/files': 'in-the-path',
  'GET /legacy-exercises/{exerciseId}/files/{fileId}': 'in-the-path',
  'PUT /legacy-exercises/{exerciseId}/files/{fileId}/entries': 'in-the-path',
  'POST /legacy-exercises/{exerciseId}/files/{fileId}/readings': 'in-the-path',
  'POST /legacy-exercises/{exerciseId}/files/{fileId}/imports': 'in-the-path',
  'GET /legacy-exercises/{exerciseId}/projects': 'in-the-path',
  'GET /legacy-exercises/{exerciseId}/projects/{projectId}': 'in-the-path',
  'PATCH /legacy-exercises/{exerciseId}/projects/{projectId}': 'in-the-path',
  'POST /legacy-exercises/{exerciseId}/confirmations': 'in-the-path',
  'POST /legacy-exercises/{exerciseId}/assignments': 'in-the-path',
  'POST /legacy-exercises/{exerciseId}/pairs/{pairId}/decisions': 'in-the-path',
  'POST /legacy-exercises/{exerciseId}/decisions': 'in-the-path',
  'POST /legacy-exercises/{exerciseId}/closings': 'in-the-path',
  'GET /legacy-exercises/{exerciseId}/projects/{projectId}/papers/{paper}': 'in-the-path',
  'POST /legacy-exercises/{exerciseId}/projects/{projectId}/papers/{paper}/uploads': 'in-the-path',
  'POST /legacy-exercises/{exerciseId}/projects/{projectId}/papers/{paper}/confirmations': 'in-the-path',
  'POST /legacy-exercises/{exerciseId}/projects/{projectId}/papers/{paper}/losses': 'in-the-path',
  'POST /legacy-exercises/{exerciseId}/projects/{projectId}/papers/{paper}/loss-confirmations': 'in-the-path',
};

type Route = {
  readonly name: FunctionName;
  readonly route: string;
  readonly door: Door;
  readonly definition: StaffDefinition<{ readonly table: Table }>;
};
const routes: Route[] = [];

beforeAll(async () => {
  log.setLogLevel('SILENT');
  for (const [name, { entry: file, trigger }] of Object.entries(MANIFEST) as [FunctionName, FunctionSpec][]) {
    if (trigger.kind !== 'http' || trigger.access !== 'staff') continue;
    const module = (await import(join(import.meta.dirname, '../../functions', file))) as Pick<Route, 'definition'>;
    for (const { method, path } of trigger.routes) {
      const route = `${method} ${path}`;
      const door = module.definition.access[route as keyof typeof module.definition.access];
      if (door === undefined) throw new Error(`${name} says of nobody that they may call ${route}`);
      routes.push({ name, route, door, definition: module.definition });
    }
  }
}, 60_000);
afterAll(() => log.setLogLevel('INFO'));

/** A tree of organisations, a campaign with two gifts, and an import of the organisation in its middle. */
async function world(): Promise<MemoryTable> {
  const table = memoryTable();
  const { proposal } = await putCampaign(table);
  for (const path of [[ROOT, OWN, 'dazhou-xuanhan'], [ROOT, 'chengdu'], ['hunan']])
    await table.write(organisationPut(path, path.join(' / ')));
  await table.write({ put: openingPoolItem(CAMPAIGN_ID, proposal.matching, proposal.window, proposal.currency) });
  await record(table, [entry(0, { campaignId: CAMPAIGN_ID }), entry(1, { campaignId: CAMPAIGN_ID })]);
  const file = { importId: IMPORT_ID, organisationId: OWN, fileName: 'list.csv', bytes: 10, state: 'awaiting-upload' };
  const made = { source: { kind: 'wechat-trade-bill' }, createdBy: 'li', createdAt: NOW, updatedAt: NOW };
  await table.write({ put: { ...statementImportKey(IMPORT_ID), type: 'statement-import', ...file, ...made } });
  const exercise = {
    exerciseId: EXERCISE_ID,
    organisationId: OWN,
    title: 'Old',
    recipients: [],
    state: 'open',
    version: 1,
  };
  const begun = { decisions: 0, rounds: 0, createdBy: 'li', createdAt: NOW, updatedAt: NOW };
  await table.write({ put: { ...legacyExerciseKey(EXERCISE_ID), type: 'legacy-exercise', ...exercise, ...begun } });
  const mandate = { mandateId: MANDATE_ID, version: 1, campaignId: CAMPAIGN_ID, zone: 'Asia/Shanghai', dayOfMonth: 15 };
  const stands = { state: 'active', retries: 0, skippedInARow: 0, paidPeriods: 0, firstOn: '2026-09-15' };
  const since = { createdAt: NOW, updatedAt: NOW };
  await table.write({ put: { ...mandateKey(MANDATE_ID), type: 'mandate', ...mandate, ...stands, ...since } });
  return table;
}

/** Sends a call with a token of every group, so that memberships alone decide. Everything but the table is out of reach. */
async function send(
  { name, route, door, definition }: Route,
  table: Table,
  about: typeof EXISTING,
  groups: readonly Role[] = ROLES,
) {
  const [method = '', template = ''] = route.split(' ');
  const names = [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const routeParameters = Object.fromEntries(names.map((key) => [key, { ...about, personId: 'm-1' }[key] ?? 'x1']));
  const path = template.replace(/\{(\w+)\}/g, (_, key: string) => routeParameters[key] ?? '');
  const told = door.of === 'handler' ? HANDLER_ROUTES[route] : 'in-the-path';
  const { body, query }: Call = typeof told === 'function' ? told(about) : {};
  const use = { table: restrictedTable(table, name) };
  const event = httpEvent({
    name,
    method,
    path,
    routeParameters,
    headers: { 'Idempotency-Key': 'walk-walk-walk-walk-walk', 'If-Match': 'W/"1"' },
    ...(query === undefined ? {} : { query }),
    ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
    actor: { id: PERSON, groups },
  });
  const result = await staffFunction(definition, { use, tellTime: async () => NOW })(event, lambdaContext);
  const isRefused = result.statusCode === 403 && String(result.body).includes('"title":"forbidden"');
  return { isRefused, answer: JSON.stringify([result.statusCode, result.headers, result.body]) };
}

/** Whether somebody with one membership, or none, is let pass. */
async function passes(route: Route, role?: Role, position?: string): Promise<boolean> {
  const table = await world();
  if (role !== undefined && position !== undefined) {
    const { organisationId, ...changes } = POSITIONS[position] ?? { organisationId: '' };
    await putMembership(table, membershipOf(PERSON, organisationId, [role], changes));
  }
  return !(await send(route, table, EXISTING)).isRefused;
}

async function passingPositions(route: Route, role: Role): Promise<string[]> {
  const found: string[] = [];
  for (const position of Object.keys(POSITIONS)) if (await passes(route, role, position)) found.push(position);
  return found;
}

const isAnywhere = ({ door, route }: Route): boolean => door.of === 'handler' && HANDLER_ROUTES[route] === 'anywhere';

function expectedPositions(route: Route, role: Role): string[] {
  if (!route.door.roles.includes(role)) return [];
  return isAnywhere(route) ? ANYWHERE : LET_PASS;
}

describe('every route of staff', () => {
  it('that names its organisation elsewhere than in the path is told in this test', () => {
    const untold = routes.filter(({ door, route }) => door.of === 'handler' && HANDLER_ROUTES[route] === undefined);
    expect(untold.map(({ route }) => route)).toEqual([]);
    expect(routes.length).toBeGreaterThan(30);
  });

  it('lets pass who has one of its roles in the organisation or above it, and nobody else', async () => {
    const lines: string[] = [];
    for (const route of routes) {
      const cells: string[] = [];
      for (const role of ROLES) {
        const found = await passingPositions(route, role);
        expect(found, `${route.route} as ${role}`).toEqual(expectedPositions(route, role));
        cells.push((found.length > LET_PASS.length ? 'anywhere' : found.join(', ') || '-').padEnd(10));
      }
      expect(await passes(route), `${route.route} without a membership`).toBe(false);
      lines.push(`${route.route.padEnd(76)} ${cells.join(' ')}`.trimEnd());
    }
    const head = `${'Route'.padEnd(76)} ${ROLES.map((role) => role.padEnd(10)).join(' ')}`.trimEnd();
    const legend = [
      'Who is let pass, by role and by where they are a member, seen from the organisation that the call is about.',
      'own: in it. above: over it, with everything below. -: nobody. Refused everywhere: members above it whose',
      'membership counts only there, members below it, beside it and in another tree, and who is suspended.',
    ].join('\n');
    const table = `${legend}\n\n${head}\n${lines.toSorted(byPath).join('\n')}\n`;
    await expect(table).toMatchFileSnapshot('__snapshots__/who-may-call.txt');
  }, 300_000);

  it('refuses what is not allowed and what does not exist in the same bytes', async () => {
    const answers = new Set<string>();
    for (const route of routes) {
      if (isAnywhere(route)) continue;
      const table = await world();
      await putMembership(table, membershipOf(PERSON, 'hunan', ROLES));
      answers.add((await send(route, table, EXISTING)).answer);
      const missing = await send(route, table, MISSING);
      expect(missing.isRefused, `${route.route} of what does not exist`).toBe(true);
      answers.add(missing.answer);
      await putMembership(table, membershipOf(PERSON, OWN, ROLES));
      answers.add((await send(route, table, MISSING)).answer);
    }
    expect([...answers]).toHaveLength(1);
  }, 60_000);

  it('refuses a token without the role, whatever the membership says', async () => {
    for (const route of routes) {
      const table = await world();
      await putMembership(table, membershipOf(PERSON, OWN, ROLES));
      const others = ROLES.filter((role) => !route.door.roles.includes(role));
      for (const groups of [[], others])
        expect((await send(route, table, EXISTING, groups)).isRefused, route.route).toBe(true);
      // Nor does a role of the token count for another one of the membership, where the route takes both.
      const [one, ...more] = route.door.roles;
      const mixed = await world();
      await putMembership(mixed, membershipOf(PERSON, OWN, one === undefined ? [] : [one]));
      expect((await send(route, mixed, EXISTING, more)).isRefused, `${route.route} by two halves`).toBe(true);
    }
  }, 60_000);
});

/** By resource, then method. */
const byPath = (left: string, right: string): number => {
  const [one, other] = [left, right].map((line) => line.split(/\s+/).slice(0, 2).toReversed().join(' '));
  return (one ?? '') < (other ?? '') ? -1 : 1;
};
