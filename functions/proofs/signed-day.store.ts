import * as z from 'zod';
import { TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { instantSchema } from '../kernel/time.ts';
import {
  proofKeyKey,
  proofKeys,
  signedDayKey,
  signedDaysOf,
  signedSpanKey,
  signedSpansFrom,
} from '../platform/keys.ts';
import { everyItem, type Table, type TransactWrite } from '../platform/table.ts';
import { type DayStatement, dayStatementSchema, statementHash, statementText } from './day-statement.ts';
import { type ProofKey, proofKeySchema } from './gift-proof.ts';

const whole = z.number().int().min(0);
const signedDayItemSchema = z.object({
  type: z.literal('signed-day'),
  campaignId: z.string(),
  number: z.number().int().min(1),
  /** The exact text that was signed. */
  statement: z.string(),
  signature: z.string(),
  signedAt: instantSchema,
  /** The last gift and the last change that are in it or in a day before it. */
  lastGift: whole,
  lastChange: whole,
});

/** One signed day of a campaign. */
export type SignedDay = {
  readonly statement: DayStatement;
  readonly text: string;
  readonly hash: string;
  readonly signature: string;
  readonly signedAt: Instant;
  readonly lastGift: number;
  readonly lastChange: number;
};

function signedDayOf(item: unknown): SignedDay {
  const { statement: text, signature, signedAt, lastGift, lastChange } = signedDayItemSchema.parse(item);
  const statement = dayStatementSchema.parse(JSON.parse(text));
  return { statement, text, hash: statementHash(text), signature, signedAt, lastGift, lastChange };
}

/** The last day that was signed; `undefined` before the first. */
export async function lastSignedDay(table: Table, campaignId: string): Promise<SignedDay | undefined> {
  const { items } = await table.query(signedDaysOf(campaignId), { descending: true, limit: 1 });
  return items[0] === undefined ? undefined : signedDayOf(items[0]);
}

/** Signed days in order from a number on, at most `limit`, and whether there are more. */
export async function listSignedDays(table: Table, campaignId: string, from: number, limit: number) {
  const page = await table.query(signedDaysOf(campaignId, from), { limit });
  return { days: page.items.map(signedDayOf), hasMore: page.cursor !== undefined };
}

/** The day that holds a gift, or a change, by its number; `undefined` where none that was signed does. */
export async function findDayOf(
  table: Table,
  campaignId: string,
  of: 'GIFTS' | 'CHANGES',
  number: number,
): Promise<SignedDay | undefined> {
  const { items } = await table.query(signedSpansFrom(campaignId, of, number), { limit: 1 });
  if (items[0] === undefined) return undefined;
  const item = await table.get(signedDayKey(campaignId, Number(items[0]['day'])));
  return item === undefined ? undefined : signedDayOf(item);
}

/** Keeps a signed day, once: `already-signed` where another run was faster with this number. Throws TransientError where the store was busy. */
export async function keepSignedDay(
  table: Table,
  { statement, signature, signedAt, lastGift, lastChange }: Omit<SignedDay, 'text' | 'hash'>,
): Promise<'kept' | 'already-signed'> {
  const { campaignId, number, gifts, changes } = statement;
  const day = { type: 'signed-day', campaignId, number, signature, signedAt, lastGift, lastChange };
  const span = (of: 'GIFTS' | 'CHANGES', last: number): TransactWrite => ({
    put: { ...signedSpanKey(campaignId, of, last), type: 'signed-span', day: number },
    when: { absent: true },
  });
  const outcome = await table.transact([
    {
      put: { ...signedDayKey(campaignId, number), ...day, statement: statementText(statement) },
      when: { absent: true },
    },
    ...(gifts.gifts === 0 ? [] : [span('GIFTS', lastGift)]),
    ...(changes.changes === 0 ? [] : [span('CHANGES', lastChange)]),
  ]);
  if (outcome.kind === 'committed') return 'kept';
  if (outcome.reasons.includes('condition-failed')) return 'already-signed';
  throw new TransientError(`${statement.day} could not be kept: ${outcome.reasons.join(', ')}`);
}

/** Publishes a public key, once. It is never taken back: what it has signed is checked with it for ever. */
export async function keepProofKey(table: Table, key: ProofKey): Promise<void> {
  await table.write({ put: { ...proofKeyKey(key.key), type: 'proof-key', ...key }, when: { absent: true } });
}

export async function listProofKeys(table: Table): Promise<ProofKey[]> {
  const keys: ProofKey[] = [];
  for await (const { key, publicKey, since } of everyItem(table, proofKeys))
    keys.push(proofKeySchema.parse({ key, publicKey, since }));
  return keys;
}
