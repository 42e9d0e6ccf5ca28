import { describe, expect, it } from 'vitest';
import { moveCampaign, readCampaign, transitionsOf } from '../../functions/campaigns/campaign.store.ts';
import type { Campaign } from '../../functions/campaigns/campaign.ts';
import {
  CAMPAIGN_STATUSES,
  CAMPAIGN_STEPS,
  type CampaignStatus,
  illegalStepReason,
  isLegalStep,
} from '../../functions/campaigns/campaign-state.ts';
import { campaignTermsSchema } from '../../functions/campaigns/campaign-terms.ts';
import { TransientError } from '../../functions/kernel/errors.ts';
import { instantOf, localDateSchema } from '../../functions/kernel/time.ts';
import { campaignKey } from '../../functions/platform/keys.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { CAMPAIGN_ID, putCampaign } from '../donations/open-campaign.ts';

const NOW = instantOf('2026-09-07T00:00:00+08:00');
const STEP = { by: 'workflow', now: NOW };
/** With the papers that opening needs, and that every other step leaves alone. */
const FILED = {
  filing: {
    number: '51170020260001',
    filedOn: localDateSchema.parse('2026-08-20'),
    authority: '达州市民政局',
    recordedBy: 'manager',
    recordedAt: NOW,
  },
};
const putFiled = async (table: Table, status: string): Promise<Campaign> => {
  const campaign = { ...(await putCampaign(table, status)), ...FILED };
  await table.write({ put: { ...campaignKey(CAMPAIGN_ID), ...campaign } });
  return campaign;
};

/** Written here a second time, so that a step added by mistake is noticed. */
const LEGAL: readonly (readonly [CampaignStatus, CampaignStatus])[] = [
  ['draft', 'submitted'],
  ['draft', 'withdrawn'],
  ['submitted', 'awaiting-approval'],
  ['submitted', 'returned'],
  ['awaiting-approval', 'approved'],
  ['awaiting-approval', 'returned'],
  ['awaiting-approval', 'rejected'],
  ['returned', 'submitted'],
  ['returned', 'withdrawn'],
  ['approved', 'filed'],
  ['approved', 'open'],
  ['approved', 'cancelled'],
  ['filed', 'open'],
  ['filed', 'cancelled'],
  ['open', 'paused'],
  ['open', 'closed'],
  ['open', 'cancelled'],
  ['paused', 'open'],
  ['paused', 'closed'],
  ['paused', 'cancelled'],
  ['cancelled', 'finalised'],
  ['closed', 'finalised'],
  ['finalised', 'reported'],
  ['reported', 'archived'],
];
const key = (from: string, to: string): string => `${from} -> ${to}`;
const LEGAL_KEYS = new Set(LEGAL.map(([from, to]) => key(from, to)));
const ALL_STEPS = CAMPAIGN_STATUSES.flatMap((from) => CAMPAIGN_STATUSES.map((to) => ({ from, to })));
const ILLEGAL = ALL_STEPS.filter(({ from, to }) => from !== to && !LEGAL_KEYS.has(key(from, to)));

