import { beforeEach, describe, expect, it } from 'vitest';
import { definition } from '../../functions/access/appoint-first-admin.lambda.ts';
import { auditLines } from '../../functions/audit/audit.store.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import { taskFunction } from '../../functions/platform/task.ts';
import { lambdaContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { organisationPut } from './people.ts';
import { StaffAccounts } from './staff-accounts.ts';

const ZHAO = { organisationId: 'dazhou', organisationName: '达州市红十字会', email: 'zhao@example.org', name: '赵敏' };
const LI = { ...ZHAO, email: 'li@example.org', name: '李华' };

let table: MemoryTable;
let accounts: StaffAccounts;
beforeEach(() => {
  table = memoryTable();
  accounts = new StaffAccounts();
});
const appoint = (appointment: object) => {
  const use = { table: restrictedTable(table, 'appoint-first-admin'), directory: accounts };
  const now = instantOf('2026-08-01T09:00:00+08:00');
  return taskFunction(definition, { use, tellTime: async () => now })(appointment, lambdaContext);
};
const admins = () =>
  table.everything().flatMap((item) => (item.type === 'membership' ? [[item['personId'], item['roles']]] : []));

describe('the first admin', () => {
  it('is made by the operator together with the top of a tree, and that is in its audit trail', async () => {
    expect(await appoint(ZHAO)).toEqual({ kind: 'appointed', organisationId: 'dazhou', personId: 'person-zhao' });
    expect(admins()).toEqual([['person-zhao', ['admin']]]);
    expect(accounts.tokenOf('person-zhao').groups).toEqual(['admin']);
    const lines = [];
    for await (const line of auditLines(table, 'dazhou')) lines.push(line);
    expect(lines).toMatchObject([{ number: 1, by: 'operator', action: 'appoint-first-admin' }]);
    expect(JSON.stringify(lines)).not.toContain('zhao@example.org');
  });

  it('is appointed once: the same person again changes nothing, and nobody else can be', async () => {
    await appoint(ZHAO);
    expect(await appoint({ ...ZHAO, email: 'ZHAO@example.org' })).toMatchObject({ kind: 'already-appointed' });
    expect(await appoint(LI)).toMatchObject({ kind: 'refused', code: 'has-an-admin' });
    expect(admins()).toHaveLength(1);
    expect(accounts.tokenOf('person-li').groups).toEqual([]);
  });

  it('is one of two who are appointed at the same moment', async () => {
    const outcomes = await Promise.allSettled([appoint(ZHAO), appoint(LI)]);
    const kinds = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.kind : 'failed'));
    expect(kinds.filter((kind) => kind === 'appointed')).toHaveLength(1);
    expect(admins()).toHaveLength(1);
  });

  it('of a top that stands without anybody is appointed to it as it is', async () => {
    await table.write(organisationPut(['dazhou'], '达州'));
    expect(await appoint(ZHAO)).toMatchObject({ kind: 'appointed' });
    expect((await appoint(LI)).kind).toBe('refused');
  });

  it('is of the top alone: below it, its admins invite', async () => {
    await table.write(organisationPut(['sichuan', 'dazhou'], '达州'));
    expect(await appoint(ZHAO)).toMatchObject({ kind: 'refused', code: 'not-a-root' });
    expect(accounts.invited).toEqual([]);
  });

  it('that was cut off before the user pool heard of the role is made whole by the same again', async () => {
    const keepInStep = accounts.keepInStep.bind(accounts);
    accounts.keepInStep = async () => Promise.reject(new Error('cut off'));
    await expect(appoint(ZHAO)).rejects.toThrow();
    accounts.keepInStep = keepInStep;
    expect(await appoint(ZHAO)).toMatchObject({ kind: 'already-appointed' });
    expect(accounts.tokenOf('person-zhao').groups).toEqual(['admin']);
  });
});
