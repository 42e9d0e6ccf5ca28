import { beforeEach, describe, expect, it } from 'vitest';
import { mailPace, type PaceUse } from '../../functions/notices/sending-pace.store.ts';
import { intervalMs, LATEST_MS, type SendingQuota } from '../../functions/notices/sending-pace.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import { fullestSecond, SimulatedTime } from './simulated-time.ts';

const QUOTA: SendingQuota = { ratePerSecond: 14, perDay: 50_000, sentLastDay: 0 };
const SECOND_MS = 1_000;

let time: SimulatedTime;
let use: PaceUse;
let quota: SendingQuota;
beforeEach(() => {
  time = new SimulatedTime();
  quota = QUOTA;
  use = {
    table: memoryTable(),
    readQuota: async () => quota,
    clockMs: () => time.nowMs,
    pause: time.pause,
  };
});

/** Senders that send one mail after another, each taking some time of its own, until so many are sent together. */
async function drain(mails: number, senders: number, seed: number): Promise<{ sentMs: number[]; seconds: number }> {
  let state = seed;
  // A linear congruential generator (Numerical Recipes) is chance enough for how long a mail takes.
  const below = (bound: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
  const sentMs: number[] = [];
  const began = time.nowMs;
  let left = mails;
  async function sender(): Promise<void> {
    const pace = mailPace(use);
    while (left > 0) {
      left -= 1;
      const granted = await pace.take();
      expect(granted).toBe('now');
      // What it takes to reach the provider: the later the mail counts, up to the whole of the slack.
      sentMs.push(time.nowMs);
      await time.pause(20 + below(400));
    }
  }
  await time.run(Array.from({ length: senders }, sender));
  return { sentMs, seconds: (time.nowMs - began) / SECOND_MS };
}

describe('the pace of mail', () => {
  it.each([1, 5, 14, 50])('lets no second hold more mails than the account’s rate of %d', async (ratePerSecond) => {
    quota = { ...QUOTA, ratePerSecond };
    const { sentMs } = await drain(ratePerSecond * 30, Math.min(5, ratePerSecond), 1);
    expect(sentMs).toHaveLength(ratePerSecond * 30);
    expect(fullestSecond(sentMs)).toBeLessThanOrEqual(ratePerSecond);
  });

  it('drains 30,000 notices by five senders in about 30,000 divided by the rate, and no second holds more than it', async () => {
    const { sentMs, seconds } = await drain(30_000, 5, 2);
    expect(sentMs).toHaveLength(30_000);
    expect(fullestSecond(sentMs)).toBeLessThanOrEqual(14);
    const least = 30_000 / 14;
    expect(seconds).toBeGreaterThan(least);
    // The slack for mails that are handed over late costs a seventh.
    expect(seconds).toBeLessThan(least * 1.16);
  }, 60_000);

  it('holds even where every mail reaches the provider as late as it may', () => {
    for (const ratePerSecond of [1, 2, 7, 14, 90]) {
      const slots = Array.from({ length: 400 }, (_, n) => n * intervalMs(ratePerSecond));
      // The worst: those before are late by all that is allowed, those after are not.
      for (let late = 0; late < slots.length; late += 1) {
        const sentMs = slots.map((at, n) => (n < late ? at + LATEST_MS : at));
        if (fullestSecond(sentMs) > ratePerSecond) expect.fail(`${ratePerSecond}/s with ${late} late`);
      }
    }
  });

  it('gives a turn that was overslept to nobody, and takes another one', async () => {
    const slept: number[] = [];
    use = {
      ...use,
      pause: async (milliseconds) => {
        slept.push(milliseconds);
        // The first time the machine stands still for a second.
        time.nowMs += Math.max(0, milliseconds) + (slept.length === 1 ? SECOND_MS : 0);
      },
    };
    expect(await mailPace(use).take()).toBe('now');
    expect(slept).toHaveLength(2);
  });

  it('stops where the quota of a day is used but for what staff may need, and goes on once there is room again', async () => {
    quota = { ...QUOTA, perDay: 200, sentLastDay: 190 };
    const taken = [];
    for (let mail = 0; mail < 8; mail += 1) {
      const taking = mailPace(use).take();
      await time.run([taking]);
      taken.push(await taking);
    }
    // 2 % of 200 are kept: 196 less 190 are 6.
    expect(taken.filter((one) => one === 'now')).toHaveLength(6);
    expect(taken.slice(6)).toEqual(['quota-used', 'quota-used']);
    quota = { ...quota, sentLastDay: 100 };
    time.nowMs += 61 * SECOND_MS;
    const taking = mailPace(use).take();
    await time.run([taking]);
    expect(await taking).toBe('now');
  });

  it('makes everybody wait after the provider has asked for less', async () => {
    const pace = mailPace(use);
    await time.run([pace.take()]);
    await pace.slowDown();
    const before = time.nowMs;
    await time.run([pace.take()]);
    expect(time.nowMs - before).toBeGreaterThanOrEqual(2_000);
  });

  it('follows a rate that SES has raised within a minute', async () => {
    await time.run([mailPace(use).take()]);
    quota = { ...QUOTA, ratePerSecond: 28 };
    time.nowMs += 60 * SECOND_MS;
    const { seconds } = await drain(280, 20, 3);
    expect(seconds).toBeLessThan(280 / 14);
  });
});
