import { describe, expect, it, vi } from 'vitest';
import { donationEntrySchema } from '../../functions/donations/donation-entry.ts';
import { TransientError } from '../../functions/kernel/errors.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { journalPageItem, journalPageOf } from '../../functions/matching/journal-page.ts';
import { NotAccepted } from '../../functions/notices/notice.store.ts';
import { noticeFiguresOfCampaign } from '../../functions/notices/notice-figures.store.ts';
import type { NoticeMessage } from '../../functions/notices/notice-message.ts';
import { definition, type SendNoticeUse } from '../../functions/notices/send-notice.lambda.ts';
import { mailPace } from '../../functions/notices/sending-pace.store.ts';
import { savePublicAddress } from '../../functions/organisations/public-address.store.ts';
import { poolKey } from '../../functions/platform/keys.ts';
import type { Item } from '../../functions/platform/table.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { give, openedCampaign } from '../stories/play.ts';
import { World } from '../stories/world.ts';
import { fullestSecond, SimulatedTime } from './simulated-time.ts';

// Setting a letter takes 2 to 4 ms, which are two minutes for 30,000. What a letter looks like is tried elsewhere; this is about to whom.
vi.mock('../../functions/notices/letter-mail.tsx', async (original) => ({
  ...(await original<object>()),
  renderLetter: async ({ subject }: { subject: string }) => ({ subject, html: '', text: '' }),
}));

const GIFTS = 30_000;
const GIFTS_OF_A_PAGE = 91;
const RATE = 14;
const SECOND_MS = 1_000;
/** As the queue has it (infra/queues.ts): six times the senders' longest run. */
const VISIBILITY_MS = 1_080_000;
const SEED = 'seed@example.org';

/** One gift as every door and consumer has written it, and 29,999 more that differ in number, order and address. */
async function campaignWithGifts(world: World): Promise<string> {
  const campaignId = await openedCampaign(world);
  const address = { organisationId: 'dazhou', address: 'https://give.example.org', savedBy: 'admin' };
  await savePublicAddress(world.table, address, 0, world.now);
  const paidAt = '2026-09-07T10:00:00+08:00';
  await give(world, campaignId, { paidAt, openid: 'seed', amountMinor: 1_000, asked: { email: SEED } });
  await world.drainStream();
  world.notices.length = 0;
  const written = world.table.everything();
  const entry = donationEntrySchema.parse(written.find(({ type }) => type === 'donation'));
  const { giftId, orderNo } = entry;
  const [page] = written.filter(({ type }) => type === 'journal-page').map(journalPageOf);
  const [line] = page?.lines ?? [];
  if (line === undefined) throw new Error('the gift was not counted');
  const ofGift = written.filter(({ pk }) => pk.includes(giftId) || pk.includes(orderNo));
  const texts = ofGift.map((item) => JSON.stringify(item));
  const lines = [line];
  for (let n = 2; n <= GIFTS; n += 1) {
    const [gift, order] = [`${giftId}x${n}`, `${orderNo}x${n}`];
    for (const text of texts) {
      const item = text.replaceAll(giftId, gift).replaceAll(orderNo, order).replaceAll(SEED, addressOf(n));
      await world.table.write({ put: JSON.parse(item) as Item });
    }
    lines.push({ ...line, giftId: gift, orderNo: order });
  }
  for (let at = 1; at < lines.length; at += GIFTS_OF_A_PAGE) {
    const page = { campaignId, firstSequence: at + 1, lines: lines.slice(at, at + GIFTS_OF_A_PAGE) };
    await world.table.write({ put: journalPageItem(page) });
  }
  await world.table.write({ update: poolKey(campaignId), set: { sequence: GIFTS } });
  return campaignId;
}
const addressOf = (n: number): string => (n === 1 ? SEED : `donor-${n}@example.org`);

const MOST_DELIVERIES = 10;
type Waiting = { readonly message: NoticeMessage; readonly fromMs: number; readonly deliveries: number };

