import { parse } from 'csv-parse/sync';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { definition as anchorTrails } from '../../functions/audit/anchor-audit-trails.lambda.ts';
import { definition as readAuditTrail } from '../../functions/audit/read-audit-trail.lambda.ts';
import type { Actor } from '../../functions/platform/http.ts';
import { auditHeadKey, auditLineKey } from '../../functions/platform/keys.ts';
import { log } from '../../functions/platform/log.ts';
import * as metrics from '../../functions/platform/metrics.ts';
import { ROOT } from '../access/people.ts';
import { ADMIN, MANAGER, PROPOSAL } from '../stories/people.ts';
import { World } from '../stories/world.ts';

const AUDITOR: Actor = { id: 'auditor-sun', groups: ['auditor'] };

let world: World;
beforeEach(async () => {
  world = new World();
  await world.createOrganisation({ organisationId: 'dazhou', name: '达州市红十字会' }, ADMIN);
});

const read = (what: string, after?: number, organisationId = ROOT, actor = AUDITOR) =>
  world.request('read-audit-trail', readAuditTrail, {
    path: `/organisations/${organisationId}/${what}`,
    routeParameters: { organisationId },
    ...(after === undefined ? {} : { query: { after: String(after) } }),
    actor,
  });
/** Adds organisations under the root, each a line of its trail. */
async function addUnits(count: number, name = 'Unit'): Promise<void> {
  for (let n = 0; n < count; n += 1)
    await world.createOrganisation({ organisationId: `unit-${name.length}-${n}`, name }, ADMIN);
}
const anchor = () => world.job('anchor-audit-trails', anchorTrails);

describe('the audit trail of an organisation', () => {
  it('says of each change who made it, when, from where, by which call, and what it changed', async () => {
    const { body } = await read('audit-lines');
    expect(body.next).toBeNull();
    expect(body.lines).toMatchObject([
      {
        organisationId: ROOT,
        number: 1,
        at: world.now,
        by: ADMIN.id,
        action: 'POST /organisations',
        from: '127.0.0.1',
        changes: [{ item: 'organisation', change: 'made' }],
      },
    ]);
  });

  it('is that of the organisation whose campaign it is', async () => {
    await world.submit(PROPOSAL, MANAGER);
    const { body } = await read('audit-lines', undefined, 'dazhou');
    expect(body.lines.map(({ by, action }: { by: string; action: string }) => [by, action])).toEqual([
      [MANAGER.id, 'POST /campaigns'],
      [MANAGER.id, 'POST /campaigns/{campaignId}/submissions'],
    ]);
  });

  it('comes fifty lines at a time, to auditors and admins', async () => {
    await addUnits(60);
    const first = (await read('audit-lines')).body;
    expect([first.lines.length, first.next]).toEqual([50, '?after=50']);
    const rest = (await read('audit-lines', 50, ROOT, ADMIN)).body;
    expect(rest.lines.map(({ number }: { number: number }) => number)).toEqual([
      51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61,
    ]);
    expect((await read('audit-lines', undefined, ROOT, MANAGER)).status).toBe(403);
    expect((await read('audit-lines', undefined, 'nowhere')).status).toBe(403);
    expect((await read('audit-lines', -1)).body.title).toBe('bad-cursor');
  });
});

describe('its export', () => {
  it('is a table for a spreadsheet, a row for each field, in which nothing that was typed is run', async () => {
    const typed = '=HYPERLINK("http://evil.example","达州"),\n+1';
    await addUnits(1, typed);
    const { headers, body } = await read('audit-lines.csv');
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(headers['content-disposition']).toContain('audit-sichuan-after-0.csv');
    const rows: Record<string, string>[] = parse(body, { bom: true, columns: true, record_delimiter: '\r\n' });
    const name = rows.find(({ number, field }) => number === '2' && field === 'name');
    expect(name).toMatchObject({ by: ADMIN.id, item: 'organisation', change: 'made', before: '', after: `'${typed}` });
    for (const row of rows) for (const cell of Object.values(row)) expect(cell).not.toMatch(/^\s*[=+\-@\t＝＋－＠]/);
  });

  it('goes on where a file of 500 lines ends', async () => {
    await addUnits(501);
    expect((await read('audit-lines.csv')).headers['link']).toBe('<?after=500>; rel="next"');
    const last = await read('audit-lines.csv', 500);
    expect(last.headers['link']).toBeUndefined();
    expect(last.body).toContain('\r\n501,');
  });
});

