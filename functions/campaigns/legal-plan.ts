import * as z from 'zod';
import { lineSchema, paragraphsSchema } from '../kernel/plain-text.ts';
import { localDateSchema } from '../kernel/time.ts';
import { attachmentIdSchema } from './attachment-id.ts';

// What the plan of a public fundraising campaign has to say beside its money: Charity Law (2023) art. 24 to 27 and 38, the
// rule of 2024 on public fundraising (MCA order 74), and what platforms ask beyond them.

/** The fields of charity, as Charity Law art. 3 lists them. */
export const CAUSES = [
  'poverty-relief',
  'care-of-people',
  'disaster-relief',
  'education-science-culture-health-sport',
  'environment',
  'other-public-good',
] as const;
export const causeSchema = z.enum(CAUSES);

/** Ways in which a campaign takes gifts (art. 24). */
export const WAYS_TO_GIVE = [
  'wechat-pay',
  'alipay',
  'card',
  'bank-transfer',
  'cash',
  'goods',
  'collection-box',
  'platform',
] as const;
export const waysToGiveSchema = z
  .array(z.enum(WAYS_TO_GIVE))
  .min(1)
  .max(WAYS_TO_GIVE.length)
  .refine((ways) => new Set(ways).size === ways.length, { message: 'must name every way once' });

/** A number to call: digits, spaces, hyphens, brackets, a plus. Fewest: a short service number. */
const phoneSchema = z
  .string()
  .trim()
  .regex(/^\+?[0-9][0-9 ()-]{3,24}$/, 'must be a telephone number');

/** Who answers for the campaign (art. 24), and how anybody reaches them (art. 25). */
export const personInChargeSchema = z.strictObject({
  name: lineSchema(60),
  officeAddress: lineSchema(200),
  phone: phoneSchema,
  email: z.email().max(254).optional(),
});

/** Where the gifts are kept (art. 24). The public sees the end of the number only. */
export const bankAccountSchema = z.strictObject({
  holder: lineSchema(100),
  bank: lineSchema(100),
  // Chinese accounts have 8 to 30 digits, an IBAN at most 34 characters.
  number: z
    .string()
    .transform((text) => text.replace(/[ -]/g, ''))
    .pipe(z.string().regex(/^[0-9A-Z]{8,34}$/, 'must be 8 to 34 digits or capital letters')),
});

const MASKED = '••••';
const SHOWN_DIGITS = 4;
/** The number as the public sees it: enough to recognise the account, too little to use it. */
export const maskedAccount = (number: string): string => `${MASKED}${number.slice(-SHOWN_DIGITS)}`;

/** Who is helped (art. 24), how many, and how they are chosen. */
export const beneficiariesSchema = z.strictObject({
  group: paragraphsSchema(1000),
  count: z.number().int('must be a whole number').min(1).max(100_000_000),
  howChosen: paragraphsSchema(1000),
});
export type Beneficiaries = z.infer<typeof beneficiariesSchema>;

/** The certificate of who may raise funds in public (art. 22, shown at the point of asking: art. 25). */
export const certificateSchema = z.strictObject({
  holder: lineSchema(120),
  number: lineSchema(60),
  /** Left out where it names no end. */
  validUntil: localDateSchema.optional(),
});

/** A partner without a certificate of its own, with whom there has to be a written agreement (art. 26). */
export const partnerSchema = z.strictObject({
  name: lineSchema(120),
  duties: paragraphsSchema(500),
  agreement: z.strictObject({
    reference: lineSchema(80),
    signedOn: localDateSchema,
    attachmentId: attachmentIdSchema.optional(),
  }),
});

/** One stage of carrying the programme out. */
export const stageSchema = z.strictObject({
  stage: lineSchema(80),
  fromDay: localDateSchema,
  untilDay: localDateSchema,
  activities: paragraphsSchema(500),
});
export const MOST_STAGES = 20;
export const executionPlanSchema = z.array(stageSchema).min(1).max(MOST_STAGES);

/** A page on the internet where gifts are asked for: a platform that the ministry designated, or one's own site (art. 27). */
export const platformSchema = z.strictObject({
  name: lineSchema(80),
  // Not z.url with its default, which takes javascript: too.
  address: z.url({ protocol: /^https$/, hostname: z.regexes.domain }).max(300),
});
export const MOST_PLATFORMS = 10;

/** Whether pictures and stories show people, and whether these have agreed (PIPL art. 25 and 29; art. 31 under 14 years). */
export const mediaConsentSchema = z.enum(['nobody-shown', 'consent-on-file']);

/** How often progress is told (art. 79: at least every three months). */
export const progressReportMonthsSchema = z
  .number()
  .int('must be a whole number of months')
  .min(1)
  .max(3, 'must be at most 3: progress is told at least every three months');
