import { createHash } from 'node:crypto';
import type { LocalDate } from '../../functions/kernel/time.ts';
import type { Api } from './api.ts';
import type { StaffRole } from './staff.ts';

/** A campaign that has opened, who acts, and the day on the demo's clock. */
export type SpendingStage = {
  readonly api: Api;
  readonly tokens: Record<StaffRole, string>;
  readonly campaignId: string;
  readonly today: LocalDate;
  readonly show: (text: string) => void;
};

type Line = { readonly lineNo: number; readonly kind: string; readonly leftMinor: number };

/**
 * Spends on every line of the demo's budget: a hundred first-aid boxes that come, are given to two counties and of which three
 * are written off; aid to three people; a transfer to their line; printing and fees; and a payment that is taken back.
 */
export async function playSpending(stage: SpendingStage): Promise<void> {
  const { api, campaignId, tokens, show, today } = stage;
  const { body } = await api.call('GET', `/campaigns/${campaignId}/spending`, { token: tokens.finance });
  const lines = body['lines'] as readonly Line[];
  const programme = lines.filter(({ kind }) => kind === 'programme');
  const [general, medical = general] = programme;
  const fundraising = lines.find(({ kind }) => kind === 'fundraising');
  const management = lines.find(({ kind }) => kind === 'management');
  if (general === undefined || medical === undefined) throw new Error('The demo’s budget has no line of a programme.');

  show('A hundred first-aid boxes are bought, received and given out');
  const boxesMinor = Math.min(1_200_000, share(general, 0.2));
  const boxes = await spend(stage, 'boxes', {
    kind: 'expenditure',
    lineNo: general.lineNo,
    amountMinor: boxesMinor,
    payee: '达州市医疗器械有限公司',
    paidOn: today,
    purpose: '采购急救箱 100 个',
    voucherNo: '记-2026-1001',
    evidence: [{ kind: 'invoice', number: '25512000000012345678' }],
  });
  await giveBoxesOut(stage, boxes, boxesMinor);

  show('Three people are helped, and who they are stands in no book');
  if (fundraising !== undefined)
    await spend(stage, 'transfer', {
      kind: 'transfer',
      fromLineNo: fundraising.lineNo,
      toLineNo: medical.lineNo,
      amountMinor: share(fundraising, 0.1),
      reason: '印刷节余，医疗补助申请人数超出预计',
    });
  for (const n of [1, 2, 3]) await helpSomebody(stage, n, medical.lineNo, share(medical, 0.15));

  show('Printing and fees are paid, and one payment is taken back');
  if (fundraising !== undefined) {
    const printed = await spend(stage, 'printing', {
      kind: 'expenditure',
      lineNo: fundraising.lineNo,
      amountMinor: share(fundraising, 0.5),
      payee: '达州印刷厂',
      paidOn: today,
      purpose: '宣传资料与操作手册',
      voucherNo: '记-2026-1010',
      evidence: [{ kind: 'invoice', number: '25512000000087654321' }],
    });
    await spend(stage, 'printing-back', {
      kind: 'reversal',
      of: printed,
      amountMinor: share(fundraising, 0.1),
      reversedOn: today,
      reason: '印数少于合同，印刷厂退款',
    });
  }
  if (management !== undefined)
    await spend(stage, 'audit', {
      kind: 'expenditure',
      lineNo: management.lineNo,
      amountMinor: share(management, 0.6),
      payee: '达州会计师事务所',
      paidOn: today,
      purpose: '专项审计',
      voucherNo: '记-2026-1011',
      evidence: [{ kind: 'contract', number: '审计合同 2026-07' }],
    });
  await spend(stage, 'note', { kind: 'variance-note', lineNo: general.lineNo, reason: '首批发放完成，其余按季度发放' });
}

/** Sends a tenth of what is left on to a similar project, as a meeting has decided. Only once the matches are confirmed. */
export async function decideSurplus(stage: SpendingStage): Promise<void> {
  const { api, campaignId, tokens, show } = stage;
  const { body } = await api.call('GET', `/campaigns/${campaignId}/spending`, { token: tokens.finance });
  const { leftMinor } = body['funds'] as { readonly leftMinor: number };
  const attachmentId = await uploadMinutes(stage);
  show('A meeting decides where a part of what is left goes');
  await spend(
    stage,
    'surplus',
    {
      kind: 'surplus',
      amountMinor: Math.max(1, Math.floor(leftMinor / 10)),
      destination: 'similar-project',
      destinationName: '博爱家园（演示）',
      reason: '同类帮扶项目，按募捐方案的剩余财产处理办法',
    },
    { minutes: { attachmentId, heldOn: stage.today, attendees: ['罗成', '王强', '陈静'] } },
  );
}

const share = ({ leftMinor }: Line, part: number): number => Math.max(1, Math.floor(leftMinor * part));

