import { type FunctionSpec, http, task } from '../function-spec.ts';

/** The functions of `notices`. */
export const noticesFunctions = {
  'queue-thank-yous': {
    entry: 'notices/queue-thank-yous.lambda.ts',
    purpose:
      'Puts a thank-you into the notice queue for every counted gift that has an address, and what changed since.',
    trigger: {
      kind: 'stream',
      itemTypes: ['match', 'adjustment', 'transition', 'disclosure-entry'],
      batchSize: 100,
      windowSeconds: 1,
    },
    timeoutSeconds: 30,
    memoryMb: 256,
    needs: { queues: ['notice', 'poison'] },
  },
  'send-notice': {
    entry: 'notices/send-notice.lambda.ts',
    purpose:
      'Sends one letter to the donor of a gift, once, by the channel that suits them, or walks on with an announcement.',
    // Five senders, one mail at a time each, about 0.3 s a mail: 16 a second. What keeps SES's rate is the pace that they share
    // (notices/sending-pace.ts), whatever their number.
    trigger: { kind: 'queue', queue: 'notice', batchSize: 5, concurrency: 5 },
    timeoutSeconds: 180, // five mails that each take the whole 20 s of one request and 10 s of waiting for their turn
    memoryMb: 512,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update', 'delete'],
        partitions: [
          'GIFT#',
          'ORDER#',
          'CAMPAIGN#',
          'ORGANISATION#',
          'MANDATE#',
          'POOL#',
          'TOTALS#',
          'CONTACT#',
          'TOLD#',
          'PACE#',
          'HELD-NOTICES#',
          'NOTICE-FIGURES#',
        ],
      },
      reads: ['DISCLOSURE#', 'RECEIPTS#'],
      secrets: ['donor-key', 'messaging'],
      queues: ['notice'],
      mail: true,
      mailQuota: true,
    },
  },
  'record-delivery-event': {
    entry: 'notices/record-delivery-event.lambda.ts',
    purpose:
      'Notes which addresses mail came back from, or whose readers complained, so that nobody writes there again.',
    trigger: { kind: 'mail-event', detailTypes: ['Email Bounced', 'Email Complaint Received'] },
    timeoutSeconds: 30,
    memoryMb: 256,
    needs: {
      table: { verbs: ['get', 'put', 'update'], partitions: ['CONTACT#', 'SUPPRESSIONS#'] },
      secrets: ['donor-key'],
    },
  },
  'receive-wechat-push': {
    entry: 'notices/receive-wechat-push.lambda.ts',
    purpose:
      "Notes which messages the users of a WeChat account agree to, as WeChat pushes it; answers WeChat's question.",
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/webhooks/wechat-messages/{appId}' },
        { method: 'POST', path: '/webhooks/wechat-messages/{appId}' },
      ],
      access: 'public',
    },
    ...http,
    needs: { table: { verbs: ['put'], partitions: ['CONTACT#'] }, secrets: ['donor-key', 'messaging'] },
  },
  'send-held-notices': {
    entry: 'notices/send-held-notices.lambda.ts',
    purpose: 'Puts notices back into the queue whose quiet hours are over, or that the mail quota has room for again.',
    trigger: { kind: 'job', job: 'send-held-notices' },
    timeoutSeconds: 290, // ten notices are some 60 ms: 30,000 take three minutes, and what is left the next run takes
    memoryMb: 256,
    needs: { table: { verbs: ['get', 'query', 'put', 'delete'], partitions: ['HELD-NOTICES#'] }, queues: ['notice'] },
  },
  unsubscribe: {
    entry: 'notices/unsubscribe.lambda.ts',
    purpose: 'Shows what a letter can be unsubscribed from, and unsubscribes with one click.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/unsubscribe/{token}' },
        { method: 'POST', path: '/unsubscribe/{token}' },
      ],
      access: 'public',
    },
    ...http,
    needs: { table: { verbs: ['get', 'put'], partitions: ['CONTACT#', 'ORGANISATION#'] }, secrets: ['donor-key'] },
  },
  'manage-letter-templates': {
    entry: 'notices/manage-letter-templates.lambda.ts',
    purpose: 'Saves, shows and previews how an organisation words its letters, and sends one to the caller to try.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/letter-templates' },
        { method: 'GET', path: '/organisations/{organisationId}/letter-templates/{kind}/{language}' },
        { method: 'PUT', path: '/organisations/{organisationId}/letter-templates/{kind}/{language}' },
        { method: 'DELETE', path: '/organisations/{organisationId}/letter-templates/{kind}/{language}' },
        { method: 'POST', path: '/organisations/{organisationId}/letter-templates/{kind}/{language}/previews' },
        { method: 'POST', path: '/organisations/{organisationId}/letter-templates/{kind}/{language}/test-sends' },
      ],
      access: 'staff',
    },
    timeoutSeconds: 29, // a test goes through the mail provider, which may take the 20 s of one request
    memoryMb: 512,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'delete'], partitions: ['ORGANISATION#', 'PERSON#'] },
      mail: true,
    },
  },
  'manage-notices': {
    entry: 'notices/manage-notices.lambda.ts',
    purpose:
      'Saves and shows how an organisation writes to donors, counts its notices, and lifts suppressions of addresses.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/notice-settings' },
        { method: 'PUT', path: '/organisations/{organisationId}/notice-settings' },
        { method: 'GET', path: '/organisations/{organisationId}/suppressions' },
        { method: 'POST', path: '/organisations/{organisationId}/suppressions/liftings' },
        { method: 'GET', path: '/campaigns/{campaignId}/notices' },
      ],
      access: 'staff',
    },
    timeoutSeconds: 29, // the first count of a large campaign walks its journal for some seconds
    memoryMb: 1024,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update'],
        partitions: ['ORGANISATION#', 'CAMPAIGN#', 'POOL#', 'GIFT#', 'CONTACT#', 'SUPPRESSIONS#', 'NOTICE-FIGURES#'],
      },
      secrets: ['donor-key'],
    },
  },
  'check-thank-yous': {
    entry: 'notices/check-thank-yous.lambda.ts',
    purpose: 'Counts the thank-yous that still wait.',
    ...task,
    timeoutSeconds: 300,
    needs: { table: { verbs: ['get', 'query'], partitions: ['POOL#', 'GIFT#', 'CAMPAIGN#'] } },
  },
} as const satisfies Record<string, FunctionSpec>;
