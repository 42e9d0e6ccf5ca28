import * as z from 'zod';
import { PROVIDERS, type Provider } from '../donations/payment-event.ts';

const columnSchema = z.string().trim().min(1).max(100);
const valuesSchema = z.array(z.string().max(40)).min(1).max(20);

/**
 * What a row of an account at the bank is. `gift`: money of a donor. `payout`: what a payment provider has paid out to us. `fee`,
 * `interest`: the bank's own. `own-transfer`: between accounts of ours. `outgoing`: any other money that left. `other`: anything else
 * that somebody has named. `unnamed`: money that came and of which nobody has said what it is.
 */
export const BANK_ROW_KINDS = [
  'gift',
  'payout',
  'outgoing',
  'fee',
  'interest',
  'own-transfer',
  'other',
  'unnamed',
] as const;
export const bankRowKindSchema = z.enum(BANK_ROW_KINDS);
export type BankRowKind = z.infer<typeof bankRowKindSchema>;

/** Kinds that words can tell: what is a gift and what left is told by the columns. */
const WORDED_KINDS = ['payout', 'fee', 'interest', 'own-transfer', 'other'] as const;

/** How the rows of an account at the bank are read. */
export const bankTermsSchema = z.strictObject({
  /** Whether a row came or left: by what a column says, by a second column for amounts that left, or by the sign of the amount. */
  direction: z.discriminatedUnion('by', [
    z.strictObject({ by: z.literal('values'), column: columnSchema, incoming: valuesSchema, outgoing: valuesSchema }),
    z.strictObject({ by: z.literal('column'), column: columnSchema }),
    z.strictObject({ by: z.literal('sign') }),
  ]),
  /** The balance after each row: then the file must add up from its first row to its last, in either order. */
  balance: columnSchema.optional(),
  /** Words in the other side's name or the remark by which a row is no gift; the first rule that fits says what it is. */
  kinds: z
    .array(
      z.strictObject({
        kind: z.enum(WORDED_KINDS),
        words: z.array(z.string().trim().min(2).max(40)).min(1).max(20),
        /** Of a payout: who has paid it out. */
        provider: z.enum(PROVIDERS).optional(),
      }),
    )
    .max(20)
    .default([]),
});
export type BankTerms = z.infer<typeof bankTermsSchema>;

/**
 * What payment providers are called where they pay out to a bank account: their companies' names, as they stand in the other side's
 * name or the remark. WeChat Pay's is Tenpay (财付通).
 */
export const PROVIDER_NAMES = {
  'wechat-pay': ['财付通', '微信支付', 'tenpay'],
  alipay: ['支付宝', 'alipay'],
  stripe: ['stripe'],
} as const satisfies Partial<Record<Provider, readonly string[]>>;

type Said = { readonly counterparty?: string | undefined; readonly remark?: string | undefined };
const textOf = ({ counterparty, remark }: Said): string => `${counterparty ?? ''}\n${remark ?? ''}`.toLowerCase();

/** The payment provider that a row names; `undefined` where it names none, or two. */
export function providerNamed(said: Said): Provider | undefined {
  const named = providersNamed(said);
  return named.length === 1 ? named[0] : undefined;
}

function providersNamed(said: Said): readonly Provider[] {
  const text = textOf(said);
  return (Object.keys(PROVIDER_NAMES) as (keyof typeof PROVIDER_NAMES)[]).filter((provider) =>
    PROVIDER_NAMES[provider].some((name) => text.includes(name)),
  );
}

/**
 * What an incoming or outgoing row is by the words of its mapping. Money that a payment provider's company has sent is never taken for
 * a gift: the gifts in it are booked one by one from the provider, and would be counted twice.
 */
export function kindByWords(
  said: Said,
  direction: 'in' | 'out',
  { kinds }: Pick<BankTerms, 'kinds'>,
): { readonly kind: BankRowKind; readonly provider?: Provider } | undefined {
  const text = textOf(said);
  const rule = kinds.find(({ words }) => words.some((word) => text.includes(word.toLowerCase())));
  if (rule !== undefined && (rule.kind !== 'payout' || direction === 'in')) {
    const provider = rule.kind === 'payout' ? (rule.provider ?? providerNamed(said)) : undefined;
    return { kind: rule.kind, ...(provider === undefined ? {} : { provider }) };
  }
  if (direction === 'out') return { kind: 'outgoing' };
  const [sender, ...others] = providersNamed({ counterparty: said.counterparty });
  if (sender === undefined) return undefined;
  return { kind: 'payout', ...(others.length > 0 ? {} : { provider: sender }) };
}
