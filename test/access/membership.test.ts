import { describe, expect, it } from 'vitest';
import { rolesIn } from '../../functions/access/membership.ts';
import { membershipOf } from './people.ts';

const PATH = ['sichuan', 'dazhou', 'dazhou-xuanhan'];
const roles = (...memberships: ReturnType<typeof membershipOf>[]) => [...rolesIn(memberships, PATH)];

describe('the roles that a person has in an organisation', () => {
  it('are those of its own memberships, and of those above that reach below', () => {
    expect(roles(membershipOf('li', 'dazhou-xuanhan', ['manager'], { reach: 'here' }))).toEqual(['manager']);
    expect(roles(membershipOf('li', 'sichuan', ['auditor']))).toEqual(['auditor']);
    expect(roles(membershipOf('li', 'sichuan', ['auditor'], { reach: 'here' }))).toEqual([]);
  });

  it('add up over several memberships, and none counts that is suspended', () => {
    const above = membershipOf('li', 'dazhou', ['finance', 'approver']);
    const here = membershipOf('li', 'dazhou-xuanhan', ['manager', 'approver'], { reach: 'here' });
    expect(roles(above, here).toSorted()).toEqual(['approver', 'finance', 'manager']);
    expect(roles(above, { ...here, state: 'suspended' }).toSorted()).toEqual(['approver', 'finance']);
  });

  it('are none below, beside or in another tree', () => {
    expect(roles(membershipOf('li', 'dazhou-wanyuan', ['admin']), membershipOf('li', 'hunan', ['admin']))).toEqual([]);
  });
});
