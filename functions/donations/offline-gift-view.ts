import type { OfflineGift } from './offline-gift.ts';
import { paymentOf } from './offline-gift.ts';
import { giftIdOf } from './payment-event.ts';

/** A gift by hand as staff see it; `giftId` once it is in the books. */
export function offlineGiftView(gift: OfflineGift) {
  const { type: _type, merchantId: _merchantId, occurredAt: _occurredAt, ...shown } = gift;
  return { ...shown, giftId: gift.state === 'booked' ? giftIdOf(paymentOf(gift)) : null };
}
