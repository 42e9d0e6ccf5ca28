import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';

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
  'payee',
  'guardian',
  'document',
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
const REDACTED = '[redacted]';
/** Other parties' error texts quote addresses; whatever looks like one goes, in any field. */
const MAIL_ADDRESS = /[^\s@"'<>]+@[^\s@"'<>]+/g;

/** What was given to a log call, without what must not be in a log. */
export function redacted(value: unknown, field = ''): unknown {
  if (REDACTED_FIELDS.has(field.toLowerCase().replace(/[-_]/g, ''))) return REDACTED;
  if (typeof value === 'string') return value.replace(MAIL_ADDRESS, REDACTED);
  if (Array.isArray(value)) return value.map((item) => redacted(item));
  if (value instanceof Error) return { error: value.name, reason: redacted(value.message) };
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, redacted(inner, name)]));
}

/** One JSON object a line: our fixed sentence, where it was said, and the fields of the call, redacted. */
class RedactingFormatter extends LogFormatter {
  formatAttributes(attributes: UnformattedAttributes, additional: LogAttributes): LogItem {
    const { logLevel, timestamp, message, serviceName, xRayTraceId, lambdaContext } = attributes;
    const said = {
      level: logLevel,
      timestamp: this.formatTimestamp(timestamp),
      message,
      service: serviceName,
      traceId: xRayTraceId,
      requestId: lambdaContext?.awsRequestId,
      coldStart: lambdaContext?.coldStart,
    };
    return new LogItem({ attributes: said }).addAttributes(redacted(additional) as LogAttributes);
  }
}

/** The one logger. Messages are fixed sentences; what varies goes into fields, so that logs can be queried and redacted. */
export const log = new Logger({ serviceName: 'yiqi', logFormatter: new RedactingFormatter() });
