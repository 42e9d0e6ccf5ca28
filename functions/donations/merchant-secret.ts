import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import { jsonOf } from '../kernel/text.ts';

/** The sections of the merchant secret, one for each provider with keys; each provider's file has the schema of its own. */
export const MERCHANT_SECTIONS = ['wechatPay', 'alipay', 'stripe', 'standardWebhook'] as const;
export type MerchantSection = (typeof MERCHANT_SECTIONS)[number];

/** Accounts of ours at one provider. */
const MOST_ACCOUNTS = 20;

/**
 * One provider's accounts out of the text of the merchant secret (docs/deploy.md, 3); `undefined` where the secret is
 * right but has no such section: then this door is closed. Only this section is looked at, so that a mistake in another
 * provider's never closes this one. Throws PermanentError naming the field that is wrong, never what it holds: the
 * message goes to a log.
 */
export function merchantSectionOf<Account>(
  secretText: string,
  section: MerchantSection,
  account: z.ZodType<Account>,
): readonly Account[] | undefined {
  const json = jsonOf(secretText);
  if (json === undefined) throw new PermanentError('the merchant secret is not JSON');
  const sections = z.record(z.string(), z.unknown()).safeParse(json.value);
  if (!sections.success) throw new PermanentError('the merchant secret is wrong at: (whole)');
  const unknown = Object.keys(sections.data).filter((name) => !MERCHANT_SECTIONS.some((known) => known === name));
  // A misspelt section would otherwise close its door in silence.
  if (unknown.length > 0)
    throw new PermanentError(`the merchant secret has unknown sections; known are ${MERCHANT_SECTIONS.join(', ')}`);
  if (sections.data[section] === undefined) return undefined;
  const parsed = z.array(account).min(1).max(MOST_ACCOUNTS).safeParse(sections.data[section]);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => [section, ...issue.path.map(String)].join('.'));
  throw new PermanentError(`the merchant secret is wrong at: ${fields.join(', ')}`);
}

/** Throws PermanentError where two accounts have the same identity. */
export function refuseTwins(section: MerchantSection, identities: readonly string[]): void {
  if (new Set(identities).size !== identities.length)
    throw new PermanentError(`the merchant secret names an account twice at: ${section}`);
}