/** SQS's standard queue: a message that was received comes again unless it is deleted. */
class Queue {
  readonly #waiting: Waiting[] = [];
  readonly #time: SimulatedTime;
  received = 0;
  readonly deadLetters: NoticeMessage[] = [];
  constructor(time: SimulatedTime) {
    this.#time = time;
  }
  put(message: NoticeMessage, delayMs = 0): void {
    this.#waiting.push({ message, fromMs: this.#time.nowMs + delayMs, deliveries: 1 });
  }
  /** Seen again when its time is up; after ten times it is a person's. */
  leave({ message, deliveries }: Waiting): void {
    if (deliveries === MOST_DELIVERIES) this.deadLetters.push(message);
    else this.#waiting.push({ message, fromMs: this.#time.nowMs + VISIBILITY_MS, deliveries: deliveries + 1 });
  }
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }
  /** Up to five that can be seen. */
  receive(): Waiting[] {
    const taken: Waiting[] = [];
    // Looked for among the first alone, as a queue answers with what it has at hand.
    for (let at = 0; at < Math.min(this.#waiting.length, 200) && taken.length < 5; ) {
      const one = this.#waiting[at];
      if (one === undefined || one.fromMs > this.#time.nowMs) at += 1;
      else taken.push(...this.#waiting.splice(at, 1));
    }
    this.received += taken.length;
    return taken;
  }
}

describe('an announcement to 30,000 donors', () => {
  it('tells every gift once at the rate that SES allows, though the walk of the journal and the senders crash on their way', async () => {
    const world = new World();
    const campaignId = await campaignWithGifts(world);
    const time = new SimulatedTime();
    const queue = new Queue(time);
    const sent: { readonly to: string; readonly atMs: number }[] = [];
    const faults = { walk: 0, part: 0, twice: 0, sender: 0, throttled: 0 };
    let parts = 0;

    /** The walk's own writes to the queue: the third part stops half way, the tenth before it says where to go on, the twentieth after. */
    async function queueNotices(messages: readonly NoticeMessage[], delaySeconds = 0): Promise<void> {
      const isNext = messages.some((message) => !('giftId' in message));
      if (!isNext && messages.length > 100) parts += 1;
      const strikes = (part: number, fault: 'walk' | 'part' | 'twice') => {
        const isNow = parts >= part && faults[fault] === 0 && isNext === (fault !== 'part');
        if (isNow) faults[fault] += 1;
        return isNow;
      };
      if (strikes(3, 'part')) {
        for (const message of messages.slice(0, 50)) queue.put(message);
        throw new TransientError('some notices did not get into the queue');
      }
      if (strikes(10, 'walk')) throw new Error('killed before the queue knew where to go on');
      for (const message of messages) queue.put(message, delaySeconds * SECOND_MS);
      if (strikes(20, 'twice')) throw new Error('killed before the message could be deleted');
    }

    const table = restrictedTable(world.table, 'send-notice');
    const use = {
      ...world.use('send-notice'),
      queueNotices,
      readUpdate: async () => ({ title: '第一批款已发放', paragraphs: ['已有 120 户收到。'], entryNo: 3 }),
      mailPace: mailPace({
        table,
        readQuota: async () => ({ ratePerSecond: RATE, perDay: 50_000, sentLastDay: sent.length }),
        clockMs: () => time.nowMs,
        pause: time.pause,
      }),
      sendMail: async ({ to }: { to: string }) => {
        if (sent.length % 5_000 === 4_999 && faults.throttled < 5 && sent.length > faults.throttled * 5_000) {
          faults.throttled += 1;
          throw new NotAccepted('TooManyRequestsException', { forGood: false });
        }
        sent.push({ to, atMs: time.nowMs });
        return { messageId: `m-${sent.length}` };
      },
    } as unknown as SendNoticeUse;

    let atWork = 0;
    let handled = 0;
    async function sender(): Promise<void> {
      while (!queue.isEmpty || atWork > 0) {
        const messages = queue.receive();
        if (messages.length === 0) await time.pause(SECOND_MS);
        atWork += 1;
        for (const message of messages) await take(message);
        atWork -= 1;
      }
    }
    async function take(waiting: Waiting): Promise<void> {
      handled += 1;
      // A machine that dies before it has claimed anything: the message is seen again when its time is up.
      if (handled % 4_001 === 0) {
        faults.sender += 1;
        queue.leave(waiting);
        return;
      }
      try {
        await definition.handle(waiting.message, use, instantOf(Math.floor(time.nowMs)));
      } catch {
        queue.leave(waiting);
      }
      await time.pause(60);
    }

    const began = time.nowMs;
    queue.put({ kind: 'progress', campaignId, entryId: '3' });
    await time.run(Array.from({ length: 5 }, sender));

    expect(queue.deadLetters).toEqual([]);
    expect(faults).toEqual({ walk: 1, part: 1, twice: 1, sender: expect.any(Number), throttled: 5 });
    expect(faults.sender).toBeGreaterThan(5);
    // From the twentieth part on two walks were under way, and each queued the rest.
    expect(queue.received).toBeGreaterThan(GIFTS * 1.3);
    const told = sent.map(({ to }) => to).toSorted();
    expect(told).toHaveLength(GIFTS);
    expect(told).toEqual(Array.from({ length: GIFTS }, (_, at) => addressOf(at + 1)).toSorted());
    const moments = sent.map(({ atMs }) => atMs);
    expect(fullestSecond(moments)).toBeLessThanOrEqual(RATE);
    const { notices } = await noticeFiguresOfCampaign(world.table, campaignId);
    expect(notices.find(({ subject }) => subject === 'progress#3')).toMatchObject({
      ...{ due: GIFTS, sent: GIFTS, waiting: 0, held: 0 },
      ...{ undeliverable: 0, failed: 0, uncertain: 0, notLookedAt: 0 },
    });
    // 41 minutes at this rate, and 18 for each of the two times that the walk stood still until its message was seen again.
    expect(((moments.at(-1) ?? 0) - began) / (60 * SECOND_MS)).toBeLessThan(41 + 2 * 18 + 5);
  }, 240_000);
});
