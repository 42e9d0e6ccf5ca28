import * as z from 'zod';
import { auditedTable } from '../audit/audited-table.ts';
import { readCampaign } from '../campaigns/campaign.store.ts';
import { openCampaignFiles } from '../closeout/campaign-files.gateway.ts';
import { readDonorKey } from '../donations/merchant-secret.gateway.ts';
import { dutyFactsOf } from '../duties/duty.ts';
import { derivedId } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { openTable } from '../platform/open-table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { type Signing, signDays } from '../proofs/sign-day.store.ts';
import { openSigner } from '../proofs/signing.gateway.ts';
import { listEntries, publishEntry } from './disclosure.store.ts';
import { LONGEST_TEXT } from './disclosure-entry.ts';
import { readDisclosureFigures } from './disclosure-figures.store.ts';
import { findDisclosureSettings } from './disclosure-settings.store.ts';
import { draftedText } from './entry-words.ts';

const inputSchema = z.object({
  campaignId: z.string(),
  kind: z.enum(['progress', 'full', 'surplus']),
  /** What somebody has written; of the figures alone where it is left out. */
  text: z.string().trim().min(2).max(LONGEST_TEXT).optional(),
  /** Who answers for it; else whom the organisation has named for what is published by itself, or the organisation. */
  responsible: z.string().trim().min(1).max(80).optional(),
});
type Input = z.infer<typeof inputSchema>;
type Outcome =
  | { readonly kind: 'published' | 'already-published'; readonly number: number }
  | { readonly kind: 'not-published'; readonly reason: string };

/**
 * Publishes what a workflow has come to, once for each kind: what is over is signed first, so that the figures are those of
 * today. What cannot be published (nothing was ever signed) is an outcome, and holds up no closeout.
 */
async function publishDisclosure({ campaignId, kind, ...said }: Input, use: Signing, now: Instant): Promise<Outcome> {
  const campaign = await readCampaign(use.table, campaignId);
  const { organisationId, language } = campaign.proposal;
  await signDays(use, { campaignId, facts: dutyFactsOf(campaign) }, now);
  const [figures, settings, organisation] = await Promise.all([
    readDisclosureFigures(use.table, campaign, now),
    findDisclosureSettings(use.table, organisationId),
    findOrganisation(use.table, organisationId),
  ]);
  if (figures === undefined) return { kind: 'not-published', reason: 'nothing-signed-yet' };
  const entryId = derivedId('disclosure', campaignId, 'workflow', kind);
  // The same step again, perhaps in another night: what the first one published stands.
  const published = (await listEntries(use.table, campaignId)).find((entry) => entry.entryId === entryId);
  if (published !== undefined) return { kind: 'already-published', number: published.number };
  const responsible = said.responsible ?? settings?.responsible ?? organisation?.name ?? organisationId;
  const table = auditedTable(use.table, { organisationId, by: 'workflow', action: `publishes ${kind}`, now });
  const outcome = await publishEntry(
    { ...use, table },
    campaign,
    { kind, text: said.text ?? draftedText(figures, language), responsible },
    figures,
    { entryId, by: 'workflow', now },
  );
  if (outcome.kind === 'refused') return { kind: 'not-published', reason: outcome.code };
  return { kind: outcome.kind, number: outcome.entry.number };
}

export const definition: TaskDefinition<Input, Signing> = {
  name: 'publish-disclosure',
  input: inputSchema,
  open: () => ({ table: openTable(), files: openCampaignFiles(), readDonorKey, signer: openSigner() }),
  handle: publishDisclosure,
};
export const handler = taskFunction(definition);
