import { Logger } from '@aws-lambda-powertools/logger';

/**
 * Fields whose value never reaches a log, whatever object they sit in: donors' contacts, secrets, and raw
 * messages (which hold both). Compared in lower case without separators.
 */
export const REDACTED_FIELDS: ReadonlySet<string> = new Set([
  'email',
  'phone',
  'name',
  'donorname',
  'message',
  'openid',
  'payer',
  'address',
  'body',
  'headers',
  'authorization',
  'signature',
  'ciphertext',
  'token',
  'tasktoken',
  'apiv3key',
  'privatekey',
  'secret',
  'password',
]);

// Powertools' own top-level fields; its "message" is our fixed sentence, not a donor's.
const OWN_FIELDS: ReadonlySet<string> = new Set(['message', 'level', 'service', 'timestamp', 'name']);

/** The replacer given to JSON.stringify by the logger; exported for the test that proves it. */
export function redact(this: unknown, key: string, value: unknown): unknown {
  const isTopLevel = typeof this === 'object' && this !== null && 'level' in this && 'timestamp' in this;
  if (isTopLevel && OWN_FIELDS.has(key)) return value;
  const isErrorName = key === 'name' && typeof this === 'object' && this !== null && 'stack' in this;
  if (isErrorName) return value;
  return REDACTED_FIELDS.has(key.toLowerCase().replace(/[-_]/g, '')) ? '[redacted]' : value;
}

/** The one logger. Messages are fixed sentences; what varies goes into fields, so that logs can be queried and redacted. */
export const log = new Logger({ serviceName: 'yiqi', jsonReplacerFn: redact });
