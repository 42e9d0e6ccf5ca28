import { createSecretKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import { organisationIdSchema } from '../organisations/organisation.ts';
import { merchantSectionOf, refuseTwins } from './merchant-secret.ts';

/** One account of ours at Stripe, as far as its notifications are concerned. */
export type StripeAccount = {
  readonly accountId: string;
  /** Whether its notifications are about real money; one of the other mode is refused. */
  readonly livemode: boolean;
};

/** A secret of a webhook endpoint, ready to verify with, and whose notifications it signs. */
export type StripeSecret = { readonly key: KeyObject; readonly account: StripeAccount };
export type StripeSecrets = readonly StripeSecret[];

/** Account -> the key by which we ask Stripe for something in its name. */
export type StripeApiKeys = ReadonlyMap<string, string>;

/**
 * Every secret may have to be tried on every notification: twenty SHA-256 over half a megabyte are some 20 ms of a core,
 * which is what a stranger can make us spend on one request. Ten accounts that all roll their secret at once fit.
 */
const MOST_SECRETS = 20;

// White space in a secret is a line break that was pasted with it: every notification would be refused as forged.
const endpointSecret = z.string().regex(/^whsec_[A-Za-z0-9+/=_-]{16,128}$/);

/** One account in the merchant secret; docs/providers.md shows an example. */
const accountSchema = z.strictObject({
  accountId: z.string().regex(/^acct_[A-Za-z0-9]{8,40}$/),
  livemode: z.boolean(),
  /** Whose account it is: who sees what it took in all. */
  organisationId: organisationIdSchema.optional(),
  /** Nothing but gifts is paid to it: a payment that nobody here knows is then missing here, and else somebody else's. */
  giftsOnly: z.boolean().optional(),
  /**
   * Ends subscriptions whose donor has cancelled, gives gifts back, and reads the statement: a restricted key that may write
   * subscriptions and refunds, and read charges and balance transactions.
   */
  apiKey: z
    .string()
    .regex(/^(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,240}$/)
    .optional(),
  /** One for each endpoint that sends here; while one is rolled, the old and the new. */
  endpointSecrets: z.array(endpointSecret).min(1).max(MOST_SECRETS),
});

/**
 * The secrets of all accounts out of the text of the merchant secret; none where the door is closed, and then every
 * notification is refused. Throws PermanentError naming the field that is wrong, never what it holds.
 */
export function parseStripeSecrets(merchantSecretText: string): StripeSecrets {
  const accounts = accountsIn(merchantSecretText);
  const secrets = accounts.flatMap(({ accountId, livemode, endpointSecrets }) =>
    endpointSecrets.map((text) => ({ text, account: { accountId, livemode } })),
  );
  if (secrets.length > MOST_SECRETS)
    throw new PermanentError(`the merchant secret has more than ${MOST_SECRETS} endpoint secrets at: stripe`);
  // A secret tells which account sent a notification, so it cannot be of two.
  if (new Set(secrets.map(({ text }) => text)).size !== secrets.length)
    throw new PermanentError('the merchant secret has an endpoint secret twice at: stripe');
  // Stripe's key is the whole text with its prefix, and not what base64 would make of it.
  return secrets.map(({ text, account }) => ({ key: createSecretKey(text, 'utf8'), account }));
}

/**
 * The API keys of all accounts that have one. Throws PermanentError, as {@link parseStripeSecrets} does: also for a key of the other
 * mode, and for one account with keys of both, because a mandate knows its account only.
 */
export function parseStripeApiKeys(merchantSecretText: string): StripeApiKeys {
  const keys = new Map<string, string>();
  for (const [position, { accountId, livemode, apiKey }] of accountsIn(merchantSecretText).entries()) {
    if (apiKey === undefined) continue;
    if (apiKey.split('_')[1] !== (livemode ? 'live' : 'test'))
      throw new PermanentError(`the merchant secret has an API key of the other mode at: stripe.${position}.apiKey`);
    if (keys.has(accountId)) throw new PermanentError('the merchant secret has API keys of both modes at: stripe');
    keys.set(accountId, apiKey);
  }
  return keys;
}

/** An account whose statement is held against the books. */
export type StatedStripeAccount = {
  readonly accountId: string;
  /** Absent where nobody may ask for its statement: it is brought by a person. */
  readonly apiKey?: string;
  readonly organisationId?: string;
  readonly giftsOnly: boolean;
};

/** Each account once, with the mode that has a key where one has; throws PermanentError as {@link parseStripeApiKeys} does. */
export function parseStatedStripeAccounts(merchantSecretText: string): readonly StatedStripeAccount[] {
  const keys = parseStripeApiKeys(merchantSecretText);
  const accounts = new Map<string, StatedStripeAccount>();
  for (const { accountId, apiKey, organisationId, giftsOnly = false } of accountsIn(merchantSecretText)) {
    if (accounts.has(accountId) && apiKey === undefined) continue;
    const key = keys.get(accountId);
    accounts.set(accountId, {
      accountId,
      ...(key === undefined ? {} : { apiKey: key }),
      ...(organisationId === undefined ? {} : { organisationId }),
      giftsOnly,
    });
  }
  return [...accounts.values()];
}

function accountsIn(merchantSecretText: string): readonly z.infer<typeof accountSchema>[] {
  const accounts = merchantSectionOf(merchantSecretText, 'stripe', accountSchema) ?? [];
  // An account's test mode is an account of its own here: other secrets, and other money.
  refuseTwins(
    'stripe',
    accounts.map(({ accountId, livemode }) => `${accountId} ${livemode}`),
  );
  return accounts;
}
