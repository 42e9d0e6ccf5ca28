import type { Deciding } from './decisions.ts';
import { waitFor } from './waiting.ts';

/** Who signed the report, in their order. */
export type SignedReport = {
  readonly round: number;
  readonly reportSha256: string;
  readonly signatures: readonly { readonly name: string; readonly step: string; readonly at: string }[];
};

/** What only people can say about the campaign. */
const STATEMENT = {
  narrative: '活动筹得款项由市红十字会统一管理，首批救助已发放，受助家庭均经社区公示。\n配捐企业按核定金额划款。',
  interestMinor: 0,
  beneficiariesReached: 3,
  beneficiariesNote: '首批；其余按季度发放。',
  outputs: [{ what: '困难家庭救助', unit: '户', planned: 240, achieved: 3 }],
  auditOpinion: { kind: 'not-audited', reason: '并入本会年度审计。' },
  commendation: { kind: 'top', units: 3 },
};
const VARIANCE_REASON = '按季度执行，余款结转下一季度使用。';

/** The manager states what the figures cannot say, and finance and the leader sign: neither wrote any of it. */
export async function signReport(deciding: Deciding): Promise<SignedReport> {
  const { api, tokens, campaignId, seconds, signal, show } = deciding;
  const path = `/campaigns/${campaignId}`;
  await waitFor(
    'the draft of the report',
    async () => {
      const { status } = await api.call('GET', `${path}/closeout`, { token: tokens.manager, expected: [200, 404] });
      return status === 200 ? true : undefined;
    },
    { seconds, signal },
  );
  show('the draft is written');
  const round = await submitStatement(deciding);
  show(`the statement is submitted, round ${round}`);
  const signed = new Set<string>();
  return waitFor('the signed report', () => signOnce(deciding, signed), { seconds, signal });
}

/**
 * Finance and the leader sign the round that waits, each when it is their turn. Where the books have moved meanwhile the statement has
 * another round, of a new draft, which both sign anew. `signed`: who has signed which round, told once each.
 */
async function signOnce(
  { api, tokens, campaignId, show }: Deciding,
  signed: Set<string>,
): Promise<SignedReport | undefined> {
  const path = `/campaigns/${campaignId}`;
  const { body: statement } = await api.call('GET', `${path}/closeout-statement`, { token: tokens.manager });
  const round = Number(statement['round']);
  for (const role of ['finance', 'leader'] as const) {
    if (signed.has(`${role} ${round}`)) continue;
    const { status } = await api.call('POST', `${path}/decisions`, {
      token: tokens[role],
      body: { subject: 'closeout', round, decision: 'approve' },
      // Until the workflow has asked for the signatures there is nothing to decide.
      expected: [200, 201, 404, 409],
    });
    if (status >= 400) return undefined;
    signed.add(`${role} ${round}`);
    show(`${role} has signed`);
  }
  const { body } = await api.call('GET', `${path}/closeout`, { token: tokens.manager });
  return body['state'] === 'signed' ? (body as unknown as SignedReport) : undefined;
}

async function submitStatement({ api, tokens, campaignId }: Deciding): Promise<number> {
  const token = tokens.manager;
  const path = `/campaigns/${campaignId}/closeout-statement`;
  const first = await api.call('GET', path, { token });
  const save = (statement: object, etag = '') => api.call('PUT', path, { token, ifMatch: etag, body: statement });
  const saved = await save(STATEMENT, first.etag);
  // What came out otherwise than planned is known by its problems: each line of the budget asks for a reason.
  const problems = saved.body['problems'] as { readonly fix: string }[];
  const variances = problems.flatMap(({ fix }) => {
    const lineNo = /"lineNo": (\d+)/.exec(fix)?.[1];
    return lineNo === undefined ? [] : [{ lineNo: Number(lineNo), reason: VARIANCE_REASON }];
  });
  if (variances.length > 0) await save({ ...STATEMENT, variances }, saved.etag);
  const { body } = await api.call('POST', `${path}/submissions`, { token });
  return Number(body['round']);
}
