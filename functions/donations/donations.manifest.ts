import { type FunctionSpec, http } from '../function-spec.ts';

/** The functions of `donations`. */
export const donationsFunctions = {
  'create-donation-intent': {
    entry: 'donations/create-donation-intent.lambda.ts',
    purpose: 'Creates the order that ties a coming payment to a campaign.',
    trigger: {
      kind: 'http',
      routes: [{ method: 'POST', path: '/campaigns/{campaignId}/donation-intents' }],
      access: 'public',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'put'], partitions: ['CAMPAIGN#', 'ORDER#'] },
      secrets: ['merchant'],
      wechatPay: true,
      alipay: true,
    },
  },
  'request-refunds': {
    entry: 'donations/request-refunds.lambda.ts',
    purpose: 'Lists what of a cancelled campaign is to be given back, and asks providers to give it back.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns/{campaignId}/refund-instructions' },
        { method: 'POST', path: '/campaigns/{campaignId}/refund-requests' },
      ],
      access: 'staff',
    },
    timeoutSeconds: 29, // 50 refunds, five at once, are 5 s; what a slow provider leaves is asked for again
    memoryMb: 512,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['CAMPAIGN#', 'POOL#', 'GIFT#'] },
      secrets: ['merchant'],
      wechatPay: true,
      alipay: true,
    },
  },
  'manage-unassigned-money': {
    entry: 'donations/manage-unassigned-money.lambda.ts',
    purpose:
      'Lists money that came for no campaign; assigns it to one or returns it, by the word of one person or two.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/unassigned-money' },
        { method: 'GET', path: '/organisations/{organisationId}/unassigned-money/{giftId}' },
        { method: 'POST', path: '/organisations/{organisationId}/unassigned-money/{giftId}/proposals' },
        { method: 'POST', path: '/organisations/{organisationId}/unassigned-money/{giftId}/decisions' },
      ],
      access: 'staff',
    },
    timeoutSeconds: 29, // a slow provider is asked for one refund; what it leaves is asked for again
    memoryMb: 512,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update', 'check'], partitions: ['GIFT#', 'CAMPAIGN#', 'SWEEP#'] },
      reads: ['ORDER#'],
      secrets: ['merchant'],
      wechatPay: true,
      alipay: true,
    },
  },
  'receive-wechat-pay': {
    entry: 'donations/receive-wechat-pay.lambda.ts',
    purpose: 'Verifies a WeChat Pay notification and writes one immutable entry.',
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/webhooks/wechat-pay' }], access: 'public' },
    timeoutSeconds: 5, // the provider stops listening after 5 s
    memoryMb: 512,
    needs: {
      table: { verbs: ['get', 'put', 'update'], partitions: ['ORDER#', 'GIFT#', 'LINK#', 'CAMPAIGN#'] },
      secrets: ['merchant', 'donor-key'],
    },
  },
  'receive-stripe': {
    entry: 'donations/receive-stripe.lambda.ts',
    purpose: 'Verifies a Stripe event and writes one immutable entry.',
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/webhooks/stripe' }], access: 'public' },
    ...http,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update'],
        partitions: ['ORDER#', 'GIFT#', 'LINK#', 'CAMPAIGN#', 'MANDATE#'],
      },
      secrets: ['merchant', 'donor-key'],
    },
  },
  'receive-standard-webhook': {
    entry: 'donations/receive-standard-webhook.lambda.ts',
    purpose: 'Verifies a Standard Webhooks message of a platform that we know and writes one immutable entry.',
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/webhooks/standard/{sourceId}' }], access: 'public' },
    ...http,
    needs: {
      table: { verbs: ['get', 'put', 'update'], partitions: ['ORDER#', 'GIFT#', 'LINK#', 'CAMPAIGN#'] },
      secrets: ['merchant', 'donor-key'],
    },
  },
  'receive-alipay': {
    entry: 'donations/receive-alipay.lambda.ts',
    purpose: 'Verifies an Alipay notice and writes immutable entries of its payment and refunds.',
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/webhooks/alipay' }], access: 'public' },
    ...http,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['ORDER#', 'GIFT#', 'LINK#', 'CAMPAIGN#'] },
      secrets: ['merchant', 'donor-key'],
    },
  },
  'enter-offline-gift': {
    entry: 'donations/enter-offline-gift.lambda.ts',
    purpose: 'Takes a gift that a person enters (cash, transfer, directed, goods), and lists what is not final.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/campaigns/{campaignId}/offline-gifts' },
        { method: 'GET', path: '/campaigns/{campaignId}/offline-gifts' },
      ],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'query', 'put'], partitions: ['CAMPAIGN#', 'OFFLINE#', 'ORDER#', 'GIFT#'] },
      secrets: ['donor-key'],
    },
  },
  'confirm-offline-gift': {
    entry: 'donations/confirm-offline-gift.lambda.ts',
    purpose: "Books or rejects an entered gift by a second person's word.",
    trigger: {
      kind: 'http',
      routes: [{ method: 'POST', path: '/campaigns/{campaignId}/offline-gifts/{offlineId}/confirmations' }],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'put', 'delete'], partitions: ['CAMPAIGN#', 'OFFLINE#', 'ORDER#', 'GIFT#'] },
      secrets: ['donor-key'],
    },
  },
  'create-mandate': {
    entry: 'donations/create-mandate.lambda.ts',
    purpose: 'Keeps what a donor agrees to give every month, with the order by which its charges are booked.',
    trigger: {
      kind: 'http',
      routes: [{ method: 'POST', path: '/campaigns/{campaignId}/mandates' }],
      access: 'public',
    },
    ...http,
    needs: { table: { verbs: ['get', 'put'], partitions: ['CAMPAIGN#', 'ORDER#', 'MANDATE#'] } },
  },
  'cancel-mandate': {
    entry: 'donations/cancel-mandate.lambda.ts',
    purpose: 'Cancels a regular gift for the donor who knows its id.',
    trigger: {
      kind: 'http',
      routes: [{ method: 'POST', path: '/mandates/{mandateId}/cancellations' }],
      access: 'public',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query', 'put'], partitions: ['MANDATE#'] } },
  },
  'get-mandate': {
    entry: 'donations/get-mandate.lambda.ts',
    purpose:
      'Shows staff a regular gift with all that its provider has said, and lists those of a campaign by day or being cancelled.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns/{campaignId}/mandates/{mandateId}' },
        { method: 'GET', path: '/campaigns/{campaignId}/mandates' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['MANDATE#', 'MANDATES#'] } },
  },
  'check-mandates': {
    entry: 'donations/check-mandates.lambda.ts',
    purpose: 'Finds regular gifts whose charge did not come, and says which are missed, skipped or lapsed.',
    trigger: { kind: 'job', job: 'check-mandates' },
    timeoutSeconds: 290,
    memoryMb: 512,
    needs: { table: { verbs: ['get', 'query', 'put'], partitions: ['MANDATES#', 'MANDATE#'] } },
  },
  'end-mandates': {
    entry: 'donations/end-mandates.lambda.ts',
    purpose: 'Asks the provider to end regular gifts that their donors have cancelled, until it says that they are.',
    trigger: { kind: 'job', job: 'end-mandates' },
    timeoutSeconds: 290, // less than the pace, so that two runs hardly ever meet
    memoryMb: 512,
    needs: {
      table: { verbs: ['get', 'query', 'put'], partitions: ['MANDATES#', 'MANDATE#'] },
      secrets: ['merchant'],
    },
  },
  'link-donors': {
    entry: 'donations/link-donors.lambda.ts',
    purpose: 'Records that two payers are one person, or are not after all, with the evidence.',
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/donor-links' }], access: 'staff' },
    ...http,
    needs: { table: { verbs: ['get', 'put', 'update', 'check'], partitions: ['GIFT#', 'LINK#'] } },
  },
  'sweep-orders': {
    entry: 'donations/sweep-orders.lambda.ts',
    purpose: 'Asks the providers for orders whose notification may never have come, and books what was paid.',
    trigger: { kind: 'job', job: 'sweep-orders' },
    timeoutSeconds: 290, // less than the pace, so that two runs hardly ever meet
    memoryMb: 512,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update'],
        partitions: ['SWEEP#', 'ORDERS#', 'ORDER#', 'GIFT#', 'LINK#', 'CAMPAIGN#'],
      },
      secrets: ['merchant', 'donor-key'],
      wechatPay: true,
      alipay: true,
    },
  },
} as const satisfies Record<string, FunctionSpec>;
