import { describe, expect, it } from 'vitest';
import { instantOf } from '../../functions/kernel/time.ts';
import type { HttpAnswer } from '../../functions/platform/http.ts';
import { donationEntryKey } from '../../functions/platform/keys.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import { DOORS } from '../../fuzz/doors.ts';
import { postTo } from '../../fuzz/post.ts';
import { fuzz } from '../../fuzz/run.ts';

/** `npm run fuzz` posts 100,000; this is what every test run can afford. */
const INPUTS = 1_500;

describe.each(Object.entries(DOORS))('the door %s', (_name, open) => {
  it('answers odd inputs in its own shape, never with a 5XX, and stores nothing that was not signed', async () => {
    const { statuses, stored } = await fuzz(open(), { inputs: INPUTS, seed: 20260907 });
    // Refusals of many kinds, and some odd messages that are none: else the fuzzer would knock on one closed door only.
    expect(Object.keys(statuses).length).toBeGreaterThan(4);
    // A door of our own making is strict: it takes hardly anything that is odd.
    expect(stored).toBeGreaterThan(5);
  }, 120_000);

  it('is found out when it answers a 5XX, or stores what nobody signed', async () => {
    const door = open();
    const falling: typeof door = { ...door, post: async () => ({ status: 503, body: 'fail' }) };
    await expect(fuzz(falling, { inputs: 10, seed: 1 })).rejects.toThrow('does not take its own genuine message');
    let posts = 0;
    const credulous: typeof door = {
      ...door,
      async post(message, table) {
        posts += 1;
        if (posts > 1)
          await table.write({ put: { ...donationEntryKey(`gft_${posts}`), type: 'donation', amountMinor: posts } });
        return door.post(message, table);
      },
    };
    await expect(fuzz(credulous, { inputs: 50, seed: 1 })).rejects.toThrow();
  }, 120_000);
});

describe('a door that answers what its contract does not say', () => {
  const post = (answer: HttpAnswer) =>
    postTo(
      { name: 'receive-wechat-pay', open: () => ({}), handle: async () => answer },
      instantOf('2026-09-07T20:00:05+08:00'),
      '/webhooks/wechat-pay',
      () => ({}),
    )({ headers: {}, body: Buffer.from('{}') }, memoryTable());

  it.each<[string, HttpAnswer]>([
    ['another status', { status: 202, body: { code: 'SUCCESS', message: '' } }],
    ['another word', { status: 200, body: { code: 'OK', message: '' } }],
    ['more than it should', { status: 200, body: { code: 'SUCCESS', message: '', giftId: 'gft_1' } }],
    ['a problem instead of the provider’s own shape', { status: 422, body: { title: 'invalid' } }],
  ])('is found out: %s', async (_what, answer) => {
    await expect(post(answer)).rejects.toThrow(/its contract does not say|in another shape/);
  });

  it('cannot be fuzzed where it has no contract at all', () => {
    const definition = { name: 'receive-wechat-pay', open: () => ({}), handle: async () => ({ status: 200 }) };
    const now = instantOf('2026-09-07T20:00:05+08:00');
    expect(() => postTo(definition, now, '/webhooks/other', () => ({}))).toThrow('has no contract');
  });
});
