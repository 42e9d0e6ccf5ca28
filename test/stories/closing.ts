import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { definition as mailReports } from '../../functions/closeout/mail-closeout-reports.lambda.ts';
import { definition as manageAddenda } from '../../functions/closeout/manage-addenda.lambda.ts';
import { definition as manageCloseout } from '../../functions/closeout/manage-closeout.lambda.ts';
import { definition as reviewCloseout } from '../../functions/closeout/review-closeout.lambda.ts';
import { definition as signReport } from '../../functions/closeout/sign-report.lambda.ts';
import { definition as summarisePartition } from '../../functions/closeout/summarise-partition.lambda.ts';
import { definition as writeReport } from '../../functions/closeout/write-report.lambda.ts';
import type { Actor } from '../../functions/platform/http.ts';
import { poolKey } from '../../functions/platform/keys.ts';
import type { Item } from '../../functions/platform/table.ts';
import type { Payment } from '../../local/sandbox/transaction.ts';
import { ROOT } from '../access/people.ts';
import { assetsFolder } from '../press/press-folder.ts';
import { APPROVER, FINANCE, MANAGER, PROPOSAL } from './people.ts';
import { type Gift, give, notify, openedCampaign, order, paymentFor, refund } from './play.ts';
import { World } from './world.ts';

export const folder = assetsFolder();
/** Rounds of addenda whose signing was started. */
export const startedAddenda: number[] = [];

export const STATEMENT = {
  narrative: '走访并帮扶了全部家庭。',
  interestMinor: 321,
  beneficiariesReached: 118,
  outputs: [{ what: '入户走访', unit: '户', planned: 120, achieved: 118 }],
  auditOpinion: { kind: 'not-audited', reason: '并入年度审计' },
  variances: PROPOSAL.budgetLines.map((_, position) => ({ lineNo: position + 1, reason: '十二月起执行' })),
  commendation: { kind: 'top', units: 5 },
};
/** 35 hours after the close. */
export const CLOSED = '2026-09-11T11:00:00+08:00';
/**
 * How the stories of a closeout are played: one campaign that is closed, and all that people and the workflow do until its report is
 * signed and amended. One world at a time: `closedCampaign` begins a new one.
 */
export const DAYS = ['2026-09-07', '2026-09-08', '2026-09-09'];
export const PARTITIONS = DAYS.flatMap((day) => Array.from({ length: 8 }, (_, shard) => ({ day, shard })));

export let world: World;
export let campaignId: string;
export let payments: Payment[];
/** Settlements that the steps of a closeout count. */
export let adjustments: number;

export const staff = (method: 'GET' | 'PUT' | 'POST', path: string, actor: Actor, more: object = {}) =>
  world.request('manage-closeout', manageCloseout, {
    method,
    path: `/campaigns/${campaignId}/${path}`,
    routeParameters: { campaignId },
    actor,
    ...more,
  });

export async function state(statement: object, actor = MANAGER, ifMatch?: string) {
  const etag = ifMatch ?? String((await staff('GET', 'closeout-statement', actor)).headers['etag']);
  return staff('PUT', 'closeout-statement', actor, { headers: { 'If-Match': etag }, body: JSON.stringify(statement) });
}
export const submit = (actor = MANAGER) => staff('POST', 'closeout-statement/submissions', actor);
export const summarise = async () => {
  for (const partition of PARTITIONS)
    await world.task('summarise-partition', summarisePartition, { campaignId, partition, adjustments });
};
export const write = () =>
  world.task(
    'write-report',
    writeReport,
    { campaignId, partitions: PARTITIONS, adjustments },
    { assetsFolder: folder },
  );
export const review = () => world.task('review-closeout', reviewCloseout, { campaignId });
export const sign = (round: number, decision: object) =>
  world.task('sign-report', signReport, { campaignId, round, decision }, { assetsFolder: folder });
export const decide = (round: number, decision: object, actor: Actor) =>
  world.decide(campaignId, { subject: 'closeout', round, ...decision }, actor);
export const mail = () =>
  world.job(
    'mail-closeout-reports',
    mailReports,
    {},
    {
      job: 'mail-closeout-reports',
      organisationId: ROOT,
      by: 'person',
      dueAt: world.now,
      personId: FINANCE.id,
      requestId: randomUUID(),
    },
  );
export const addenda = (method: 'GET' | 'POST', more: object = {}, actor = FINANCE) =>
  world.request('manage-addenda', manageAddenda, {
    method,
    path: `/campaigns/${campaignId}/report-addenda`,
    routeParameters: { campaignId },
    actor,
    ...more,
  });
export const add = (body: object, key = 'first', actor = MANAGER) =>
  addenda('POST', { headers: { 'Idempotency-Key': key }, body: JSON.stringify(body) }, actor);