/** Enters a request and has a second person confirm it where it waits. Gives the number of its entry. */
async function spend(stage: SpendingStage, key: string, request: object, decision: object = {}): Promise<number> {
  const { api, campaignId, tokens } = stage;
  const path = `/campaigns/${campaignId}/spending-requests`;
  const asked = await api.call('POST', path, { body: request, token: tokens.finance, key: `demo-${key}` });
  if (asked.body['state'] === 'booked') return Number(asked.body['number']);
  const { body } = await api.call('POST', `${path}/${asked.body['requestId']}/decisions`, {
    body: { decision: 'confirm', ...decision },
    token: tokens.approver,
  });
  return Number(body['number']);
}

async function giveBoxesOut(stage: SpendingStage, expenditure: number, valueMinor: number): Promise<void> {
  const { api, campaignId, tokens, today: on } = stage;
  const path = `/campaigns/${campaignId}/goods-requests`;
  const handle = async (key: string, request: object) => {
    const about = { on, evidence: [{ kind: 'signature-list', number: `签收单 ${key}` }] };
    const { body } = await api.call('POST', path, {
      body: { ...about, ...request },
      token: tokens.finance,
      key: `demo-${key}`,
    });
    if (body['state'] !== 'booked')
      await api.call('POST', `${path}/${body['requestId']}/decisions`, {
        body: { decision: 'confirm' },
        token: tokens.approver,
      });
  };
  const place = '市红十字会仓库';
  const source = {
    kind: 'bought',
    expenditure,
    item: '急救箱',
    unit: '个',
    valueMinor,
    basisReference: '25512000000012345678',
  };
  await handle('received', { kind: 'receive', source, place, quantity: 100, expiresOn: '2028-12-31' });
  const { body } = await api.call('GET', `/campaigns/${campaignId}/goods`, { token: tokens.finance });
  const [lot] = body['lots'] as readonly { readonly lotId: string }[];
  const lotId = lot?.lotId;
  for (const [name, quantity] of [
    ['宣汉县红十字会', 40],
    ['万源市红十字会', 35],
  ] as const)
    await handle(`to-${quantity}`, {
      kind: 'issue',
      lotId,
      place,
      quantity,
      recipient: { kind: 'organisation', name },
    });
  await handle('broken', { kind: 'write-off', lotId, place, quantity: 3, reason: '运输途中破损' });
}

/** Made-up people: the numbers are of the form that identity cards have, of a region that has none. */
async function helpSomebody(stage: SpendingStage, n: number, lineNo: number, amountMinor: number): Promise<void> {
  const { api, campaignId, tokens, today } = stage;
  const { body } = await api.call('POST', `/campaigns/${campaignId}/beneficiaries`, {
    body: {
      name: `受益人${n}（演示）`,
      document: { kind: 'resident-id', number: madeUpNumber(n) },
      account: { bank: '演示银行', holder: `受益人${n}（演示）`, number: `62284800000000000${n}` },
      consent: { givenOn: today, evidence: { kind: 'signature-list', number: `同意书 ${n}` } },
    },
    token: tokens.finance,
  });
  await spend(stage, `aid-${n}`, {
    kind: 'aid',
    lineNo,
    amountMinor,
    beneficiaryId: body['beneficiaryId'],
    paidOn: today,
    purpose: '重大疾病医疗补助',
    voucherNo: `记-2026-11${n}`,
    evidence: [{ kind: 'bank-slip', number: `HD2026100${n}` }],
  });
}

function madeUpNumber(n: number): string {
  const digits = `000000195603020${String(n).padStart(2, '0')}`;
  let sum = 0;
  for (const digit of digits) sum = ((sum + Number(digit)) * 2) % 11;
  return `${digits}${'0123456789X'[(12 - sum) % 11]}`;
}

/** Announces, uploads and confirms the minutes of the meeting. Gives their id. */
async function uploadMinutes({ api, campaignId, tokens }: SpendingStage): Promise<string> {
  const content = Buffer.from('%PDF-1.4\n% 会议纪要（演示）\n%%EOF\n');
  const path = `/campaigns/${campaignId}/attachments`;
  const { body } = await api.call('POST', path, {
    body: {
      name: '会议纪要（演示）.pdf',
      kind: 'minutes',
      contentType: 'application/pdf',
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    },
    token: tokens.approver,
    key: 'demo-minutes',
  });
  const upload = body['upload'] as { readonly url: string; readonly headers: Record<string, string> } | null;
  if (upload !== null) {
    const answer = await fetch(upload.url, { method: 'PUT', headers: upload.headers, body: content });
    if (!answer.ok) throw new Error(`The minutes could not be uploaded: ${answer.status}`);
  }
  const attachmentId = String(body['attachmentId']);
  await api.call('POST', `${path}/${attachmentId}/confirmations`, { token: tokens.approver });
  return attachmentId;
}
