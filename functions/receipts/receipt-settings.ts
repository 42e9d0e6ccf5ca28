import * as z from 'zod';
import { lineSchema } from '../kernel/plain-text.ts';
import { instantSchema, timeZoneSchema } from '../kernel/time.ts';
import { creditCodeSchema } from './credit-code.ts';
import { EXPORT_FIELDS } from './export-columns.ts';

/** More campaigns than an organisation has with a project code of their own. */
const MOST_CAMPAIGN_PROJECTS = 200;

const projectShape = {
  /** As the finance ministry's list of items has it. */
  code: z.string().regex(/^[0-9A-Za-z-]{1,32}$/, 'must be 1 to 32 letters, digits or hyphens'),
  name: lineSchema(64),
};

/**
 * For which gifts receipts are issued in batches. `asked`: whose donors asked. `identified`: of every donor who gave a name; a gift
 * without one is recorded as anonymous.
 */
export const RECEIPT_POLICIES = ['asked', 'identified'] as const;
export type ReceiptPolicy = (typeof RECEIPT_POLICIES)[number];

/** What an organisation's receipts say of itself, as it is sent. */
export const receiptSettingsRequestSchema = z.strictObject({
  title: lineSchema(40).default('公益事业捐赠统一票据（电子）'),
  /** The first six digits of 票据代码, as the finance authority gave them; the last two are the year's. */
  codePrefix: z.string().regex(/^\d{6}$/, 'must be the six digits before the year'),
  creditCode: creditCodeSchema,
  /** 复核人 */
  reviewer: lineSchema(32),
  /** 经手人 */
  handler: lineSchema(32),
  /** In which a receipt's day, and so its series, is counted. */
  zone: timeZoneSchema.default('Asia/Shanghai'),
  project: z.strictObject(projectShape),
  /** For gifts in goods. */
  goodsProject: z.strictObject(projectShape),
  campaignProjects: z
    .array(z.strictObject({ campaignId: z.string().min(1).max(64), ...projectShape }))
    .max(MOST_CAMPAIGN_PROJECTS)
    .refine((all) => new Set(all.map(({ campaignId }) => campaignId)).size === all.length, {
      message: 'must name each campaign once',
    })
    .default([]),
  policy: z.enum(RECEIPT_POLICIES).default('asked'),
  /** The columns that the province's platform imports, in its order and under its headings; every field of the rule where none are named. */
  exportColumns: z
    .array(z.strictObject({ field: z.enum(EXPORT_FIELDS), heading: lineSchema(40).optional() }))
    .max(EXPORT_FIELDS.length)
    .refine((all) => new Set(all.map(({ field }) => field)).size === all.length, {
      message: 'must name each field once',
    })
    .default([]),
});
export type ReceiptSettingsRequest = z.infer<typeof receiptSettingsRequestSchema>;

export const receiptSettingsSchema = z.object({
  type: z.literal('receipt-settings'),
  organisationId: z.string(),
  ...receiptSettingsRequestSchema.shape,
  /** Of settings that were saved before the organisation's public address was one of its own (public-address.store.ts reads it). */
  publicUrl: z.string().optional(),
  version: z.number().int().min(1),
  savedBy: z.string(),
  updatedAt: instantSchema,
});
export type ReceiptSettings = z.infer<typeof receiptSettingsSchema>;

/** 票据代码 of a year's series: the prefix and the last two digits of the year. */
export const seriesCodeOf = ({ codePrefix }: Pick<ReceiptSettings, 'codePrefix'>, year: number): string =>
  `${codePrefix}${String(year).slice(-2)}`;

/** Under which project a gift is receipted. */
export function projectOf(
  { project, goodsProject, campaignProjects }: ReceiptSettings,
  { campaignId, inKind }: { readonly campaignId: string; readonly inKind?: true | undefined },
): { readonly code: string; readonly name: string } {
  const own = campaignProjects.find((one) => one.campaignId === campaignId);
  return own ?? (inKind === true ? goodsProject : project);
}
