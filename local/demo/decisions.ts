import type { Api } from './api.ts';
import { DEMO_ROOT, type StaffRole } from './staff.ts';
import { waitFor } from './waiting.ts';

type Tokens = Record<StaffRole, string>;
/** What is decided on, and how it is followed. */
export type Deciding = {
  readonly api: Api;
  readonly tokens: Tokens;
  readonly campaignId: string;
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly show: (text: string) => void;
};

/** Finance, then the approver in charge, then the leader, each for themselves. */
export async function saveRoute(api: Api, tokens: Tokens): Promise<void> {
  const path = `/organisations/${DEMO_ROOT.organisationId}/approval-routes/campaign`;
  const personId = async (role: StaffRole): Promise<unknown> =>
    (await api.call('GET', '/me', { token: tokens[role] })).body['personId'];
  const [approver, leader] = [await personId('approver'), await personId('leader')];
  const steps = [
    { name: '财务审核', who: { role: 'finance' }, escalateAfterHours: 72, escalateTo: { role: 'admin' } },
    { name: '分管领导', who: { personIds: [approver] } },
    { name: '主要领导', who: { personIds: [leader] } },
  ];
  const { etag = '' } = await api.call('GET', path, { token: tokens.admin });
  await api.call('PUT', path, { body: { steps }, token: tokens.admin, ifMatch: etag });
}

/** The approver in charge returns the first round with reasons; the changed proposal passes all three. */
export async function decideInTwoRounds(deciding: Deciding): Promise<void> {
  const { api, tokens, campaignId } = deciding;
  await waiting(deciding, 1);
  await decide(deciding, 'finance', 1, { decision: 'approve' });
  await decide(deciding, 'approver', 1, {
    decision: 'return',
    reasons: [{ field: 'purpose', reason: '请写明款项由谁统一管理、多久公示一次。' }],
  });
  await until(deciding, 'returned', 1);
  const { body, etag = '' } = await api.call('GET', `/campaigns/${campaignId}`, { token: tokens.manager });
  const { purpose } = body['proposal'] as { purpose: string };
  await api.call('PATCH', `/campaigns/${campaignId}`, {
    body: { purpose: `${purpose}使用情况每季度在本页公示。` },
    token: tokens.manager,
    ifMatch: etag,
  });
  await api.call('POST', `/campaigns/${campaignId}/submissions`, { token: tokens.manager });
  await waiting(deciding, 2);
  for (const role of ['finance', 'approver', 'leader'] as const)
    await decide(deciding, role, 2, { decision: 'approve' });
}

function decide({ api, tokens, campaignId }: Deciding, role: StaffRole, round: number, decision: object) {
  const body = { round, ...decision };
  return api.call('POST', `/campaigns/${campaignId}/decisions`, { body, token: tokens[role] });
}

const waiting = (deciding: Deciding, round: number): Promise<true> => until(deciding, 'awaiting-approval', round);

/** Waits until the campaign's workflow has brought it to a status in a round. */
function until({ api, tokens, campaignId, seconds, signal, show }: Deciding, status: string, round: number) {
  return waitFor(
    `round ${round} of the campaign to be ${status}`,
    async () => {
      const { body } = await api.call('GET', `/campaigns/${campaignId}`, { token: tokens.manager });
      show(`round ${body['round']}: ${body['status']}`);
      if (body['attention'] !== null)
        throw new Error(`The campaign needs attention: ${JSON.stringify(body['attention'])}`);
      return body['status'] === status && body['round'] === round ? (true as const) : undefined;
    },
    { seconds, signal },
  );
}