export const signAddendum = (round: number, decision: object = APPROVED) =>
  world.task('sign-report', signReport, { campaignId, subject: 'addendum', round, decision }, { assetsFolder: folder });
export const decideAddendum = (round: number, decision: object, actor: Actor) =>
  world.decide(campaignId, { subject: 'addendum', round, ...decision }, actor);
/** Both sign the round of an addendum, and it is kept. */
export async function addendumSigned(round: number): Promise<void> {
  await world.requestApproval(campaignId, round, `addendum-${round}`, 'addendum');
  for (const actor of [FINANCE, APPROVER])
    expect((await decideAddendum(round, { decision: 'approve' }, actor)).status).toBe(200);
  expect(await signAddendum(round)).toEqual({ kind: 'signed', round });
}

export const stored = (type: string): Item => {
  const item = world.table.everything().find((one) => one.type === type);
  if (item === undefined) throw new Error(`there is no ${type}`);
  return item;
};
export const bytesOf = (key: string): Buffer => Buffer.from(world.files.get(key) ?? []);
// biome-ignore lint/suspicious/noExplicitAny: parsed JSON; a story says by name what it expects of it
export const reportOf = (): any => JSON.parse(bytesOf(`campaigns/${campaignId}/closeout/report.json`).toString());

/** A statement, the report with it, and everybody's approval of it. Gives its round. */
export async function approved(statement: object = STATEMENT): Promise<number> {
  await state(statement);
  expect((await submit()).status).toBe(200);
  await write();
  const { round } = (await review()) as { round: number };
  await world.requestApproval(campaignId, round, `token-${round}`, 'closeout');
  for (const actor of [FINANCE, APPROVER])
    expect((await decide(round, { decision: 'approve' }, actor)).status).toBe(200);
  return round;
}
export const APPROVED = { kind: 'approved', reason: '' };
export async function signed(): Promise<void> {
  expect(await sign(await approved(), APPROVED)).toEqual({ kind: 'signed' });
}

export const GIFTS: readonly Gift[] = [
  { paidAt: '2026-09-07T10:00:00+08:00', openid: 'openid-chen', amountMinor: 1_770, asked: { unitId: 'wanyuan' } },
  { paidAt: '2026-09-07T20:15:00+08:00', openid: 'openid-liu', amountMinor: 8_000, asked: { unitId: 'xuanhan' } },
  { paidAt: '2026-09-08T20:30:00+08:00', openid: 'openid-he', amountMinor: 5_000 },
];
/** Paid before the end; its notification comes after everything is signed, if the story lets it. */
const LATE: Gift = { paidAt: '2026-09-08T21:00:00+08:00', openid: 'openid-late', amountMinor: 600 };
let late: Payment;
const FIVE_DAYS_SECONDS = 432_000;
export async function lateGiftCame(): Promise<void> {
  payments.push(late);
  expect(await notify(world, late, FIVE_DAYS_SECONDS)).toBe(200);
  await world.drainStream();
}
/** A campaign of these gifts, matched and closed, of which these amounts went back: number of the gift -> fen. */
export async function closedCampaign(
  gifts: readonly Gift[],
  backMinor: Readonly<Record<number, number>> = {},
): Promise<void> {
  world = new World();
  startedAddenda.length = 0;
  world.more = {
    linkTo: async (key: string) => `https://files.example/${key}`,
    assetsFolder: folder,
    addendumWorkflow: { start: async (_: string, round: number) => void startedAddenda.push(round) },
  };
  campaignId = await openedCampaign(world);
  payments = [];
  for (const gift of gifts) payments.push(await give(world, campaignId, gift));
  late = paymentFor(await order(world, campaignId, LATE), LATE);
  await world.drainStream();
  for (const [number, amountMinor] of Object.entries(backMinor))
    await refund(world, payments[Number(number) - 1] as Payment, amountMinor);
  await world.drainStream();
  adjustments = Object.keys(backMinor).length;
  world.at('2026-09-10T00:00:00+08:00');
  await world.move(campaignId, 'closed');
  world.at(CLOSED);
  expect(await world.finalise(campaignId)).toMatchObject({ kind: 'finalised', gifts: gifts.length });
  await world.move(campaignId, 'finalised');
  const reconciliation = { bills: [], discrepancies: [], funds: [] };
  world.files.set(`campaigns/${campaignId}/closeout/reconciliation.json`, Buffer.from(JSON.stringify(reconciliation)));
  await summarise();
  await write();
  world.mails.length = 0;
}

/** What the workflow does when the books have moved: everything is added up again, and the report written. */
export async function prepareAnew(): Promise<Record<string, unknown>> {
  const pool = await world.table.get(poolKey(campaignId));
  adjustments = Number(pool?.['adjustments']);
  await summarise();
  return write();
}
