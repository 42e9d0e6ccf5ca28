import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { signNight, withSigner } from '../proofs/signed-campaign.ts';
import { give, openedCampaign } from '../stories/play.ts';
import { Stage } from './stage.ts';

let stage: Stage;
let campaignId: string;
let pem: string;

beforeEach(async () => {
  stage = new Stage();
  const { world } = stage;
  const { der } = withSigner(world);
  pem = `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`;
  campaignId = await openedCampaign(world);
  for (const [n, amountMinor] of [6_000, 4_000, 2_500].entries())
    await give(world, campaignId, { paidAt: `2026-09-07T1${n}:00:00+08:00`, openid: `o-${n}`, amountMinor });
  await world.drainStream();
  world.at('2026-09-09T01:00:00+08:00');
  await signNight(world);
});
afterEach(() => stage.close());

it('fetches a proof with the keys and all days, and says in words what it shows', async () => {
  const { exitCode, out } = await stage.run('proof', 'verify', '--campaign', campaignId, '--gift', '2');
  expect(exitCode).toBe(0);
  expect(out).toContain(`VERIFIED: gift 2 of ${campaignId} (¥40.00 of money`);
  expect(out).toContain('is in the total of 2026-09-07.');
  expect(out).toContain('The day: 3 gifts, ¥125.00.');
  expect(out).toContain('All 2 signed days of the campaign stand one after the other.');
});

it('checks a saved proof with a key and nothing else', async () => {
  const saved = stage.file('proof.json', '');
  await stage.run('proof', 'verify', '--campaign', campaignId, '--gift', '1', '--save', saved);
  stage.local = undefined;
  const key = stage.file('key.pem', pem);
  expect(await stage.run('proof', 'verify', saved, '--key', key)).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining('VERIFIED: gift 1'),
  });
  const changed = readFileSync(saved, 'utf8').replace('moneyMinor\\":6000', 'moneyMinor\\":6001');
  expect(await stage.run('proof', 'verify', stage.file('changed.json', changed), '--key', key)).toMatchObject({
    exitCode: 1,
    out: 'NOT VERIFIED: the steps do not lead to the root that was signed.\n',
  });
});

it('says what is missing before it asks anybody', async () => {
  const saved = stage.file('proof.json', '{}');
  for (const line of [
    ['proof', 'verify'],
    ['proof', 'verify', saved],
    ['proof', 'verify', '--gift', '1'],
    ['proof', 'verify', saved, '--key', saved],
  ])
    expect(await stage.run(...line)).toMatchObject({ exitCode: 2 });
  expect(await stage.run('proof', 'verify', '--campaign', campaignId, '--gift', '99')).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining('no such gift'),
  });
});
