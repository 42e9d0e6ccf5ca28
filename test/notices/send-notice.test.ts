import type { SQSEvent } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { NotAccepted } from '../../functions/notices/notice.store.ts';
import type { NoticeMessage } from '../../functions/notices/notice-queue.gateway.ts';
import { definition } from '../../functions/notices/send-notice.lambda.ts';
import { queueFunction } from '../../functions/platform/batch.ts';
import { donorContactKey } from '../../functions/platform/keys.ts';
import { lambdaContext } from '../platform/http-event.ts';
import { give, openedCampaign } from '../stories/play.ts';
import { World } from '../stories/world.ts';

const DONORS = ['an@example.org', 'bo@example.org', 'cai@example.org'];
let world: World;
let campaignId: string;
let messages: Extract<NoticeMessage, { kind: 'thank-you' }>[];

beforeEach(async () => {
  world = new World();
  campaignId = await openedCampaign(world);
  for (const [n, email] of DONORS.entries()) {
    const paidAt = `2026-09-07T10:0${n}:00+08:00`;
    await give(world, campaignId, { paidAt, openid: email, amountMinor: 1_000, asked: { email } });
  }
  await world.drainStream();
  messages = world.notices.splice(0).filter((message) => message.kind === 'thank-you');
});

/** Delivers messages in one batch, as SQS does; gives the numbers of those that stay in the queue. */
async function deliver(bodies: readonly unknown[]): Promise<string[]> {
  const handler = queueFunction(definition, { use: world.use('send-notice'), tellTime: async () => world.now });
  const event = {
    Records: bodies.map((body, n) => ({
      messageId: String(n),
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })),
  } as unknown as SQSEvent;
  return (await handler(event, lambdaContext)).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}
const thanked = () => world.mails.map(({ to }) => to);
/** Lets the provider fail for one address. */
function failFor(address: string, error: Error): void {
  const { sendMail } = world;
  world.sendMail = (mail) => (mail.to === address ? Promise.reject(error) : sendMail(mail));
}

describe('a batch of thank-yous', () => {
  it('is sent, and nothing stays in the queue', async () => {
    expect(await deliver(messages)).toEqual([]);
    expect(thanked()).toEqual(DONORS);
  });

  it('of which one is not taken puts only that one off, and thanks the others', async () => {
    const { sendMail } = world;
    failFor('bo@example.org', new NotAccepted('TooManyRequestsException', { forGood: false }));
    expect(await deliver(messages)).toEqual([]);
    expect(thanked()).toEqual(['an@example.org', 'cai@example.org']);
    world.sendMail = sendMail;
    const putOff = world.notices.splice(0);
    expect(putOff).toMatchObject([{ giftId: messages[1]?.giftId, waiting: { since: world.now, times: 1 } }]);
    expect(await deliver(putOff)).toEqual([]);
    expect(await deliver(messages)).toEqual([]);
    expect(thanked()).toEqual(['an@example.org', 'cai@example.org', 'bo@example.org']);
  });

  it('of which one may have been sent is not sent again, and is counted as uncertain', async () => {
    const { sendMail } = world;
    failFor('bo@example.org', new Error('socket hang up'));
    expect(await deliver(messages)).toEqual(['1']);
    world.sendMail = sendMail;
    expect(await deliver(messages)).toEqual([]);
    expect(thanked()).not.toContain('bo@example.org');
    expect(await world.checkThankYous(campaignId)).toMatchObject({ kind: 'drained', due: 3, sent: 2, uncertain: 1 });
  });

  it('thanks nobody who has been erased, and waits for nobody', async () => {
    const [first] = messages;
    await world.table.write({ delete: donorContactKey(first?.orderNo ?? '') });
    expect(await deliver(messages)).toEqual([]);
    expect(thanked()).toEqual(['bo@example.org', 'cai@example.org']);
    expect(await world.checkThankYous(campaignId)).toMatchObject({ kind: 'drained', sent: 2, undeliverable: 1 });
  });

  it.each([
    ['no JSON', '{'],
    ['another kind', { kind: 'receipt', giftId: 'g', orderNo: 'o', campaignId: 'c' }],
    ['nothing', {}],
    ['a gift that does not exist', { kind: 'thank-you', giftId: 'gft_x', orderNo: 'int_x', campaignId: 'cmp_x' }],
  ])('keeps a message that is %s in the queue for a person, and sends its neighbours', async (_what, odd) => {
    expect(await deliver([messages[0], odd, messages[2]])).toEqual(['1']);
    expect(thanked()).toEqual(['an@example.org', 'cai@example.org']);
  });
});

describe('waiting for thank-yous', () => {
  it('goes on for a day after settling and then no longer', async () => {
    world.at('2026-09-12T11:00:00+08:00');
    expect(await world.checkThankYous(campaignId)).toMatchObject({ kind: 'waiting', due: 3, waiting: 3 });
    world.at('2026-09-12T11:00:01+08:00');
    expect(await world.checkThankYous(campaignId)).toMatchObject({ kind: 'given-up', waiting: 3 });
  });
});
