import { type Instant, instantOf, type LocalDate } from '../../functions/kernel/time.ts';
import { matchingPoolSchema, openingPoolItem } from '../../functions/matching/matching-pool.ts';
import {
  attachmentKey,
  campaignDayFeesKey,
  campaignKey,
  campaignTotalsKey,
  closeoutStatementKey,
  poolKey,
} from '../../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { definition as manageBeneficiaries } from '../../functions/spending/manage-beneficiaries.lambda.ts';
import { definition as manageSpending } from '../../functions/spending/manage-spending.lambda.ts';
import { definition as readSpending } from '../../functions/spending/read-spending.lambda.ts';
import { lumpLine } from '../../local/demo/sample-plan.ts';
import { CAMPAIGN_ID, putCampaign } from '../donations/open-campaign.ts';
import { type AnyHttpDefinition, anyHttpFunction } from '../platform/any-http-function.ts';
import { type HttpEventParts, httpEvent, lambdaContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';

export const NOW = instantOf('2026-10-08T10:00:00+08:00');
export const CLERK = { id: 'finance-chen', groups: ['finance'] };
export const SECOND = { id: 'finance-li', groups: ['finance'] };
const PATH = `/campaigns/${CAMPAIGN_ID}`;
export const MINUTES_ID = 'att_minutesminutesminut1';
export const SCAN_ID = 'att_scanscanscanscansca1';

/** 100,000 yuan of programme in two lines, 6,000 of fundraising and 4,000 of management. */
export const BUDGET = [
  lumpLine('急救箱', 'programme', 6_000_000),
  lumpLine('困难党员帮扶', 'programme', 4_000_000),
  lumpLine('宣传印刷', 'fundraising', 600_000),
  lumpLine('管理费', 'management', 400_000),
];

// biome-ignore lint/suspicious/noExplicitAny: parsed JSON; a test says by name what it expects of it
export type Answer = { readonly status: number; readonly body: any; readonly text: string; readonly headers: object };

export type SpendingBooks = Awaited<ReturnType<typeof spendingBooks>>;

/** A campaign that is over and has raised 110,000 yuan, and the calls of its staff. */
export async function spendingBooks(raisedMinor = 11_000_000) {
  const table: MemoryTable = memoryTable();
  const campaign = await putCampaign(table, 'finalised', { targetMinor: 11_000_000, budgetLines: BUDGET });
  const pool = openingPoolItem(CAMPAIGN_ID, campaign.proposal.matching, campaign.proposal.window, 'CNY');
  await table.write({ put: { ...pool, stage: 'confirmed' } });
  await putRaised(table, CAMPAIGN_ID, raisedMinor);
  await putFile(table, MINUTES_ID, 'minutes');
  await putFile(table, SCAN_ID, 'evidence');
  return { table, ...callsOf(table) };
}

/** The calls of staff, each behind the grants of its function; another table can be put under one. */
export function callsOf(table: Table) {
  const call = async (definition: AnyHttpDefinition<never>, parts: HttpEventParts, at: Instant): Promise<Answer> => {
    const use = { table: restrictedTable(table, definition.name as never), readDonorKey: async () => 'donor key' };
    const handler = anyHttpFunction(definition, { use: use as never, tellTime: async () => at });
    const result = await handler(httpEvent({ name: definition.name as never, ...parts }), lambdaContext);
    const text = String(result.body ?? '');
    const isJson = String(result.headers?.['content-type']).includes('json');
    return {
      status: result.statusCode ?? 0,
      body: isJson ? JSON.parse(text) : {},
      text,
      headers: result.headers ?? {},
    };
  };
  const spending = (parts: HttpEventParts, at = NOW) => call(manageSpending as never, parts, at);
  return {
    call,
    ask: (body: object, key = 'key-1', actor = CLERK, at = NOW) =>
      spending(
        {
          method: 'POST',
          path: `${PATH}/spending-requests`,
          routeParameters: { campaignId: CAMPAIGN_ID },
          headers: { 'Idempotency-Key': key },
          body: JSON.stringify(body),
          actor,
        },
        at,
      ),
    decide: (requestId: unknown, decision: object = { decision: 'confirm' }, actor = SECOND, at = NOW) =>
      spending(
        {
          method: 'POST',
          path: `${PATH}/spending-requests/${requestId}/decisions`,
          routeParameters: { campaignId: CAMPAIGN_ID, requestId: String(requestId) },
          body: JSON.stringify(decision),
          actor,
        },
        at,
      ),
    waiting: () =>
      spending({ path: `${PATH}/spending-requests`, routeParameters: { campaignId: CAMPAIGN_ID }, actor: CLERK }),
    read: (path: 'spending' | 'spending.csv' | 'spending-check' = 'spending', query: Record<string, string> = {}) =>
      call(
        readSpending as never,
        { path: `${PATH}/${path}`, routeParameters: { campaignId: CAMPAIGN_ID }, query, actor: CLERK },
        NOW,
      ),
    ratios: (year: string) =>
      call(
        readSpending as never,
        {
          path: '/organisations/dazhou/spending-ratios',
          routeParameters: { organisationId: 'dazhou' },
          query: { year },
          actor: CLERK,
        },
        NOW,
      ),
    beneficiary: (method: 'POST' | 'DELETE', rest: string, body?: object, actor = CLERK) =>
      call(
        manageBeneficiaries as never,
        {
          method,
          path: `${PATH}/beneficiaries${rest}`,
          routeParameters: {
            campaignId: CAMPAIGN_ID,
            ...(rest === '' ? {} : { beneficiaryId: rest.split('/')[1] ?? '' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          actor,
        },
        NOW,
      ),
  };
}

/** What came in, as the allocation counts it. */
export const putRaised = (table: Table, campaignId: string, amountMinor: number, refundedMinor = 0) =>
  table.write({
    put: {
      ...campaignTotalsKey(campaignId),
      type: 'campaign-totals',
      campaignId,
      gifts: 1,
      amountMinor,
      matchMinor: 0,
      refundedMinor,
      donors: 1,
      matchedGifts: 0,
    },
  });

/** What the first rule of the campaign has given, and what of it its sponsor has paid. */
export async function putMatchPaid(table: Table, match: { givenMinor: number; paidMinor: number }): Promise<void> {
  const pool = matchingPoolSchema.parse(await table.get(poolKey(CAMPAIGN_ID)));
  const funds = pool.funds.map((fund, position) =>
    position === 0 ? { ...fund, remainingMinor: fund.poolMinor - match.givenMinor } : fund,
  );
  const paidMinor = { [pool.funds[0]?.ruleId ?? '']: match.paidMinor };
  await table.write({ update: poolKey(CAMPAIGN_ID), set: { funds, paidMinor } as never });
}

/** What a provider kept of a day's payments, in thousandths of a fen. */
export const putDayFees = (table: Table, day: string, feesMilliMinor: number) =>
  table.write({
    put: {
      ...campaignDayFeesKey(CAMPAIGN_ID, day as LocalDate, 'wechat-pay', '1230000109'),
      type: 'campaign-day-fees',
      campaignId: CAMPAIGN_ID,
      day,
      provider: 'wechat-pay',
      merchantId: '1230000109',
      feesMilliMinor,
    },
  });

export const putStatement = (table: Table, state: string, interestMinor: number) =>
  table.write({
    put: {
      ...closeoutStatementKey(CAMPAIGN_ID),
      type: 'closeout-statement',
      campaignId: CAMPAIGN_ID,
      version: 2,
      round: 1,
      state,
      statement: { interestMinor },
      workedOnBy: ['finance-chen'],
    },
  });

export const putFile = (table: Table, attachmentId: string, kind: string, state = 'stored') =>
  table.write({
    put: {
      ...attachmentKey(CAMPAIGN_ID, attachmentId),
      type: 'attachment',
      campaignId: CAMPAIGN_ID,
      attachmentId,
      name: 'scan.pdf',
      kind,
      contentType: 'application/pdf',
      bytes: 100,
      sha256: 'a'.repeat(64),
      state,
      addedBy: 'finance-chen',
      addedAt: NOW,
    },
  });

export const setStatus = (table: Table, status: string) =>
  table.write({ update: campaignKey(CAMPAIGN_ID), set: { status } });
export const setStage = (table: Table, stage: string) => table.write({ update: poolKey(CAMPAIGN_ID), set: { stage } });

export const expenditure = {
  kind: 'expenditure',
  lineNo: 1,
  amountMinor: 120_000,
  payee: '达州医疗器械公司',
  paidOn: '2026-10-07',
  purpose: '急救箱 10 个',
  voucherNo: '记-101',
  evidence: [{ kind: 'invoice', number: 'FP-0001' }],
} as const;
export const large = {
  ...expenditure,
  amountMinor: 1_200_000,
  voucherNo: '记-102',
  evidence: [{ kind: 'invoice', number: 'FP-0002' }],
};

/** A resident identity card's number with its check character, of nobody. */
export function residentNumber(born: string, order: string): string {
  const digits = `510000${born.replaceAll('-', '')}${order}`;
  let sum = 0;
  for (const digit of digits) sum = ((sum + Number(digit)) * 2) % 11;
  return `${digits}${'0123456789X'[(12 - sum) % 11]}`;
}
export const person = (order = '001', born = '1956-03-02') => ({
  name: '赵某某',
  document: { kind: 'resident-id', number: residentNumber(born, order) },
  account: { bank: '农业银行达州分行', holder: '赵某某', number: '6228480000000000000' },
  consent: { givenOn: '2026-09-20', evidence: { kind: 'signature-list', number: '同意书 1' } },
});
