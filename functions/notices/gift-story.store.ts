import { readCampaign } from '../campaigns/campaign.store.ts';
import type { DonationEntry } from '../donations/donation-entry.ts';
import { donationIntentSchema, donorContactSchema } from '../donations/donation-intent.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { donorContactKey, everythingOfGift, intentKey } from '../platform/keys.ts';
import { everyItem, type Item, type Table } from '../platform/table.ts';
import { type GiftStory, giftStoryOf } from './gift-story.ts';
import type { LetterInput } from './letter.ts';

/** Reads, consistently, everything that stands under a gift. */
export async function readGiftStory(table: Table, giftId: string): Promise<GiftStory> {
  const items: Item[] = [];
  for await (const item of everyItem(table, everythingOfGift(giftId))) items.push(item);
  return giftStoryOf(items);
}

/** To whom a letter about a gift goes, and what every such letter is written from. */
export type Addressed = { readonly to: string; readonly letter: LetterInput };

/** Who gets a letter about a gift; `undefined` where the donor left no address, or it has been erased or has expired. */
export async function addresseeOf(table: Table, entry: DonationEntry): Promise<Addressed | undefined> {
  const items = await table.getMany([intentKey(entry.orderNo), donorContactKey(entry.orderNo)]);
  const itemOf = (type: string) => items.find((item) => item.type === type);
  const contact = donorContactSchema.optional().parse(itemOf('donor-contact'));
  if (contact?.email === undefined) return undefined;
  const intent = donationIntentSchema.parse(itemOf('donation-intent'));
  const { proposal } = await readCampaign(table, entry.campaignId);
  const organisation = await findOrganisation(table, proposal.organisationId);
  const unit = proposal.units.find(({ id }) => id === entry.unitId);
  return {
    to: contact.email,
    letter: {
      language: intent.language,
      ...(contact.name === undefined || entry.anonymous ? {} : { donorName: contact.name }),
      campaignTitle: proposal.title,
      organisationName: organisation?.name ?? proposal.organisationId,
      amountMinor: entry.amountMinor,
      ...(unit === undefined ? {} : { unitName: unit.name }),
      paidAt: entry.occurredAt,
      zone: entry.zone,
      giftNo: entry.giftId,
      generatedData: proposal.generatedData,
    },
  };
}
