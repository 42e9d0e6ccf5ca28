import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditLines } from '../../functions/audit/audit.store.ts';
import { hashOf, NO_HASH } from '../../functions/audit/audit-line.ts';
import { type AuditContext, auditedTable } from '../../functions/audit/audited-table.ts';
import { ThrottledError, TransientError } from '../../functions/kernel/errors.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { approvalKey, auditHeadKey, campaignKey, organisationKey, turnKey } from '../../functions/platform/keys.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import type { Item, Table, TransactWrite, Write } from '../../functions/platform/table.ts';
import { faultyTable } from '../faults/faulty-table.ts';

const hurried = { random: () => 0, pause: async () => undefined };
const CONTEXT: AuditContext = {
  organisationId: 'dazhou',
  by: 'manager-li',
  action: 'PATCH /campaigns/{campaignId}',
  from: '203.0.113.7',
  now: instantOf('2026-09-07T08:00:00+08:00'),
};
const CAMPAIGN = campaignKey('cmp_1');
const campaign = (changes: object = {}): Item =>
  ({ ...CAMPAIGN, type: 'campaign', campaignId: 'cmp_1', status: 'submitted', round: 1, ...changes }) as Item;

async function linesOf(table: Table, organisationId = 'dazhou') {
  const lines = [];
  for await (const line of auditLines(table, organisationId)) lines.push(line);
  return lines;
}

describe('a change through an audited table', () => {
  it('leaves a line that says who, when, from where, and what was before and after', async () => {
    const table = memoryTable();
    const audited = auditedTable(table, CONTEXT);
    await audited.write({ put: campaign({ proposal: { title: 'Old', units: ['a'] } }), when: { absent: true } });
    await audited.write({
      update: CAMPAIGN,
      set: { status: 'approved', proposal: { title: 'New', units: ['a'] } },
      add: { round: 1 },
      when: { equals: { status: 'submitted' } },
    });
    const lines = await linesOf(table);
    expect(lines.map(({ number }) => number)).toEqual([1, 2]);
    expect(lines[0]).toMatchObject({ previousHash: NO_HASH, changes: [{ item: 'campaign', change: 'made' }] });
    expect(lines[1]).toMatchObject({
      organisationId: 'dazhou',
      by: 'manager-li',
      action: 'PATCH /campaigns/{campaignId}',
      from: '203.0.113.7',
      at: CONTEXT.now,
      previousHash: lines[0]?.hash,
    });
    expect(lines[1]?.changes).toEqual([
      {
        item: 'campaign',
        key: 'CAMPAIGN#cmp_1 CAMPAIGN',
        change: 'changed',
        fields: [
          { field: 'status', before: 'submitted', after: 'approved' },
          { field: 'round', before: 1, after: 2 },
          { field: 'proposal.title', before: 'Old', after: 'New' },
        ],
      },
    ]);
    for (const line of lines) expect(hashOf(line)).toBe(line.hash);
  });

  it('never shows a secret: it names what changed and keeps the value out', async () => {
    const table = memoryTable();
    const approval = {
      ...approvalKey('cmp_1', 'campaign', 1),
      type: 'approval',
      campaignId: 'cmp_1',
      round: 1,
      state: 'waiting',
    };
    await auditedTable(table, CONTEXT).write({ put: { ...approval, taskToken: 'a-secret-token' } });
    const [line] = await linesOf(table);
    expect(line?.changes[0]?.unshown).toEqual(['taskToken']);
    expect(JSON.stringify(line)).not.toContain('a-secret-token');
  });

  it('keeps a long text as its fingerprint, so that a line always fits', async () => {
    const table = memoryTable();
    const long = 'x'.repeat(10_000);
    await auditedTable(table, CONTEXT).write({ put: campaign({ proposal: { title: 'Short', purpose: long } }) });
    const [line] = await linesOf(table);
    expect(JSON.stringify(line).length).toBeLessThan(2_000);
    expect(JSON.stringify(line)).toMatch(/"sha256":"[0-9a-f]{64}","characters":/);
  });

  it('is refused where nobody has said what of the item may be shown, or for which organisation it is', async () => {
    const table = memoryTable();
    const secret: Write = { put: { ...CAMPAIGN, type: 'something-new' } };
    await expect(auditedTable(table, CONTEXT).write(secret)).rejects.toThrow('does not say what of something-new');
    const nowhere = auditedTable(table, { ...CONTEXT, organisationId: undefined });
    await expect(nowhere.write({ put: campaign() })).rejects.toThrow('before it is known for which organisation');
    expect(table.everything()).toEqual([]);
  });

  it('leaves no line where it did not happen, where it only checked, and where nobody decides about it', async () => {
    const table = memoryTable();
    const audited = auditedTable(table, CONTEXT);
    expect(await audited.write({ update: CAMPAIGN, set: { round: 2 }, when: { equals: { round: 1 } } })).toEqual({
      kind: 'condition-failed',
      existing: undefined,
    });
    expect(await audited.transact([{ check: CAMPAIGN, when: { absent: true } }])).toEqual({ kind: 'committed' });
    await audited.write({ put: { ...turnKey('cmp_1'), type: 'turn', holder: 'me' } });
    expect(await linesOf(table)).toEqual([]);
    expect(await table.get(auditHeadKey('dazhou'))).toBeUndefined();
  });

  it('tells its writer what stood in the way, as the table itself does', async () => {
    const [plain, under] = [memoryTable(), memoryTable()];
    for (const table of [plain, under]) await table.write({ put: campaign({ status: 'open' }) });
    const audited = auditedTable(under, CONTEXT);
    const writes: TransactWrite[] = [
      { put: { ...organisationKey('a'), type: 'organisation' }, when: { absent: true } },
      { update: CAMPAIGN, set: { status: 'closed' }, when: { equals: { status: 'paused' } } },
      { check: campaignKey('cmp_2'), when: { equals: { type: 'campaign' } } },
    ];
    expect(await audited.transact(writes)).toEqual(await plain.transact(writes));
    for (const write of writes.slice(0, 2) as Write[])
      expect(await audited.write(write)).toEqual(await plain.write(write));
  });
});

