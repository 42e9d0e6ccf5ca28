import * as z from 'zod';
import { USUAL_ZONE } from '../functions/schedules/job.ts';

/**
 * Everything in which one deployment may differ from another, and nothing else may. Each setting is a CDK context
 * value: `-c name=value` on the command line, or a line of `cdk.context.json` (not in git). docs/deploy.md shows both.
 */
const contextSchema = z.strictObject({
  /** Where the stack goes: `aws`, or `local` for the emulator of a local run. Default `aws`. */
  target: z.enum(['aws', 'local']).default('aws'),
  /** Sender of every mail, verified in SES. No default on AWS. Example: `no-reply@redcross.example.org`. */
  mailFrom: z.email().optional(),
  /** Address of a mail catcher that speaks the SES v2 API; local only. Example: `http://127.0.0.1:8005`. */
  mailEndpoint: z.url({ protocol: /^https?$/ }).optional(),
  /** Address of the WeChat Pay API. Default the provider's own; a local run names its sandbox. */
  wechatPayBaseUrl: z.url({ protocol: /^https?$/ }).default('https://api.mch.weixin.qq.com'),
  /** Address of Alipay's gateway. Default Alipay's own; a local run names its sandbox. */
  alipayGatewayUrl: z.url({ protocol: /^https?$/ }).default('https://openapi.alipay.com/gateway.do'),
  /** Web origins that may call the API from a browser, separated by commas. Default none. Example: `https://give.example.org`. */
  corsOrigins: z
    .string()
    .default('')
    .transform((text) => text.split(',').map((origin) => origin.trim()))
    .transform((origins) => origins.filter((origin) => origin !== ''))
    .pipe(z.array(z.url({ protocol: /^https?$/ }))),
  /** Who is mailed when an alarm goes off; the address has to confirm. Default nobody. Example: `oncall@example.org`. */
  alarmEmail: z.email().optional(),
  /** IANA zone in which jobs of the system run, and organisations' until they say otherwise. Default Asia/Shanghai. */
  scheduleZone: z
    .string()
    .regex(/^[A-Za-z]+(\/[A-Za-z0-9_+-]+)+$|^UTC$/, 'must be an IANA time zone such as Asia/Shanghai')
    .default(USUAL_ZONE),
  /** How long logs are kept, one of CloudWatch's steps. Default 90 days: a campaign, its closeout and a margin. */
  logRetentionDays: z.coerce
    .number()
    .pipe(z.literal([30, 60, 90, 120, 150, 180, 365, 400, 545, 731]))
    .default(90),
});

type Context = z.infer<typeof contextSchema>;

/** The settings of one deployment, checked, with what follows from the target. */
export type Settings = {
  readonly target: 'aws' | 'local';
  readonly mailFrom: string;
  readonly mailEndpoint: string | undefined;
  readonly wechatPayBaseUrl: string;
  readonly alipayGatewayUrl: string;
  readonly corsOrigins: readonly string[];
  readonly alarmEmail: string | undefined;
  readonly scheduleZone: string;
  readonly logRetentionDays: number;
  /** `demo` lets a local run turn its clock forward; docs/decisions/0003-one-clock.md. Never on AWS. */
  readonly clock: 'system' | 'demo';
  /** Tables, files, keys and secrets outlive the stack, and deleting them by mistake is refused. */
  readonly keepsData: boolean;
  /** A function may take so many times what the manifest says: an emulator starts a process for each on a machine that does other things too. */
  readonly timeoutFactor: number;
  /** Traces go to X-Ray. */
  readonly traces: boolean;
  /** Staff sign in with a second factor and a password that never leaves their browser (SRP). */
  readonly strictSignIn: boolean;
};

/** Names of all settings, for the app to ask the context for. */
export const SETTING_NAMES = Object.keys(contextSchema.shape) as readonly (keyof Context)[];

/** A start of 0.3 s takes 3 s and more where forty processes want two cores. */
const LOCAL_TIMEOUT_FACTOR = 6;
const LOCAL_MAIL_FROM = 'yiqi@example.org';

/** A setting is missing, malformed or does not go with another one; the message is one sentence per problem. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Reads the settings. Throws SettingsError naming every setting that is wrong and what to do about it. */
export function settingsFrom(context: Readonly<Record<string, unknown>>): Settings {
  const given = Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined));
  const parsed = contextSchema.safeParse(given);
  if (!parsed.success) {
    throw new SettingsError(
      parsed.error.issues.map((issue) => `Setting ${issue.path.join('.')}: ${issue.message}.`).join('\n'),
    );
  }
  const problems = problemsTogether(parsed.data);
  if (problems.length > 0) throw new SettingsError(problems.join('\n'));
  const onAws = parsed.data.target === 'aws';
  return {
    ...parsed.data,
    mailFrom: parsed.data.mailFrom ?? LOCAL_MAIL_FROM,
    mailEndpoint: parsed.data.mailEndpoint,
    alarmEmail: parsed.data.alarmEmail,
    clock: onAws ? 'system' : 'demo',
    keepsData: onAws,
    timeoutFactor: onAws ? 1 : LOCAL_TIMEOUT_FACTOR,
    traces: onAws,
    strictSignIn: onAws,
  };
}

function problemsTogether(context: Context): string[] {
  if (context.target === 'local') return [];
  return [
    ...(context.mailFrom === undefined
      ? [
          'Setting mailFrom is needed on AWS: give an address that is verified in SES, as -c mailFrom=no-reply@example.org.',
        ]
      : []),
    ...(context.mailEndpoint !== undefined
      ? ['Setting mailEndpoint is for target local only: on AWS mail goes through SES, so leave it out.']
      : []),
    ...(['wechatPayBaseUrl', 'alipayGatewayUrl'] as const)
      .filter((name) => !context[name].startsWith('https://'))
      .map(
        (name) =>
          `Setting ${name} must begin with https:// on AWS: statements of real money do not travel in the clear.`,
      ),
    ...context.corsOrigins
      .filter((origin) => !origin.startsWith('https://'))
      .map((origin) => `Setting corsOrigins names ${origin}, which must begin with https:// on AWS.`),
  ];
}
