import { describe, expect, it } from 'vitest';
import { campaignSchema } from '../../functions/campaigns/campaign.ts';
import { type PhasedCampaign, type PhaseOutcome, phaseOf } from '../../functions/campaigns/campaign-calendar.ts';
import { CAMPAIGN_STATUSES } from '../../functions/campaigns/campaign-state.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import { putCampaign } from '../donations/open-campaign.ts';

const base = await putCampaign(memoryTable(), 'approved');
const RECORDED = { recordedBy: 'm', recordedAt: '2026-08-20T00:00:00Z' };
const FILED = { filing: { number: '1', filedOn: '2026-08-20', authority: 'x', ...RECORDED } };
const EMERGENCY = {
  emergency: { reason: 'flood', sinceOn: '2026-08-19', declaredBy: 'm', declaredAt: '2026-08-20T00:00:00Z' },
};
const campaignOf = (more: object): PhasedCampaign => campaignSchema.parse({ ...base, ...more });
const at = (moment: string) => instantOf(moment);
const BEGUN = at('2026-09-07T00:00:00+08:00');
const wait = (waitSeconds: number): PhaseOutcome => ({ kind: 'wait', waitSeconds });

describe('before a campaign opens', () => {
  it('goes on to wait for its first day once it is filed', () => {
    expect(phaseOf('filing', campaignOf({ ...FILED, status: 'filed' }), at('2026-08-21T00:00:00Z'))).toEqual({
      kind: 'due',
    });
    expect(phaseOf('filing', campaignOf({}), at('2026-08-21T00:00:00Z'))).toEqual(wait(21_600));
    expect(phaseOf('filing', campaignOf(EMERGENCY), at('2026-08-21T00:00:00Z'))).toEqual({ kind: 'due' });
  });

  it('opens at the midnight of its first day and not a second before', () => {
    const filed = campaignOf({ ...FILED, status: 'filed' });
    expect(phaseOf('opening', filed, at('2026-09-06T23:59:59+08:00'))).toEqual(wait(1));
    expect(phaseOf('opening', filed, BEGUN)).toEqual({ kind: 'due' });
  });

  it('never opens unfiled, nor filed too late, whatever phase is asked for', () => {
    const late = { filing: { ...FILED.filing, filedOn: '2026-08-29' } };
    for (const phase of ['filing', 'opening'] as const)
      for (const campaign of [campaignOf({}), campaignOf(late), campaignOf({ ...late, status: 'filed' })])
        for (const moment of ['2026-09-07T00:00:00+08:00', '2026-09-08T12:00:00+08:00', '2026-09-09T23:59:59+08:00'])
          expect(phaseOf(phase, campaign, at(moment))).toEqual({ kind: 'unfiled', waitSeconds: 1_800 });
  });

  it('is looked for by the half-hour for three days, and then every three hours', () => {
    const campaign = campaignOf({});
    const long = {
      ...campaign,
      proposal: { ...campaign.proposal, window: { ...campaign.proposal.window, lastDay: '2026-11-05' } },
    };
    const waits = ['2026-09-09T23:59:59+08:00', '2026-09-10T00:00:00+08:00', '2026-11-05T12:00:00+08:00'].map(
      (moment) => phaseOf('filing', long as typeof campaign, at(moment)),
    );
    expect(waits).toEqual([1_800, 10_800, 10_800].map((waitSeconds) => ({ kind: 'unfiled', waitSeconds })));
  });

  it('has missed its time when the last day is over', () => {
    expect(phaseOf('filing', campaignOf({}), at('2026-09-10T00:00:00+08:00'))).toEqual({ kind: 'missed' });
  });

  it('notices that it was cancelled', () => {
    const cancellation = { at: '2026-09-01T00:00:00Z', by: 'm', reason: 'r', refundPolicy: 'keep-for-purpose' };
    for (const phase of ['filing', 'opening'] as const)
      expect(phaseOf(phase, campaignOf({ status: 'cancelled', cancellation }), BEGUN)).toEqual({ kind: 'never-opens' });
  });

  it('lets a workflow pass that is started again where the campaign has opened', () => {
    for (const status of ['open', 'paused', 'closed', 'finalised'])
      for (const phase of ['filing', 'opening'] as const)
        expect(phaseOf(phase, campaignOf({ ...FILED, status, openedAt: BEGUN }), BEGUN)).toEqual({ kind: 'due' });
  });
});

