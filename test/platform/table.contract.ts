import { describe, expect, it } from 'vitest';
import { PermanentError } from '../../functions/kernel/errors.ts';
import { everyItem, type Item, type Table } from '../../functions/platform/table.ts';

/**
 * What every implementation of the table port must do, in one place. `newPartition` gives a fresh partition name, so that the
 * suite can run again and again on a table that keeps its items.
 */
export function tableContract(name: string, open: () => Promise<Table> | Table): void {
  const run = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;
  let partitions = 0;
  const newPartition = (): string => {
    partitions += 1;
    return `CONTRACT#${run}#${partitions}`;
  };
  const item = (pk: string, sk: string, rest: Record<string, string | number> = {}): Item => ({
    pk,
    sk,
    type: 'thing',
    ...rest,
  });

  describe(`the table (${name})`, () => {
    it('gives back what was put, without attributes that were undefined', async () => {
      const table = await open();
      const pk = newPartition();
      const put = { ...item(pk, 'A'), nested: { list: [1, 'two', null, { three: true }] }, gone: undefined };
      expect(await table.write({ put })).toEqual({ kind: 'written' });
      expect(await table.get({ pk, sk: 'A' })).toEqual({
        pk,
        sk: 'A',
        type: 'thing',
        nested: { list: [1, 'two', null, { three: true }] },
      });
      expect(await table.get({ pk, sk: 'B' })).toBeUndefined();
    });

    it('keeps integers exact up to the largest safe one', async () => {
      const table = await open();
      const pk = newPartition();
      await table.write({ put: item(pk, 'A', { amountMinor: Number.MAX_SAFE_INTEGER }) });
      expect((await table.get({ pk, sk: 'A' }))?.['amountMinor']).toBe(Number.MAX_SAFE_INTEGER);
    });

    it('refuses a put onto something that is there, changes nothing, and shows what was in the way', async () => {
      const table = await open();
      const pk = newPartition();
      await table.write({ put: item(pk, 'A', { n: 1 }), when: { absent: true } });
      const second = await table.write({ put: item(pk, 'A', { n: 2 }), when: { absent: true } });
      expect(second).toEqual({ kind: 'condition-failed', existing: item(pk, 'A', { n: 1 }) });
      expect((await table.get({ pk, sk: 'A' }))?.['n']).toBe(1);
    });

    it('lets one of twenty parallel puts win', async () => {
      const table = await open();
      const pk = newPartition();
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, n) => table.write({ put: item(pk, 'A', { n }), when: { absent: true } })),
      );
      expect(outcomes.filter(({ kind }) => kind === 'written')).toHaveLength(1);
    });

    it('holds a write to equal values, to absent attributes and to lower bounds', async () => {
      const table = await open();
      const pk = newPartition();
      await table.write({ put: item(pk, 'A', { sequence: 7, remaining: 10, type: 'pool' }) });
      const draw = (sequence: number, atLeast: number) =>
        table.write({
          update: { pk, sk: 'A' },
          add: { remaining: -1 },
          when: { equals: { sequence, name: null }, atLeast: { remaining: atLeast } },
        });
      expect((await draw(6, 1)).kind).toBe('condition-failed');
      expect((await draw(7, 11)).kind).toBe('condition-failed');
      expect((await draw(7, 10)).kind).toBe('written');
      expect((await table.get({ pk, sk: 'A' }))?.['remaining']).toBe(9);
      await table.write({ update: { pk, sk: 'A' }, set: { name: 'reserved word' } });
      expect((await draw(7, 1)).kind).toBe('condition-failed');
    });

    it('does not find conditions true of an item that is not there', async () => {
      const table = await open();
      const key = { pk: newPartition(), sk: 'A' };
      expect((await table.write({ update: key, set: { n: 1 }, when: { equals: { n: 1 } } })).kind).toBe(
        'condition-failed',
      );
      expect((await table.write({ update: key, set: { n: 1 }, when: { equals: { n: null } } })).kind).toBe(
        'condition-failed',
      );
      expect((await table.write({ update: key, set: { n: 1 }, when: { atLeast: { n: 0 } } })).kind).toBe(
        'condition-failed',
      );
      expect(await table.get(key)).toBeUndefined();
    });

    it('creates with an update what was not there, and adds from zero', async () => {
      const table = await open();
      const key = { pk: newPartition(), sk: 'TOTAL' };
      for (const amount of [5, 7])
        await table.write({ update: key, set: { type: 'totals' }, add: { gifts: 1, amount } });
      expect(await table.get(key)).toEqual({ ...key, type: 'totals', gifts: 2, amount: 12 });
    });

    it('deletes under a condition', async () => {
      const table = await open();
      const key = { pk: newPartition(), sk: 'A' };
      await table.write({ put: item(key.pk, 'A', { state: 'sending' }) });
      expect((await table.write({ delete: key, when: { equals: { state: 'sent' } } })).kind).toBe('condition-failed');
      expect((await table.write({ delete: key, when: { equals: { state: 'sending' } } })).kind).toBe('written');
      expect(await table.get(key)).toBeUndefined();
    });

    it('commits a transaction whole', async () => {
      const table = await open();
      const pk = newPartition();
      await table.write({ put: item(pk, 'POOL', { sequence: 0 }) });
      const outcome = await table.transact([
        { update: { pk, sk: 'POOL' }, set: { sequence: 1 }, when: { equals: { sequence: 0 } } },
        { put: item(pk, 'MATCH'), when: { absent: true } },
        { update: { pk, sk: 'TOTAL' }, set: { type: 'totals' }, add: { gifts: 1 } },
      ]);
      expect(outcome).toEqual({ kind: 'committed' });
      expect(
        (
          await table.getMany([
            { pk, sk: 'POOL' },
            { pk, sk: 'MATCH' },
            { pk, sk: 'TOTAL' },
          ])
        ).length,
      ).toBe(3);
    });

    it('cancels a transaction whole, and says which action stood in the way', async () => {
      const table = await open();
      const pk = newPartition();
      await table.write({ put: item(pk, 'MATCH', { n: 1 }) });
      const outcome = await table.transact([
        { put: item(pk, 'OTHER'), when: { absent: true } },
        { put: item(pk, 'MATCH', { n: 2 }), when: { absent: true } },
        { check: { pk, sk: 'PARENT' }, when: { equals: { type: 'thing' } } },
      ]);
      expect(outcome).toEqual({ kind: 'cancelled', reasons: ['none', 'condition-failed', 'condition-failed'] });
      expect(await table.get({ pk, sk: 'OTHER' })).toBeUndefined();
      expect((await table.get({ pk, sk: 'MATCH' }))?.['n']).toBe(1);
    });

    it('lets one of ten transactions that read the same sequence win', async () => {
      const table = await open();
      const pk = newPartition();
      await table.write({ put: item(pk, 'POOL', { sequence: 0 }) });
      const attempt = async (n: number): Promise<string> => {
        const outcome = await table.transact([
          { update: { pk, sk: 'POOL' }, set: { sequence: 1 }, when: { equals: { sequence: 0 } } },
          { put: item(pk, `MATCH#${n}`), when: { absent: true } },
        ]);
        return outcome.kind;
      };
      const outcomes = await Promise.all(Array.from({ length: 10 }, (_, n) => attempt(n)));
      expect(outcomes.filter((kind) => kind === 'committed').length).toBeLessThanOrEqual(1);
      // Real stores may cancel all of them for conflict: then the next one gets through.
      if (!outcomes.includes('committed')) expect(await attempt(10)).toBe('committed');
      const { items } = await table.query({ partition: pk, beginsWith: 'MATCH#' });
      expect(items).toHaveLength(1);
    });

    it('refuses more than a hundred actions, and two on one item, before anything is sent', async () => {
      const table = await open();
      const pk = newPartition();
      const many = Array.from({ length: 101 }, (_, n) => ({ put: item(pk, String(n)) }));
      await expect(table.transact(many)).rejects.toBeInstanceOf(PermanentError);
      await expect(table.transact([{ put: item(pk, 'A') }, { delete: { pk, sk: 'A' } }])).rejects.toBeInstanceOf(
        PermanentError,
      );
      expect(await table.get({ pk, sk: 'A' })).toBeUndefined();
      expect(await table.transact(many.slice(0, 100))).toEqual({ kind: 'committed' });
    });

    it('reads a hundred keys at once and leaves out those that are not there', async () => {
      const table = await open();
      const pk = newPartition();
      await table.transact(Array.from({ length: 60 }, (_, n) => ({ put: item(pk, String(n)) })));
      const found = await table.getMany(Array.from({ length: 100 }, (_, n) => ({ pk, sk: String(n) })));
      expect(found).toHaveLength(60);
      expect(await table.getMany([])).toEqual([]);
      await expect(
        table.getMany(Array.from({ length: 101 }, (_, n) => ({ pk, sk: String(n) }))),
      ).rejects.toBeInstanceOf(PermanentError);
    });

    it('lists a partition in order, by beginning, from a bound and up to one, backwards, and page by page', async () => {
      const table = await open();
      const pk = newPartition();
      const names = ['A#1', 'A#2', 'A#3', 'A#4', 'A#5', 'B#1'];
      await table.transact(names.map((sk) => ({ put: item(pk, sk) })));
      const sorts = (items: readonly Item[]): string[] => items.map(({ sk }) => sk);
      expect(sorts((await table.query({ partition: pk })).items)).toEqual(names);
      expect(
        sorts((await table.query({ partition: pk, beginsWith: 'A#' }, { descending: true, limit: 2 })).items),
      ).toEqual(['A#5', 'A#4']);
      expect(
        sorts((await table.query({ partition: pk, beginsWith: 'A#', upTo: 'A#3' }, { descending: true })).items),
      ).toEqual(['A#3', 'A#2', 'A#1']);
      const from = { partition: pk, beginsWith: 'A#', from: 'A#3' };
      expect(sorts((await table.query(from)).items)).toEqual(['A#3', 'A#4', 'A#5']);
      expect(sorts((await table.query({ ...from, upTo: 'A#4' })).items)).toEqual(['A#3', 'A#4']);
      const paged: string[] = [];
      for await (const found of everyItem(table, { partition: pk, beginsWith: 'A#' }, 2)) paged.push(found.sk);
      expect(paged).toEqual(['A#1', 'A#2', 'A#3', 'A#4', 'A#5']);
      const first = await table.query({ partition: pk, beginsWith: 'A#' }, { descending: true, limit: 3 });
      const second = await table.query(
        { partition: pk, beginsWith: 'A#' },
        { descending: true, limit: 3, cursor: first.cursor },
      );
      expect([...sorts(first.items), ...sorts(second.items)]).toEqual(['A#5', 'A#4', 'A#3', 'A#2', 'A#1']);
      expect(second.cursor).toBeUndefined();
    });

    it('lists by the index only what has a place in it', async () => {
      const table = await open();
      const pk = newPartition();
      const indexPk = `CAMPAIGN#${pk}#DAY#2026-09-07#SHARD#0`;
      await table.write({ put: { ...item(pk, 'A'), indexPk, indexSk: '2' } });
      await table.write({ put: { ...item(pk, 'B'), indexPk, indexSk: '1' } });
      await table.write({ put: item(pk, 'C') });
      const found: string[] = [];
      for await (const listed of everyItem(table, { index: 'campaign', partition: indexPk }, 1)) found.push(listed.sk);
      expect(found).toEqual(['B', 'A']);
    });
  });
}
