import { createHmac } from 'node:crypto';

/** Upper and lower case and blanks around make no other mailbox in practice: who complained as `A@x.org` is not written to as `a@x.org`. */
const normalised = (address: string): string => address.trim().normalize('NFKC').toLowerCase();

/**
 * What stands for an address wherever something is remembered of it: a keyed hash, so that nobody reads addresses out of the
 * table or tries a list of them against it without the key. 32 hexadecimal digits are 128 bits.
 */
export const contactHashOf = (key: string, address: string): string =>
  createHmac('sha256', key)
    .update(`contact:${normalised(address)}`)
    .digest('hex')
    .slice(0, 32);