describe('while a campaign takes gifts', () => {
  const open = { ...FILED, status: 'open', openedAt: BEGUN };

  it('closes at 24:00 of its last day, even while it is paused', () => {
    for (const status of ['open', 'paused']) {
      const campaign = campaignOf({ ...open, status });
      expect(phaseOf('closing', campaign, at('2026-09-09T23:59:59+08:00'))).toEqual(wait(1));
      expect(phaseOf('closing', campaign, at('2026-09-10T00:00:00+08:00'))).toEqual({ kind: 'due' });
    }
  });

  it('is told to settle from the moment at which it was cancelled', () => {
    const cancellation = { at: '2026-09-08T00:00:00Z', by: 'm', reason: 'r', refundPolicy: 'refund-all' };
    const cancelled = campaignOf({ ...open, status: 'cancelled', cancellation });
    expect(phaseOf('closing', cancelled, at('2026-09-08T01:00:00Z'))).toEqual({ kind: 'cancelled' });
    expect(phaseOf('settling', cancelled, at('2026-09-09T10:59:59Z'))).toEqual(wait(1));
    expect(phaseOf('settling', cancelled, at('2026-09-09T11:00:00Z'))).toEqual({ kind: 'due' });
  });

  it('is paused when an emergency’s ten days have passed unfiled, and waits no longer than until then', () => {
    const window = { firstDay: '2026-09-07', lastDay: '2026-10-09', zone: 'Asia/Shanghai' };
    const emergency = { ...EMERGENCY, status: 'open', openedAt: BEGUN, proposal: { ...base.proposal, window } };
    expect(phaseOf('closing', campaignOf(emergency), at('2026-09-17T23:00:00+08:00'))).toEqual(wait(3_600));
    const late = at('2026-09-18T00:00:00+08:00');
    expect(phaseOf('closing', campaignOf(emergency), late)).toEqual({ kind: 'unfiled-too-long' });
    expect(phaseOf('closing', campaignOf({ ...emergency, status: 'paused' }), late)).toEqual(wait(21_600));
    expect(phaseOf('closing', campaignOf({ ...emergency, ...FILED }), late)).toEqual(wait(21_600));
  });
});

describe('in other zones and over changes of clocks', () => {
  it.each([
    ['America/New_York', '2026-10-31', '2026-11-01', '2026-10-31T04:00:00Z', '2026-11-02T05:00:00Z'],
    ['America/New_York', '2027-03-14', '2027-03-14', '2027-03-14T05:00:00Z', '2027-03-15T04:00:00Z'],
    ['Europe/Berlin', '2026-10-25', '2026-10-25', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'],
    ['Europe/Berlin', '2027-03-28', '2027-03-28', '2027-03-27T23:00:00Z', '2027-03-28T22:00:00Z'],
    ['Asia/Shanghai', '2026-10-25', '2026-10-25', '2026-10-24T16:00:00Z', '2026-10-25T16:00:00Z'],
    ['Pacific/Auckland', '2026-09-27', '2026-09-27', '2026-09-26T12:00:00Z', '2026-09-27T11:00:00Z'],
    ['Pacific/Auckland', '2027-04-04', '2027-04-04', '2027-04-03T11:00:00Z', '2027-04-04T12:00:00Z'],
  ])('in %s from %s to %s it opens at %s and closes at %s, to the second', (zone, firstDay, lastDay, opens, closes) => {
    const window = { firstDay, lastDay, zone };
    const campaign = { ...FILED, status: 'filed', proposal: { ...base.proposal, window } };
    const secondBefore = (moment: string) => instantOf(Date.parse(moment) - 1000);
    expect(phaseOf('opening', campaignOf(campaign), secondBefore(opens))).toEqual(wait(1));
    expect(phaseOf('opening', campaignOf(campaign), at(opens))).toEqual({ kind: 'due' });
    const open = campaignOf({ ...campaign, status: 'open', openedAt: opens });
    expect(phaseOf('closing', open, secondBefore(closes))).toEqual(wait(1));
    expect(phaseOf('closing', open, at(closes))).toEqual({ kind: 'due' });
  });
});

it('every status has an answer for every phase', () => {
  for (const status of CAMPAIGN_STATUSES)
    for (const phase of ['filing', 'opening', 'closing', 'settling'] as const)
      expect(phaseOf(phase, campaignOf({ status, ...FILED }), BEGUN).kind).toMatch(/^[a-z-]+$/);
});
