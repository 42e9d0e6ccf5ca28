import type { DonationEntry } from '../donations/donation-entry.ts';

/**
 * By which way a gift came, as the platform's closeout report asks for it: `public` online, `enterprise` by a donation
 * agreement that says what it is for, `offline` by transfer, cash or an imported statement, `goods` at their assessed value.
 * The sponsors' match and the bank's interest are no gifts, and stand beside these.
 */
export const CHANNELS = ['public', 'enterprise', 'offline', 'goods'] as const;
export type Channel = (typeof CHANNELS)[number];

type Came = Pick<DonationEntry, 'giftId' | 'provider' | 'inKind'>;

/** `directed`: ids of the gifts that enterprises gave by agreement; the entry itself does not say so. */
export function channelOf({ giftId, provider, inKind }: Came, directed: ReadonlySet<string>): Channel {
  if (inKind === true) return 'goods';
  if (directed.has(giftId)) return 'enterprise';
  return provider === 'offline' || provider === 'statement' ? 'offline' : 'public';
}
