import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { definition as createIntent } from '../functions/donations/create-donation-intent.lambda.ts';
import { keepIntent } from '../functions/donations/donation-intent.store.ts';
import { type DonationRequest, intentOf } from '../functions/donations/donation-intent.ts';
import type { PaymentEvent } from '../functions/donations/payment-event.ts';
import { recordPayment } from '../functions/donations/payment-intake.store.ts';
import { definition as receiveWechatPay } from '../functions/donations/receive-wechat-pay.lambda.ts';
import { reasonOf } from '../functions/kernel/errors.ts';
import { derivedId } from '../functions/kernel/ids.ts';
import { minor } from '../functions/kernel/money.ts';
import { type HttpDefinition, httpFunction } from '../functions/platform/http.ts';
import { signedNotification } from '../local/sandbox/notification.ts';
import { transactionOf } from '../local/sandbox/transaction.ts';
import type { PlannedGift } from './campaign-plan.ts';
import type { Life } from './scheduler.ts';
import { smallMerchant } from './small-keys.ts';
import { teamOfGift } from './teams.ts';
import { clockOf, instantAt, isWholeStack, LAMBDA_CONTEXT, portsOf, type World } from './world.ts';

export const DONOR_KEY = 'donor key of the simulation';
const MERCHANT = smallMerchant();

/** Whose account is paid. */
export const MERCHANT_ID = MERCHANT.keys.mchid;

/** The number under which a planned gift is ordered, by whichever door. */
export const orderNoOf = ({ campaign, number }: PlannedGift): string =>
  derivedId('intent', campaign.campaignId, `gift-${number}`);

const teamOf = ({ campaign, number }: PlannedGift): string | undefined => teamOfGift(campaign.campaignId, number);

const requestOf = (gift: PlannedGift) => {
  const { amountMinor, unitId, email } = gift;
  const teamId = teamOf(gift);
  return {
    amountMinor,
    ...(unitId === undefined ? {} : { unitId }),
    ...(teamId === undefined ? {} : { teamId }),
    ...(email === undefined ? {} : { email }),
  };
};

/** A donor's page asks for an order through the whole HTTP stack; the answer's status. */
export function order(world: World, gift: PlannedGift, life: Life): Promise<number> {
  const { table } = portsOf(world, life, 'create-donation-intent');
  const { campaignId } = gift.campaign;
  return call(world, createIntent, { table }, `/campaigns/${campaignId}/donation-intents`, {
    parameters: { campaignId },
    headers: { 'idempotency-key': `gift-${gift.number}` },
    body: Buffer.from(JSON.stringify(requestOf(gift))),
  });
}

/**
 * The same order straight into the store, for most of the gifts: writing an order is not where money can be lost, and the
 * stack around it takes longer than all the rest of a gift's way.
 */
export function orderPlainly({ scheduler, table, auditor }: World, gift: PlannedGift, orderNo: string): void {
  const { unitId, email, campaign } = gift;
  const request: DonationRequest = {
    amountMinor: minor(gift.amountMinor),
    currency: 'CNY',
    anonymous: true,
    language: 'zh-CN',
    unitId,
    teamId: teamOf(gift),
    email,
  };
  const { intent, contact } = intentOf(request, campaign, orderNo, instantAt(scheduler.now));
  // The store in memory has written it when this call returns.
  keepIntent(table, intent, contact).catch((error: unknown) =>
    auditor.find('a door answers whatever happens', reasonOf(error)),
  );
}

/** How a notification is sent: `forged` by a stranger, whose key is not the platform's. */
export type Sending = { readonly payment: PaymentEvent; readonly forged: boolean };

/**
 * A notification arrives; the answer's status. One in a few (see `World.wholeStackOneIn`) is encrypted, signed and goes
 * through the whole HTTP stack: two RSA operations cost more than all the rest of a gift's way. The others are taken
 * over where the handler has read them: the order is found, the booking decided and recorded by the same functions.
 */
export function notify(world: World, { payment, forged }: Sending, life: Life): Promise<number> {
  const { table } = portsOf(world, life, 'receive-wechat-pay');
  if (!forged && !isWholeStack(world)) return book(world, payment, table);
  const { headers, body } = signedNotification(
    MERCHANT.keys,
    transactionOf(MERCHANT.keys, {
      transactionId: payment.paymentId,
      orderNo: payment.orderNo,
      amountMinor: payment.amountMinor,
      payerAmountMinor: payment.payerAmountMinor,
      openid: payment.payerReference,
      paidAt: payment.occurredAt,
      tradeType: 'JSAPI',
    }),
    {
      sentAt: instantAt(world.scheduler.now),
      notificationId: payment.paymentId,
      ...(forged ? { fault: 'tampered-body' as const } : {}),
    },
  );
  const use = { table, readMerchants: async () => MERCHANT.merchants, readDonorKey: async () => DONOR_KEY };
  return call(world, receiveWechatPay, use, '/webhooks/wechat-pay', { headers, body });
}

const OK = 200;
const CONFLICT = 409;
const UNAVAILABLE = 503;

// As receive-wechat-pay.lambda.ts does, which the whole stack above runs itself.
async function book(world: World, payment: PaymentEvent, table: World['table']): Promise<number> {
  try {
    const now = await clockOf(world)();
    const { kind } = await recordPayment({ table, readDonorKey: async () => DONOR_KEY }, payment, now);
    return kind === 'contradicts' ? CONFLICT : OK;
  } catch {
    // The HTTP stack answers whatever is thrown with this, and the provider comes again.
    return UNAVAILABLE;
  }
}

type Request = {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

async function call<Use>(
  world: World,
  definition: HttpDefinition<Use>,
  use: Use,
  path: string,
  { parameters, headers, body }: Request,
): Promise<number> {
  const event = {
    version: '2.0',
    routeKey: `POST ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers,
    requestContext: { http: { method: 'POST', path } },
    isBase64Encoded: true,
    ...(parameters === undefined ? {} : { pathParameters: parameters }),
    body: body.toString('base64'),
  } as unknown as APIGatewayProxyEventV2;
  const result = await httpFunction(definition, { use, tellTime: clockOf(world) })(event, LAMBDA_CONTEXT);
  return result.statusCode ?? 0;
}
