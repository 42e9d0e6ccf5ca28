import { readCampaign } from '../campaigns/campaign.store.ts';
import { donationEntrySchema } from '../donations/donation-entry.ts';
import { donationIntentSchema, donorContactSchema } from '../donations/donation-intent.ts';
import { PermanentError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { matchEntrySchema } from '../matching/match-entry.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { type QueueDefinition, queueFunction } from '../platform/batch.ts';
import { donationEntryKey, donorContactKey, intentKey, matchEntryKey, noticeKey } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type Mail, openMail, type SendMail } from './mail.gateway.ts';
import { type Prepared, sendOnce } from './notice.store.ts';
import { THANK_YOU } from './notice.ts';
import { type NoticeMessage, noticeMessageSchema } from './notice-queue.gateway.ts';
import { renderThankYouMail } from './thank-you-mail.tsx';

export type SendThankYouUse = { readonly table: Table; readonly sendMail: SendMail };

/** Sends the thank-you of one gift, with its match, in the donor's language; never two. */
export async function sendThankYou(message: unknown, use: SendThankYouUse, now: Instant): Promise<void> {
  const notice = noticeMessageSchema.safeParse(message);
  if (!notice.success) throw new PermanentError('not a notice message');
  const key = noticeKey(notice.data.giftId, THANK_YOU);
  const outcome = await sendOnce(use.table, key, THANK_YOU, now, () => prepare(notice.data, use), use.sendMail);
  if (outcome.kind === 'sent') count(METRICS.thankYouSent);
  if (outcome.kind === 'uncertain') count(METRICS.thankYouUncertain);
  log.info('thank-you handled', { giftId: notice.data.giftId, outcome: outcome.kind });
}

async function prepare({ giftId, orderNo, campaignId }: NoticeMessage, use: SendThankYouUse): Promise<Prepared<Mail>> {
  const items = await use.table.getMany([
    donationEntryKey(giftId),
    matchEntryKey(giftId),
    intentKey(orderNo),
    donorContactKey(orderNo),
  ]);
  const itemOf = (type: string) => items.find((item) => item.type === type);
  const entry = donationEntrySchema.parse(itemOf('donation'));
  const match = matchEntrySchema.parse(itemOf('match'));
  const intent = donationIntentSchema.parse(itemOf('donation-intent'));
  const contact = donorContactSchema.optional().parse(itemOf('donor-contact'));
  // Erased or expired meanwhile: there is nobody to thank any more, and nothing failed.
  if (contact?.email === undefined) return { undeliverable: 'the donor left no address, or it has been erased' };
  const campaign = await readCampaign(use.table, campaignId);
  const organisation = await findOrganisation(use.table, campaign.proposal.organisationId);
  const unit = campaign.proposal.units.find(({ id }) => id === entry.unitId);
  const mail = await renderThankYouMail({
    language: intent.language,
    ...(contact.name === undefined || entry.anonymous ? {} : { donorName: contact.name }),
    campaignTitle: campaign.proposal.title,
    organisationName: organisation?.name ?? campaign.proposal.organisationId,
    amountMinor: entry.amountMinor,
    matchMinor: match.matchMinor,
    ...(unit === undefined ? {} : { unitName: unit.name }),
    paidAt: entry.occurredAt,
    zone: entry.zone,
    giftNo: giftId,
    generatedData: campaign.proposal.generatedData,
  });
  return { message: { to: contact.email, ...mail } };
}

export const definition: QueueDefinition<SendThankYouUse> = {
  name: 'send-thank-you',
  open: () => ({ table: openTable(), sendMail: openMail() }),
  handle: sendThankYou,
};
export const handler = queueFunction(definition);
