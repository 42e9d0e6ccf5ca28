import { createHmac, hash, randomBytes } from 'node:crypto';

/** Every kind of id with its prefix, in one table, so that an id in a log says what it is. */
export const ID_PREFIXES = {
  organisation: 'org',
  campaign: 'cmp',
  intent: 'int',
  gift: 'gft',
  pool: 'pool',
  donor: 'dnr',
  statement: 'stm',
  offline: 'off',
  mandate: 'mdt',
  feed: 'fed',
  event: 'evt',
  refund: 'rfd',
  delegation: 'dlg',
  attachment: 'att',
  team: 'tem',
  disclosure: 'pub',
  legacyExercise: 'lgx',
  legacyFile: 'lgf',
  legacyProject: 'lgp',
  receipt: 'rct',
  receiptBatch: 'rcb',
  spending: 'spd',
  beneficiary: 'bnf',
  lot: 'lot',
  goods: 'gds',
  discrepancy: 'dsc',
  payout: 'pyo',
  bankRow: 'bkr',
  assignment: 'asg',
} as const;
export type IdKind = keyof typeof ID_PREFIXES;

// Crockford's base32 in lower case: no i, l, o, u, so that an id can be read out over the telephone.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_LENGTH = 20; // 20 characters of 5 bits: 100 bits, no collision among 10^12 ids worth speaking of

function base32(bytes: Uint8Array, length: number): string {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5 && text.length < length) {
      bits -= 5;
      text += ALPHABET.charAt((buffer >> bits) & 31);
    }
    buffer &= (1 << bits) - 1;
  }
  return text;
}

// Each part is preceded by its length, so that ('ab', 'c') and ('a', 'bc') differ.
const framed = (parts: readonly string[]): string => parts.map((part) => `${part.length}:${part}`).join('');

/** The id of something that a retry could create again: the same parts always give the same id. */
export function derivedId(kind: IdKind, ...parts: readonly string[]): string {
  return `${ID_PREFIXES[kind]}_${base32(hash('sha256', framed(parts), 'buffer'), ID_LENGTH)}`;
}

/** A fresh id for something that only its creator can name, where the caller gave nothing to derive it from. */
export function freshId(kind: IdKind): string {
  return `${ID_PREFIXES[kind]}_${base32(randomBytes(16), ID_LENGTH)}`;
}

/**
 * A donor's id: a keyed hash of who the provider says paid. It lets caps and counts work without keeping the
 * account number, and cannot be recomputed from a leaked table without the key.
 */
export function donorIdOf(key: string, provider: string, payerReference: string): string {
  return `${ID_PREFIXES.donor}_${base32(
    createHmac('sha256', key)
      .update(framed([provider, payerReference]))
      .digest(),
    ID_LENGTH,
  )}`;
}

/** Spreads ids evenly over `count` partitions; the same id always falls into the same one. */
export function shardOf(id: string, count: number): number {
  return hash('sha256', id, 'buffer').readUInt32BE(0) % count;
}

/** A short fingerprint of a list of texts, to recognise a batch that was written before. */
export function fingerprint(parts: readonly string[]): string {
  return base32(hash('sha256', framed(parts), 'buffer'), 26);
}
