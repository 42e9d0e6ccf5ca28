import type { Role } from '../../functions/access/role.ts';
import type { Approval, DecisionRequest } from '../../functions/approvals/approval.ts';
import { decisionRequestSchema } from '../../functions/approvals/approval.ts';
import { type RouteRequest, routeRequestSchema } from '../../functions/approvals/approval-route.ts';
import { type Beginning, beginApproval } from '../../functions/approvals/deciding.ts';
import { type Delegation, delegationSchema } from '../../functions/approvals/delegation.ts';
import type { Decider, Person } from '../../functions/approvals/entitlement.ts';
import { minor } from '../../functions/kernel/money.ts';
import { type Instant, instantOf } from '../../functions/kernel/time.ts';

/** When the approvals of these tests begin: nine in the morning in Dazhou. */
export const BEGUN = instantOf('2026-08-20T09:00:00+08:00');
export const PATH = ['dazhou', 'dazhou-xuanhan'] as const;

export const routeOf = (route: object): RouteRequest => routeRequestSchema.parse(route);

/** A county's manager, then two of three leaders of the city, then the meeting for 100,000 yuan and more. */
export const THREE_STEPS = routeOf({
  steps: [
    { name: '县级负责人', who: { role: 'approver' }, remindAfterHours: 24 },
    {
      name: '市级领导',
      who: { personIds: ['leader-1', 'leader-2', 'leader-3'] },
      quorum: 2,
      remindAfterHours: 24,
      escalateAfterHours: 72,
      escalateTo: { role: 'admin', of: 'route' },
    },
    { name: '党组会议', who: { role: 'finance', of: 'route' }, aboveMinor: 10_000_000, collective: true },
  ],
});

export const about = (more: Partial<Beginning> = {}): Beginning => ({
  campaignId: 'cmp_sample',
  subject: 'campaign',
  round: 1,
  title: '困难党员帮扶计划',
  language: 'zh-CN',
  zone: 'Asia/Shanghai',
  organisationId: 'dazhou-xuanhan',
  organisationPath: [...PATH],
  amountMinor: minor(20_000_000),
  currency: 'CNY',
  generatedData: false,
  route: { organisationId: 'dazhou', version: 2 },
  workedOnBy: ['manager-li'],
  inForce: THREE_STEPS,
  ...more,
});

export const begun = (more: Partial<Beginning> = {}, now: Instant = BEGUN): Approval => beginApproval(about(more), now);

/** Somebody with one membership, in the county unless said otherwise. */
export function person(
  personId: string,
  roles: readonly Role[] = [],
  at: { path?: readonly string[]; reach?: 'here' | 'and-below'; isActive?: boolean } = {},
): Person {
  const { path = PATH, reach = 'here', isActive = true } = at;
  return { personId, memberships: [{ path, roles, reach, isActive }] };
}

export const CITY = { path: ['dazhou'] } as const;
export const COUNTY_APPROVER = person('approver-wang', ['approver']);
export const OTHER_APPROVER = person('approver-sun', ['approver']);
export const LEADERS = ['leader-1', 'leader-2', 'leader-3'].map((id) => person(id, ['approver'], CITY));
export const SECRETARY = person('secretary-he', ['finance'], CITY);
export const DIRECTOR = person('director-luo', ['admin'], CITY);

export const self = (who: Person): Decider => ({ person: who });

export const asks = (request: object = {}): DecisionRequest =>
  decisionRequestSchema.parse({ round: 1, decision: 'approve', ...request });

export const REASONS = [{ field: 'budgetLines[2].amountMinor', reason: '管理费偏高' }] as const;
export const MINUTES = {
  attachmentId: 'att_0123456789abcdefghjk',
  heldOn: '2026-08-20',
  attendees: ['罗主任', '何书记'],
} as const;

export const delegation = (more: Partial<Delegation> = {}): Delegation => ({
  ...delegationSchema.parse({
    type: 'delegation',
    delegationId: 'dlg_1',
    fromPersonId: 'approver-wang',
    toPersonId: 'deputy-tang',
    organisationId: 'dazhou-xuanhan',
    from: '2026-08-19T00:00:00+08:00',
    until: '2026-08-31T00:00:00+08:00',
    reason: '出差',
    createdAt: BEGUN,
  }),
  ...more,
});
