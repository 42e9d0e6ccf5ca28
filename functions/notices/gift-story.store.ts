import { readCampaign } from '../campaigns/campaign.store.ts';
import type { DonationEntry } from '../donations/donation-entry.ts';
import { type DonorContact, donationIntentSchema, donorContactSchema } from '../donations/donation-intent.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { donorContactKey, everythingOfGift, intentKey } from '../platform/keys.ts';
import { everyItem, type Item, type Table } from '../platform/table.ts';
import { type GiftStory, giftStoryOf } from './gift-story.ts';
import type { LetterInput } from './letter.ts';
import type { LetterKind } from './letter-kind.ts';
import { readManner } from './letter-template.store.ts';
import type { NoticeSettingsText } from './notice-settings.ts';

/** Reads, consistently, everything that stands under a gift. */
export async function readGiftStory(table: Table, giftId: string): Promise<GiftStory> {
  const items: Item[] = [];
  for await (const item of everyItem(table, everythingOfGift(giftId))) items.push(item);
  return giftStoryOf(items);
}

/** Whom a letter about a gift goes to, how their organisation writes, and what every such letter is written from. */
export type Addressed = {
  readonly contact: DonorContact;
  readonly organisationId: string;
  readonly settings: NoticeSettingsText;
  readonly publicAddress: string | undefined;
  readonly letter: LetterInput;
};

/** Who gets a letter about a gift; `undefined` where the donor left no contact, or it has been erased or has expired. */
export async function addresseeOf(
  table: Table,
  entry: DonationEntry,
  kind: LetterKind,
): Promise<Addressed | undefined> {
  const items = await table.getMany([intentKey(entry.orderNo), donorContactKey(entry.orderNo)]);
  const itemOf = (type: string) => items.find((item) => item.type === type);
  const contact = donorContactSchema.optional().parse(itemOf('donor-contact'));
  if (contact === undefined) return undefined;
  const { language } = donationIntentSchema.parse(itemOf('donation-intent'));
  const { proposal } = await readCampaign(table, entry.campaignId);
  const { organisationId } = proposal;
  const organisation = await findOrganisation(table, organisationId);
  const path = organisation?.path ?? [organisationId];
  const { settings, template, publicAddress } = await readManner(table, path, kind, language);
  const unit = proposal.units.find(({ id }) => id === entry.unitId);
  return {
    contact,
    organisationId,
    settings,
    publicAddress,
    letter: {
      language,
      ...(contact.name === undefined || entry.anonymous ? {} : { donorName: contact.name }),
      campaignTitle: proposal.title,
      organisationName: organisation?.name ?? organisationId,
      amountMinor: entry.amountMinor,
      ...(unit === undefined ? {} : { unitName: unit.name }),
      paidAt: entry.occurredAt,
      zone: entry.zone,
      giftNo: entry.giftId,
      generatedData: proposal.generatedData,
      ...(template === undefined ? {} : { template }),
      linkHosts: settings.linkHosts,
    },
  };
}
