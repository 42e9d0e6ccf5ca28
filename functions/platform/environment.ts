import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';

/**
 * Every environment variable a function may have. infra sets one exactly where it also grants what the variable
 * names, so a variable that is missing means that the manifest does not give this function that thing.
 */
export const ENVIRONMENT = {
  TABLE_NAME: z.string().min(1),
  BUCKET_NAME: z.string().min(1),
  NOTICE_QUEUE_URL: z.url(),
  POISON_QUEUE_URL: z.url(),
  MERCHANT_SECRET_ID: z.string().min(1),
  DONOR_KEY_SECRET_ID: z.string().min(1),
  LIFECYCLE_ARN: z.string().startsWith('arn:'),
  APPROVAL_ARN: z.string().startsWith('arn:'),
  STATEMENT_IMPORT_ARN: z.string().startsWith('arn:'),
  LEGACY_CLOSEOUT_ARN: z.string().startsWith('arn:'),
  AMENDMENT_ARN: z.string().startsWith('arn:'),
  ADDENDUM_ARN: z.string().startsWith('arn:'),
  RECEIPT_BATCH_ARN: z.string().startsWith('arn:'),
  SCHEDULE_GROUP: z.string().min(1),
  SCHEDULE_ROLE_ARN: z.string().startsWith('arn:'),
  SCHEDULE_DEAD_LETTERS_ARN: z.string().startsWith('arn:'),
  SCHEDULE_ZONE: z.string().min(3),
  /** The address of every function of ours up to its name. */
  FUNCTION_ARN_PREFIX: z.string().startsWith('arn:'),
  USER_POOL_ID: z.string().min(3),
  SIGNING_KEY_ID: z.string().startsWith('arn:'),
  MAIL_FROM: z.string().min(3),
  /** SES's configuration set, through which it reports what came back; a local inbox has none. */
  MAIL_CONFIGURATION_SET: z.string().default(''),
  MESSAGING_SECRET_ID: z.string().min(1),
  WECHAT_PAY_BASE_URL: z.url(),
  ALIPAY_GATEWAY_URL: z.url(),
  /** `system` everywhere but in a local run, whose demo turns the clock forward (docs/decisions/0003-one-clock.md). */
  CLOCK: z.enum(['system', 'demo']),
} as const;
export type EnvironmentName = keyof typeof ENVIRONMENT;

/** Reads one variable when it is first needed; throws PermanentError naming it when it is missing or malformed. */
export function environment<Name extends EnvironmentName>(name: Name): z.infer<(typeof ENVIRONMENT)[Name]> {
  const parsed = ENVIRONMENT[name].safeParse(process.env[name]);
  if (!parsed.success) throw new PermanentError(`environment variable ${name} is missing or malformed`);
  return parsed.data as z.infer<(typeof ENVIRONMENT)[Name]>;
}
