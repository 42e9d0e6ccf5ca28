import { type CampaignFiles, openCampaignFiles } from '../closeout/campaign-files.gateway.ts';
import { readDonorKey } from '../donations/merchant-secret.gateway.ts';
import { calendarsOf } from '../duties/calendar.store.ts';
import { reasonOf } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { type DueRun, type JobDefinition, jobFunction } from '../platform/job.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type Signing, signDays } from './sign-day.store.ts';
import { openSigner, type Signer } from './signing.gateway.ts';

type Use = {
  readonly table: Table;
  readonly files: CampaignFiles;
  readonly readDonorKey: () => Promise<string>;
  readonly signer: Signer;
};
type Outcome = { readonly kind: 'signed'; readonly days: number; readonly failed: number };

/**
 * Signs what is over of every campaign. One campaign that cannot be signed rings (docs/runbook.md#day-not-signed) and holds up
 * none of the others; the next run takes it up where it stands.
 */
async function signEveryCampaign(_run: DueRun, use: Signing, now: Instant): Promise<Outcome> {
  let days = 0;
  let failed = 0;
  for await (const { campaignId, facts } of calendarsOf(use.table)) {
    if (facts.openedOn === undefined) continue;
    try {
      days += (await signDays(use, { campaignId, facts }, now)).signed;
    } catch (error) {
      failed += 1;
      log.error('day not signed', { campaignId, reason: reasonOf(error) });
      count(METRICS.dayNotSigned);
    }
  }
  return { kind: 'signed', days, failed };
}

export const definition: JobDefinition<Use> = {
  name: 'sign-day',
  open: () => ({ table: openTable(), files: openCampaignFiles(), readDonorKey, signer: openSigner() }),
  handle: signEveryCampaign,
};
export const handler = jobFunction(definition);
