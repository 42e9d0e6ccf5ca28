import { createHash } from 'node:crypto';
import * as z from 'zod';
import { canonicalJson } from '../audit/canonical-json.ts';
import { currencySchema } from '../kernel/money.ts';
import { localDateSchema, timeZoneSchema } from '../kernel/time.ts';
import { CHANGE_SUMS, type ChangeSumName, GIFT_SUMS, type GiftSumName, type ProofSums } from './proof-leaf.ts';
import type { SumNode } from './sum-tree.ts';

export const STATEMENT_VERSION = 'yiqi-day-1';
/** What the first day of a campaign stands after. */
export const NO_PREVIOUS = '0'.repeat(64);

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const whole = z.number().int().min(0);
const giftShape = { gifts: whole, moneyMinor: whole, goodsMinor: whole, matchMinor: whole };
const changeShape = {
  changes: whole,
  moneyBackMinor: whole,
  goodsBackMinor: whole,
  matchAddedMinor: whole,
  matchTakenMinor: whole,
  lumpAddedMinor: whole,
  lumpTakenMinor: whole,
};

/** By which way money came, in the order in which it is shown. Goods came by none of them. */
export const CHANNELS = [
  'wechat-pay',
  'alipay',
  'stripe',
  'other-platform',
  'statement',
  'cash',
  'transfer',
  'directed',
] as const;
export type Channel = (typeof CHANNELS)[number];
const channelSchema = z.strictObject({ gifts: whole, moneyMinor: whole });
/** Gross, from the first day on; channels by which nothing came are left out. */
export const channelsSchema = z.partialRecord(z.enum(CHANNELS), channelSchema);
export type Channels = z.infer<typeof channelsSchema>;

/** What a day's signature is given for: the day's two trees, everything up to and including the day, and the day before. */
export const dayStatementSchema = z.strictObject({
  version: z.literal(STATEMENT_VERSION),
  campaignId: z.string(),
  currency: currencySchema,
  zone: timeZoneSchema,
  day: localDateSchema,
  /** 1 for the first day of the campaign that was signed, without gaps. */
  number: z.number().int().min(1),
  /** SHA-256 of the public key (its DER form) that the signature is checked with. */
  key: hash,
  gifts: z.strictObject({ root: hash, ...giftShape }),
  changes: z.strictObject({ root: hash, ...changeShape }),
  toDate: z.strictObject({ ...giftShape, ...changeShape, channels: channelsSchema }),
  /** The hash of the statement before. */
  previous: hash,
});
export type DayStatement = z.infer<typeof dayStatementSchema>;

export const statementText = (statement: DayStatement): string => canonicalJson(statement);
export const statementHash = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

export const NO_PROOF_SUMS: ProofSums = Object.fromEntries(
  [...GIFT_SUMS, ...CHANGE_SUMS].map((name) => [name, 0]),
) as Record<GiftSumName | ChangeSumName, number>;

/** A day's two roots with what they add up, as the statement says them. */
export type DayRoots = { readonly gifts: SumNode; readonly changes: SumNode };

/** The statement of the day after another, or of the first one. `channels`: everything up to and including the day. */
export function nextStatement(
  about: Pick<DayStatement, 'campaignId' | 'currency' | 'zone' | 'day' | 'key'>,
  before: { readonly statement: DayStatement; readonly hash: string } | undefined,
  roots: DayRoots,
  channels: Channels,
): DayStatement {
  const gifts = named(GIFT_SUMS, roots.gifts.sums);
  const changes = named(CHANGE_SUMS, roots.changes.sums);
  const earlier: ProofSums = before?.statement.toDate ?? NO_PROOF_SUMS;
  const today: ProofSums = { ...gifts, ...changes };
  const sums = Object.fromEntries(
    [...GIFT_SUMS, ...CHANGE_SUMS].map((name) => [name, earlier[name] + today[name]]),
  ) as Record<GiftSumName | ChangeSumName, number>;
  return {
    version: STATEMENT_VERSION,
    ...about,
    number: (before?.statement.number ?? 0) + 1,
    gifts: { root: roots.gifts.hash, ...gifts },
    changes: { root: roots.changes.hash, ...changes },
    toDate: { ...sums, channels },
    previous: before?.hash ?? NO_PREVIOUS,
  };
}

const named = <Name extends string>(names: readonly Name[], sums: readonly number[]) =>
  Object.fromEntries(names.map((name, position) => [name, sums[position] ?? 0])) as Record<Name, number>;

/** What is wrong with a statement after the one before it; empty where it follows. Money that came can only grow. */
export function chainProblems(
  statement: DayStatement,
  before: { readonly statement: DayStatement; readonly hash: string } | undefined,
): string[] {
  const problems: string[] = [];
  const { number, day, previous, toDate, gifts, changes } = statement;
  if (number !== (before?.statement.number ?? 0) + 1) problems.push(`number ${number} does not follow`);
  if (previous !== (before?.hash ?? NO_PREVIOUS)) problems.push('it does not stand after the statement before it');
  if (before !== undefined && day <= before.statement.day) problems.push(`${day} is not after the day before it`);
  const earlier: ProofSums = before?.statement.toDate ?? NO_PROOF_SUMS;
  const today: ProofSums = { ...gifts, ...changes };
  for (const name of [...GIFT_SUMS, ...CHANGE_SUMS])
    if (toDate[name] !== earlier[name] + today[name])
      problems.push(`${name} to date is not the day before and the day`);
  const byChannel = Object.values(toDate.channels).reduce((sum, { moneyMinor }) => sum + moneyMinor, 0);
  if (byChannel !== toDate.moneyMinor) problems.push('the channels do not add up to the money');
  return problems;
}