describe('many who change things of one organisation at once', () => {
  it('leave a chain without a gap, each change once, and what each line says was before is what was', async () => {
    const table = memoryTable();
    await table.write({ put: campaign({ round: 0 }) });
    // A turn of the event loop in every read lets all of them read the same head.
    const slow: Table = {
      ...table,
      get: async (key, options) => {
        await new Promise((resolve) => setImmediate(resolve));
        return table.get(key, options);
      },
    };
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        auditedTable(slow, { ...CONTEXT, by: `person-${n}` }, hurried).write({ update: CAMPAIGN, add: { round: 1 } }),
      ),
    );
    expect(outcomes).toEqual(Array.from({ length: 10 }, () => ({ kind: 'written' })));
    const lines = await linesOf(table);
    expect(lines.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(lines.map(({ changes }) => changes[0]?.fields)).toEqual(
      lines.map((_, n) => [{ field: 'round', before: n, after: n + 1 }]),
    );
    expect(new Set(lines.map(({ by }) => by)).size).toBe(10);
    expect(lines.slice(1).map(({ previousHash }) => previousHash)).toEqual(lines.slice(0, -1).map(({ hash }) => hash));
  });

  it('give up, with nothing written, where the head never lets them in', async () => {
    const table = memoryTable();
    const busy: Table = {
      ...table,
      transact: async (writes) => ({
        kind: 'cancelled',
        reasons: writes.map((_, n) => (n === writes.length - 1 ? 'conflict' : 'none')),
      }),
    };
    await expect(auditedTable(busy, CONTEXT, hurried).write({ put: campaign() })).rejects.toThrow(TransientError);
    expect(table.everything()).toEqual([]);
  });
});

describe('over a table that loses answers, conflicts and throttles', () => {
  /** A writer as ours are: guarded by what it read, looking after a lost answer whether it is there, trying again. */
  async function take(table: Table, me: number): Promise<'taken' | 'too-late'> {
    for (;;) {
      try {
        const found = await table.get(CAMPAIGN);
        if (found?.['holder'] !== undefined) return found['holder'] === me ? 'taken' : 'too-late';
        const outcome = await table.transact([
          { update: CAMPAIGN, set: { holder: me, status: `held-${me}` }, when: { equals: { holder: null } } },
          {
            put: { ...approvalKey('cmp_1', 'campaign', 1), type: 'approval', state: 'waiting' },
            when: { absent: true },
          },
        ]);
        if (outcome.kind === 'committed') return 'taken';
      } catch (error) {
        if (!(error instanceof TransientError || error instanceof ThrottledError)) throw error;
      }
    }
  }

  it('one of several wins, as without a trail, and what it did has one line', async () => {
    let struckInAll = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 5 }), async (seed, writers) => {
        const memory = memoryTable();
        await memory.write({ put: campaign() });
        const rates = { lostBefore: 0.1, lostAfter: 0.3, conflict: 0.2, throttle: 0.1, unreadable: 0.05 };
        const faulty = faultyTable(memory, rates, seed);
        const results = await Promise.all(
          Array.from({ length: writers }, (_, n) =>
            take(auditedTable(faulty, { ...CONTEXT, by: String(n) }, hurried), n),
          ),
        );
        struckInAll += faulty.struck.lostAfter + faulty.struck.conflict;
        expect(results.filter((result) => result === 'taken')).toHaveLength(1);
        const lines = await linesOf(memory);
        expect(lines.map(({ by }) => by)).toEqual([String(results.indexOf('taken'))]);
        expect(lines[0]?.changes.map(({ item, change }) => [item, change])).toEqual([
          ['campaign', 'changed'],
          ['approval', 'made'],
        ]);
        expect(await memory.get(auditHeadKey('dazhou'))).toMatchObject({ number: 1, hash: lines[0]?.hash });
      }),
      { numRuns: 200 },
    );
    expect(struckInAll).toBeGreaterThan(100);
  });

  it('every change that was committed has exactly one line, whatever its writer was told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 6 }), async (seed, writers) => {
        const memory = memoryTable();
        await memory.write({ put: campaign({ round: 0 }) });
        const rates = { lostBefore: 0.1, lostAfter: 0.2, conflict: 0.2, throttle: 0.1, unreadable: 0 };
        const faulty = faultyTable(memory, rates, seed);
        await Promise.allSettled(
          Array.from({ length: writers }, async (_, n) => {
            const audited = auditedTable(faulty, { ...CONTEXT, by: String(n) }, hurried);
            for (let time = 0; time < 3; time += 1)
              await audited.transact([{ update: CAMPAIGN, add: { round: 1 } }]).catch(() => undefined);
          }),
        );
        const changed = memory.changes.filter(({ after }) => after?.type === 'campaign').length - 1;
        const lines = await linesOf(memory);
        expect(lines.map(({ number }) => number)).toEqual(lines.map((_, n) => n + 1));
        expect(lines).toHaveLength(changed);
        expect(lines.map(({ changes }) => changes[0]?.fields)).toEqual(
          lines.map((_, n) => [{ field: 'round', before: n, after: n + 1 }]),
        );
      }),
      { numRuns: 100 },
    );
  });
});
