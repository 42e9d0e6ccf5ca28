import { expect, it } from 'vitest';
import { keepDelegation, revokeDelegation } from '../../functions/approvals/delegation.store.ts';
import type { Delegation } from '../../functions/approvals/delegation.ts';
import { TransientError } from '../../functions/kernel/errors.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { delegationKey } from '../../functions/platform/keys.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';

const NOW = instantOf('2026-09-01T10:00:00+08:00');
const DELEGATION: Delegation = {
  type: 'delegation',
  delegationId: 'dlg_0000000000000000000a',
  fromPersonId: 'wang',
  toPersonId: 'luo',
  organisationId: 'dazhou',
  from: NOW,
  until: instantOf('2026-09-10T10:00:00+08:00'),
  reason: '出差',
  createdAt: NOW,
};
const KEY = delegationKey('wang', DELEGATION.delegationId);

it('a delegation that could not be revoked is not said to be: the deputy would go on deciding', async () => {
  const table = memoryTable();
  await keepDelegation(table, DELEGATION, NOW);
  const meets: Table = { ...table, transact: async () => ({ kind: 'cancelled', reasons: ['conflict', 'none'] }) };
  await expect(revokeDelegation(meets, DELEGATION, NOW)).rejects.toThrow(TransientError);
  expect(await table.get(KEY)).not.toHaveProperty('revokedAt');
});

it('a delegation that somebody else revoked meanwhile is revoked, from when that was', async () => {
  const table = memoryTable();
  await keepDelegation(table, DELEGATION, NOW);
  await revokeDelegation(table, DELEGATION, NOW);
  const later = instantOf('2026-09-02T10:00:00+08:00');
  expect(await revokeDelegation(table, DELEGATION, later)).toMatchObject({ revokedAt: NOW });
});
