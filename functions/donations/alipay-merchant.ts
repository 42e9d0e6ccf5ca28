import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { organisationIdSchema } from '../organisations/organisation.ts';
import { rsaKey } from './merchant-keys.ts';
import { merchantSectionOf, refuseTwins } from './merchant-secret.ts';

/** One application of ours at Alipay, its keys parsed once. */
export type AlipayAccount = {
  /** Whose account it is, where the secret says so. */
  readonly organisationId?: string;
  /** Where Alipay tells of orders that are made here; without it none are. */
  readonly notifyUrl?: string;
  readonly appId: string;
  /** The account that is paid: its 16 digits begin with 2088. */
  readonly sellerId: string;
  /** Signs our own requests. */
  readonly appPrivateKey: KeyObject;
  /** Verify what Alipay sends. Several at once: while keys are changed, the old and the new one. */
  readonly alipayPublicKeys: readonly KeyObject[];
};

/** All accounts of ours by application id. A Map, so that `__proto__` is an unknown application like any other. */
export type AlipayAccounts = ReadonlyMap<string, AlipayAccount>;

const accountSchema = z.strictObject({
  /** Whose account it is; campaigns of this organisation are paid to it. Left out: of every organisation that has none. */
  organisationId: organisationIdSchema.optional(),
  /** The address of POST /webhooks/alipay. Left out: orders are made at Alipay by somebody else. */
  notifyUrl: z
    .url({ protocol: /^https?$/ })
    .max(255)
    .optional(),
  appId: z.string().regex(/^\d{16,32}$/),
  sellerId: z.string().regex(/^2088\d{12}$/),
  /** PEM, or the bare base64 of it as Alipay's key tool writes it. */
  appPrivateKey: z.string().min(1),
  alipayPublicKeys: z.array(z.string().min(1)).min(1).max(5),
});

/**
 * Our accounts out of the text of the merchant secret; `undefined` where it has none, and then the door is closed. Throws
 * PermanentError naming the field that is wrong.
 */
export function parseAlipayAccounts(secretText: string): AlipayAccounts | undefined {
  const accounts = merchantSectionOf(secretText, 'alipay', accountSchema);
  if (accounts === undefined) return undefined;
  refuseTwins(
    'alipay',
    accounts.map(({ appId }) => appId),
  );
  return new Map(accounts.map((account, position) => [account.appId, accountOf(account, `alipay.${position}`)]));
}

function accountOf(configuration: z.infer<typeof accountSchema>, at: string): AlipayAccount {
  const { organisationId, notifyUrl, appId, sellerId, appPrivateKey, alipayPublicKeys } = configuration;
  return {
    ...(organisationId === undefined ? {} : { organisationId }),
    ...(notifyUrl === undefined ? {} : { notifyUrl }),
    appId,
    sellerId,
    appPrivateKey: rsaKey(() => privateKeyOf(appPrivateKey), `${at}.appPrivateKey`),
    alipayPublicKeys: alipayPublicKeys.map((key, index) =>
      rsaKey(() => publicKeyOf(key), `${at}.alipayPublicKeys.${index}`),
    ),
  };
}

/** One application for each account that is paid: bills are the account's, whichever application asks. */
export function alipayOfEachSeller(accounts: AlipayAccounts | undefined): AlipayAccount[] {
  const bySeller = new Map<string, AlipayAccount>();
  for (const account of accounts?.values() ?? [])
    if (!bySeller.has(account.sellerId)) bySeller.set(account.sellerId, account);
  return [...bySeller.values()];
}

const isPem = (text: string): boolean => text.includes('-----BEGIN');
const derOf = (text: string): Buffer => Buffer.from(text, 'base64');

const publicKeyOf = (text: string): KeyObject =>
  isPem(text) ? createPublicKey(text) : createPublicKey({ key: derOf(text), format: 'der', type: 'spki' });

// The key tool writes PKCS#8 for Java and PKCS#1 for the others, both without a header that says so.
function privateKeyOf(text: string): KeyObject {
  if (isPem(text)) return createPrivateKey(text);
  try {
    return createPrivateKey({ key: derOf(text), format: 'der', type: 'pkcs8' });
  } catch {
    return createPrivateKey({ key: derOf(text), format: 'der', type: 'pkcs1' });
  }
}
