import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import { tableContract } from './table.contract.ts';

tableContract('in memory', memoryTable);

describe('the table in memory', () => {
  it('reports every change in order, as the stream would', async () => {
    const table = memoryTable();
    await table.write({ put: { pk: 'P', sk: 'A', type: 'thing', n: 1 } });
    await table.write({ update: { pk: 'P', sk: 'A' }, add: { n: 1 } });
    await table.write({ delete: { pk: 'P', sk: 'A' } });
    expect(table.changes.map(({ before, after }) => [before?.['n'], after?.['n']])).toEqual([
      [undefined, 1],
      [1, 2],
      [2, undefined],
    ]);
  });
});