describe('the daily run', () => {
  const broken = () => vi.mocked(log.error).mock.calls.filter(([message]) => message === 'audit trail broken');

  it('rings once where a line was touched since the last one, and not where none was', async () => {
    vi.spyOn(log, 'error').mockImplementation(() => undefined);
    const rung = vi.spyOn(metrics, 'count');
    await addUnits(2);
    await anchor();
    await addUnits(2, 'Another');
    await anchor();
    expect(broken()).toEqual([]);
    await addUnits(2, 'More units');
    await world.table.write({ update: auditLineKey(ROOT, 6), set: { by: 'nobody' } });
    await anchor();
    expect(broken()).toEqual([
      ['audit trail broken', { organisationId: ROOT, problems: [{ number: 6, problem: 'edited' }], found: 1 }],
    ]);
    await anchor();
    expect(broken()).toHaveLength(1);
    // The metric of an alarm that rings at the first one (infra/alarm-catalogue.ts).
    expect(rung.mock.calls).toEqual([[metrics.METRICS.auditTrailBroken]]);
    vi.restoreAllMocks();
  });
});

describe('its verification', () => {
  beforeEach(() => addUnits(4));

  it('finds it whole, up to its last line, against the anchors of its days', async () => {
    expect(await anchor()).toEqual({ kind: 'anchored', anchors: 1 });
    expect(await anchor()).toEqual({ kind: 'anchored', anchors: 0 });
    world.at('2026-08-21T09:00:00+08:00');
    await world.createOrganisation({ organisationId: 'one-more', name: 'One more' }, ADMIN);
    expect(await anchor()).toEqual({ kind: 'anchored', anchors: 1 });
    const { body } = await read('audit-verification');
    expect(body).toMatchObject({ lines: 6, upTo: 6, anchors: 2, isWhole: true, problems: [], next: null });
    expect((await read('audit-verification', 3)).body).toMatchObject({ lines: 3, upTo: 6, anchors: 2, isWhole: true });
    expect((await read('audit-verification', 9)).status).toBe(404);
  });

  it('finds a line that was edited in the table, one that was made unreadable, and one that was taken out', async () => {
    const { table } = world;
    await table.write({ update: auditLineKey(ROOT, 2), set: { by: 'nobody' } });
    await table.write({ update: auditLineKey(ROOT, 3), set: { note: 'added' } });
    await table.write({ delete: auditLineKey(ROOT, 4) });
    const { body } = await read('audit-verification');
    expect(body.isWhole).toBe(false);
    expect(body.problems).toEqual([
      { number: 2, problem: 'edited' },
      { number: 3, problem: 'edited' },
      { number: 4, problem: 'missing' },
    ]);
  });

  it('finds that the end was cut off, and cut off with its head, which only the anchor tells', async () => {
    await anchor();
    const { table } = world;
    const line = await table.get(auditLineKey(ROOT, 3));
    for (const number of [4, 5]) await table.write({ delete: auditLineKey(ROOT, number) });
    const cutOff = [
      { number: 4, problem: 'cut-off' },
      { number: 5, problem: 'cut-off' },
    ];
    expect((await read('audit-verification')).body.problems).toEqual(cutOff);
    await table.write({ update: auditHeadKey(ROOT), set: { number: 3, hash: String(line?.['hash']) } });
    expect((await read('audit-verification')).body.problems).toEqual(cutOff);
  });
});
