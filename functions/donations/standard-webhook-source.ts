import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import { organisationIdSchema } from '../organisations/organisation.ts';
import { merchantSectionOf, refuseTwins } from './merchant-secret.ts';

/** A key of a source: its kind alone decides which signatures it can verify, whatever a message says of itself. */
export type StandardKey = { readonly scheme: 'v1' | 'v1a'; readonly key: KeyObject };

/** A platform that sends us Standard Webhooks. */
export type StandardSource = {
  readonly sourceId: string;
  readonly keys: readonly StandardKey[];
  /** Whether it gives statements: without one, a day with its gifts is a day whose statement is missing. */
  readonly statements: boolean;
  /** Whose the account at this platform is, where the secret says so. */
  readonly organisationId?: string;
};
/** A Map, so that `__proto__` is an unknown source like any other. */
export type StandardSources = ReadonlyMap<string, StandardSource>;

/** What the specification asks of a symmetric secret: 24 to 64 bytes (standardwebhooks.com, "Signature scheme"). */
const SECRET_BYTES = { least: 24, most: 64 };
const ED25519_KEY_BYTES = 32;
/** An old and a new one of each kind. */
const MOST_KEYS = 4;

/** One source in the merchant secret; docs/deploy.md shows an example. */
const sourceSchema = z.strictObject({
  sourceId: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/),
  /** `whsec_` with base64 of a shared secret, or `whpk_` with base64 of an Ed25519 public key. */
  keys: z
    .array(z.string().regex(/^wh(?:sec|pk)_[A-Za-z0-9+/]+={0,2}$/))
    .min(1)
    .max(MOST_KEYS),
  /** A person brings its statement of every day (docs/reconciliation.md). Left out: it gives none, and nobody is asked for one. */
  statements: z.boolean().optional(),
  organisationId: organisationIdSchema.optional(),
});

/**
 * All sources out of the text of the merchant secret; none where the door is closed. Throws PermanentError naming the
 * field that is wrong, never what it holds.
 */
export function parseStandardSources(merchantSecretText: string): StandardSources {
  const sources = merchantSectionOf(merchantSecretText, 'standardWebhook', sourceSchema) ?? [];
  refuseTwins(
    'standardWebhook',
    sources.map(({ sourceId }) => sourceId),
  );
  return new Map(
    sources.map(({ sourceId, keys, statements = false, organisationId }, position) => [
      sourceId,
      {
        sourceId,
        keys: keys.map((key, index) => keyOf(key, `standardWebhook.${position}.keys.${index}`)),
        statements,
        ...(organisationId === undefined ? {} : { organisationId }),
      },
    ]),
  );
}

function keyOf(text: string, at: string): StandardKey {
  const [prefix = '', encoded = ''] = text.split('_', 2);
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded) throw new PermanentError(`the merchant secret has no base64 at: ${at}`);
  if (prefix === 'whpk') return { scheme: 'v1a', key: ed25519Key(bytes, at) };
  if (bytes.length < SECRET_BYTES.least || bytes.length > SECRET_BYTES.most)
    throw new PermanentError(
      `the merchant secret has a secret that is not of ${SECRET_BYTES.least} to ${SECRET_BYTES.most} bytes at: ${at}`,
    );
  return { scheme: 'v1', key: createSecretKey(bytes) };
}

function ed25519Key(bytes: Buffer, at: string): KeyObject {
  if (bytes.length !== ED25519_KEY_BYTES)
    throw new PermanentError(`the merchant secret has no Ed25519 public key of ${ED25519_KEY_BYTES} bytes at: ${at}`);
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }, format: 'jwk' });
}
