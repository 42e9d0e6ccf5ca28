import type { DonationEntry } from '../donations/donation-entry.ts';
import {
  type DonationIntent,
  type DonorContact,
  donationIntentSchema,
  donorContactSchema,
} from '../donations/donation-intent.ts';
import { offlineGiftSchema } from '../donations/offline-gift.ts';
import { donorContactKey, intentKey, type Key, offlineGiftKey, receiptRequestKey } from '../platform/keys.ts';
import { addressOf, type Item, readMany, type Table } from '../platform/table.ts';
import { type Giver, giverOf } from './giver.ts';
import { type ReceiptRequest, receiptRequestSchema } from './receipt-request.ts';

/** Who gave each of these gifts, by what stands with their orders: names that donors left, what they asked for, and goods. */
export async function readGivers(table: Table, entries: readonly DonationEntry[]): Promise<ReadonlyMap<string, Giver>> {
  const keys = entries.flatMap((entry) => [
    intentKey(entry.orderNo),
    donorContactKey(entry.orderNo),
    receiptRequestKey(entry.orderNo),
    ...(entry.inKind === true ? [offlineGiftKey(entry.paymentId)] : []),
  ]);
  // Charges of one mandate share their order, and a batch read takes no key twice.
  const unique = [...new Map(keys.map((key) => [addressOf(key), key])).values()];
  const items = new Map((await readMany(table, unique)).map((item) => [addressOf(item), item]));
  const at = (key: Key): Item | undefined => items.get(addressOf(key));
  return new Map(
    entries.map((entry) => {
      const intent: DonationIntent | undefined = donationIntentSchema.optional().parse(at(intentKey(entry.orderNo)));
      const contact: DonorContact | undefined = donorContactSchema.optional().parse(at(donorContactKey(entry.orderNo)));
      const request: ReceiptRequest | undefined = receiptRequestSchema
        .optional()
        .parse(at(receiptRequestKey(entry.orderNo)));
      const offline = entry.inKind === true ? at(offlineGiftKey(entry.paymentId)) : undefined;
      const { goods } = offlineGiftSchema.optional().parse(offline) ?? {};
      return [entry.giftId, giverOf({ intent, contact, request, goods })];
    }),
  );
}
