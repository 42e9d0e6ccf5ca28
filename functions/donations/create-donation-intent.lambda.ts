import { findCampaign } from '../campaigns/campaign.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { derivedId, freshId } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { environment } from '../platform/environment.ts';
import {
  type HttpAnswer,
  type HttpDefinition,
  type HttpRequest,
  httpFunction,
  problem,
  readJsonBody,
  refusalAnswer,
} from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { keepIntent } from './donation-intent.store.ts';
import {
  type DonationIntent,
  type DonationRequest,
  donationRequestSchema,
  intentOf,
  requestProblems,
} from './donation-intent.ts';
import { type ReadMerchants, readWechatPayMerchants } from './wechat-pay.gateway.ts';
import type { Merchant } from './wechat-pay-merchant.ts';
import { type WechatPayOrders, wechatPayOrders } from './wechat-pay-order.gateway.ts';
import { type PageToPay, payingAccount } from './wechat-pay-order.ts';

export type CreateIntentUse = {
  readonly table: Table;
  /** By which orders are made at the provider as well; left out, none can be. */
  readonly provider?: { readonly readMerchants: ReadMerchants; readonly orders: Pick<WechatPayOrders, 'place'> };
};

const IDEMPOTENCY_KEY = /^[A-Za-z0-9_-]{1,64}$/;

async function answerCreateIntent(request: HttpRequest, use: CreateIntentUse, now: Instant): Promise<HttpAnswer> {
  const key = request.headers['idempotency-key'];
  if (key !== undefined && !IDEMPOTENCY_KEY.test(key)) {
    return problem(
      400,
      'bad-idempotency-key',
      'Idempotency-Key must be 1 to 64 letters, digits, hyphens or underscores.',
    );
  }
  const body = readJsonBody(request, donationRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const campaign = await findCampaign(use.table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  if (campaign.status !== 'open') return problem(409, 'campaign-not-open', 'This campaign takes no gifts at present.');
  const problems = requestProblems(body.value, campaign);
  if (problems.length > 0) return problem(422, 'invalid', 'Some fields are not as they must be.', problems);
  const merchant = await merchantFor(body.value, campaign, use);
  if (body.value.pay !== undefined && merchant === undefined)
    return problem(409, 'pay-not-configured', 'This campaign makes no orders at WeChat Pay. Leave out the field pay.');
  // An order number is the provider's out_trade_no too: 6 to 32 of letters, digits, `_-|*`; an id of ours has 24.
  const { campaignId } = campaign;
  const orderNo = key === undefined ? freshId('intent') : derivedId('intent', campaignId, key);
  const { intent, contact } = intentOf(body.value, campaign, orderNo, now, merchant?.mchid);
  const outcome = await keepIntent(use.table, intent, contact);
  if (outcome.kind === 'refused') return refusalAnswer(409, outcome);
  const payment = await paymentFor(body.value, outcome.intent, { campaign, merchant, use, now });
  return { status: outcome.kind === 'created' ? 201 : 200, body: { ...orderView(outcome.intent), ...payment } };
}

/** What the donor's page needs to let them pay, where it asked for that. */
async function paymentFor(
  { pay }: DonationRequest,
  intent: DonationIntent,
  about: {
    readonly campaign: Campaign;
    readonly merchant: Merchant | undefined;
    readonly use: CreateIntentUse;
    readonly now: Instant;
  },
): Promise<{ readonly payment?: PageToPay }> {
  const { campaign, merchant, use, now } = about;
  if (pay === undefined || merchant === undefined || use.provider === undefined) return {};
  return { payment: await use.provider.orders.place(merchant, intent, campaign.proposal.title, pay, now) };
}

/** Our account that the donor will pay, where they ask to be sent there. */
async function merchantFor(
  { pay }: DonationRequest,
  { proposal }: Campaign,
  use: CreateIntentUse,
): Promise<Merchant | undefined> {
  if (pay === undefined || use.provider === undefined) return undefined;
  return payingAccount((await use.provider.readMerchants()).merchants, proposal.organisationId);
}

const orderView = ({ orderNo, campaignId, amountMinor, currency }: DonationIntent) => ({
  orderNo,
  campaignId,
  amountMinor,
  currency,
});

export const definition: HttpDefinition<CreateIntentUse> = {
  name: 'create-donation-intent',
  open: () => ({
    table: openTable(),
    provider: {
      readMerchants: readWechatPayMerchants,
      orders: wechatPayOrders(() => environment('WECHAT_PAY_BASE_URL')),
    },
  }),
  handle: answerCreateIntent,
};
export const handler = httpFunction(definition);
