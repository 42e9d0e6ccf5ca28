import { beforeEach, describe, expect, it } from 'vitest';
import { TransientError } from '../../functions/kernel/errors.ts';
import { minor } from '../../functions/kernel/money.ts';
import { localDateSchema } from '../../functions/kernel/time.ts';
import { bookPayment } from '../../functions/matching/match-payment.store.ts';
import { definition as recordPayment } from '../../functions/matching/record-match-payment.lambda.ts';
import type { Table } from '../../functions/platform/table.ts';
import { APPROVER } from '../stories/people.ts';
import { FINANCE, onePool, SteeredCampaign } from './steered-campaign.ts';

const hurried = { random: () => 0, pause: async () => undefined };
let campaign: SteeredCampaign;
beforeEach(async () => {
  const second = { ...onePool(5_000).rules[0], id: 'bank', sponsor: '银行' };
  campaign = await SteeredCampaign.open({ rules: [...onePool(10_000).rules, second] });
  await campaign.gift(1, 4_000);
  await campaign.stage('confirmed');
});

const pay = (more: object = {}, actor = FINANCE) =>
  campaign.post('record-match-payment', recordPayment, {
    actor,
    body: { ruleId: 'kelun', amountMinor: 4_000, reference: 'ICBC 2026-0001', paidOn: '2026-09-07', ...more },
  });
const refusal = ({ status, body }: { status: number; body: { title: string } }) => [status, body.title];

describe('a sponsor’s payment', () => {
  it('is booked in parts, and the matches are paid when every sponsor has paid all', async () => {
    const first = await pay({ amountMinor: 3_000 });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ amountMinor: 3_000, recordedBy: 'finance-chen', stage: 'confirmed' });
    expect((await pay({ amountMinor: 1_000, reference: 'ICBC 2026-0002' })).body.stage).toBe('confirmed');
    expect((await pay({ ruleId: 'bank' })).body.stage).toBe('paid');
    expect(await campaign.pool()).toMatchObject({
      stage: 'paid',
      paidMinor: { kelun: 4_000, bank: 4_000 },
      payments: 3,
    });
    expect(await campaign.violations()).toEqual([]);
  });

  it('is booked once for each reference: a repeat finds what stands, and another sum is refused', async () => {
    const first = await pay({ amountMinor: 3_000 });
    campaign.world.at('2026-09-08T10:00:00+08:00');
    const again = await pay({ amountMinor: 3_000 });
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(refusal(await pay({ amountMinor: 1_000 }))).toEqual([409, 'reference-taken']);
    expect((await campaign.pool()).paidMinor).toEqual({ kelun: 3_000 });
  });

  it('is never more than what was matched, also where two come at the same moment', async () => {
    const much = await pay({ amountMinor: 4_001 });
    expect(refusal(much)).toEqual([422, 'impossible-payment']);
    expect(much.body.problems[0]).toMatchObject({
      field: 'amountMinor',
      problem: 'is more than what is still owed, ¥40.00',
    });
    const { table, now } = campaign.world;
    let met = false;
    const interrupted: Table = {
      ...table,
      transact: async (writes) => {
        if (!met) {
          met = true;
          expect((await pay({ amountMinor: 3_000, reference: 'first' })).status).toBe(201);
        }
        return table.transact(writes);
      },
    };
    const request = {
      ruleId: 'kelun',
      amountMinor: minor(3_000),
      reference: 'second',
      paidOn: localDateSchema.parse('2026-09-07'),
    };
    const about = { campaignId: campaign.campaignId, by: 'finance-chen' };
    expect(await bookPayment(interrupted, about, request, now, hurried)).toMatchObject({ code: 'impossible-payment' });
    expect((await campaign.pool()).paidMinor).toEqual({ kelun: 3_000 });
  });

  it('is found again when the store commits and its answer is lost', async () => {
    const { table, now } = campaign.world;
    let lost = false;
    const forgetful: Table = {
      ...table,
      transact: async (writes) => {
        const outcome = await table.transact(writes);
        if (lost) return outcome;
        lost = true;
        throw new TransientError('no answer');
      },
    };
    const paidOn = localDateSchema.parse('2026-09-07');
    const request = { ruleId: 'kelun', amountMinor: minor(3_000), reference: 'one', paidOn };
    const about = { campaignId: campaign.campaignId, by: 'finance-chen' };
    expect((await bookPayment(forgetful, about, request, now, hurried)).kind).toBe('already-booked');
    expect(await campaign.pool()).toMatchObject({ paidMinor: { kelun: 3_000 }, payments: 1 });
  });

  it('needs no further one where a refund makes less of what is owed', async () => {
    campaign = await SteeredCampaign.open(onePool(10_000));
    const gift = await campaign.gift(1, 4_000);
    await campaign.stage('confirmed');
    await pay({ amountMinor: 3_000 });
    await campaign.refund(gift, 1_000);
    expect(await campaign.pool()).toMatchObject({ stage: 'paid', remainingMinor: 7_000 });
    expect(await campaign.violations()).toEqual([]);
  });

  it('is refused before confirmation, from the day after tomorrow, for no rule, and of who is not finance', async () => {
    expect((await pay({ paidOn: '2026-09-08' })).body.problems[0].field).toBe('paidOn');
    expect((await pay({ ruleId: 'nobody' })).body.problems[0].field).toBe('ruleId');
    expect((await pay({ reference: '#' })).body.problems[0].field).toBe('reference');
    expect((await pay({}, APPROVER)).status).toBe(403);
    campaign = await SteeredCampaign.open(onePool(10_000));
    await campaign.gift(1, 4_000);
    expect(refusal(await pay())).toEqual([409, 'not-confirmed']);
  });
});