describe('the steps of a campaign', () => {
  it('are these and no others', () => {
    const found = ALL_STEPS.filter(({ from, to }) => isLegalStep(from, to)).map(({ from, to }) => key(from, to));
    expect(found.sort()).toEqual([...LEGAL_KEYS].sort());
  });

  it('lead from a draft to the archive, through every state', () => {
    const reached = new Set<CampaignStatus>(['draft']);
    for (const status of reached) for (const next of CAMPAIGN_STEPS[status]) reached.add(next);
    expect([...reached].sort()).toEqual([...CAMPAIGN_STATUSES].sort());
  });

  it.each(LEGAL)('from %s to %s is taken, with its line in the history', async (from, to) => {
    const table = memoryTable();
    const campaign = await putFiled(table, from);
    expect(await moveCampaign(table, campaign, to, { ...STEP, reason: 'a reason' })).toEqual({ kind: 'moved' });
    expect(await readCampaign(table, CAMPAIGN_ID)).toMatchObject({ status: to, version: campaign.version + 1 });
    expect(await transitionsOf(table, CAMPAIGN_ID)).toEqual([
      {
        type: 'transition',
        campaignId: CAMPAIGN_ID,
        number: campaign.version + 1,
        from,
        to,
        at: NOW,
        by: 'workflow',
        reason: 'a reason',
      },
    ]);
  });

  it.each(ILLEGAL)(
    'from $from to $to is refused with what is possible instead, and changes nothing',
    async ({ from, to }) => {
      const table = memoryTable();
      const campaign = await putCampaign(table, from);
      const before = table.changes.length;
      const outcome = await moveCampaign(table, campaign, to, STEP);
      expect(outcome).toMatchObject({ kind: 'refused', code: 'illegal-step', message: illegalStepReason(from, to) });
      expect(table.changes.length).toBe(before);
      const possible = LEGAL.filter(([start]) => start === from).map(([, next]) => next);
      for (const next of possible) expect(illegalStepReason(from, to)).toContain(next);
      if (possible.length === 0) expect(illegalStepReason(from, to)).toContain('nothing else any more');
    },
  );

  it.each(CAMPAIGN_STATUSES)('to where it is already, %s, changes nothing', async (status) => {
    const table = memoryTable();
    const campaign = await putCampaign(table, status);
    const before = table.changes.length;
    expect(await moveCampaign(table, campaign, status, STEP)).toEqual({ kind: 'already-there' });
    expect(table.changes.length).toBe(before);
  });

  it('is asked for again when somebody else has changed the campaign meanwhile', async () => {
    const table = memoryTable();
    const campaign = await putCampaign(table, 'awaiting-approval');
    await moveCampaign(table, campaign, 'returned', STEP);
    await expect(moveCampaign(table, campaign, 'approved', STEP)).rejects.toBeInstanceOf(TransientError);
    expect(await readCampaign(table, CAMPAIGN_ID)).toMatchObject({ status: 'returned' });
  });

  it('to open brings the full pool with it in one transaction, and never a second one', async () => {
    const table = memoryTable();
    const campaign = await putFiled(table, 'approved');
    await moveCampaign(table, campaign, 'open', STEP);
    const pools = table.everything().filter(({ type }) => type === 'pool');
    expect(pools).toMatchObject([{ poolMinor: 10_000_000, remainingMinor: 10_000_000, sequence: 0 }]);
    // Somebody sets the campaign back by hand: the pool with its money is not replaced by a full one.
    await table.write({ update: campaignKey(CAMPAIGN_ID), set: { status: 'approved' } });
    const setBack = await readCampaign(table, CAMPAIGN_ID);
    await expect(moveCampaign(table, setBack, 'open', STEP)).rejects.toBeInstanceOf(TransientError);
  });

  it('to open after a pause keeps the pool as it is, and the moment of the first opening', async () => {
    const table = memoryTable();
    await moveCampaign(table, await putFiled(table, 'filed'), 'open', STEP);
    await moveCampaign(table, await readCampaign(table, CAMPAIGN_ID), 'paused', STEP);
    const pools = table.everything().filter(({ type }) => type === 'pool');
    const later = { by: 'manager', now: instantOf('2026-09-08T00:00:00+08:00') };
    expect(await moveCampaign(table, await readCampaign(table, CAMPAIGN_ID), 'open', later)).toEqual({ kind: 'moved' });
    expect(table.everything().filter(({ type }) => type === 'pool')).toEqual(pools);
    expect(await readCampaign(table, CAMPAIGN_ID)).toMatchObject({ openedAt: NOW });
  });

  it.each([
    ['approved', undefined, false],
    ['filed', undefined, false],
    ['open', NOW, true],
    ['paused', NOW, true],
    ['closed', undefined, true],
    ['cancelled', undefined, false],
    ['cancelled', NOW, true],
    ['archived', undefined, true],
  ] as const)('a campaign that is %s and was opened at %s has books: %s', async (status, openedAt, hasBooks) => {
    const table = memoryTable();
    const campaign = await putCampaign(table, status);
    expect(campaignTermsSchema.parse({ ...campaign, openedAt })).toMatchObject({ hasOpened: hasBooks });
  });
});
