import * as z from 'zod';
import { lineSchema } from '../kernel/plain-text.ts';
import { instantSchema } from '../kernel/time.ts';
import { slugSchema } from '../matching/rules/slug.ts';

export const templateRequestSchema = z.strictObject({
  name: lineSchema(80),
  /** Fields of a proposal, as far as the template says them. */
  proposal: z.record(z.string().max(40), z.json()),
});
export type TemplateRequest = z.infer<typeof templateRequestSchema>;

/** What an organisation's proposals begin with; those below it may begin with it too. */
export const proposalTemplateSchema = z.object({
  type: z.literal('proposal-template'),
  organisationId: z.string(),
  templateId: slugSchema,
  name: z.string(),
  proposal: z.record(z.string(), z.json()),
  version: z.number().int().min(1),
  savedBy: z.string(),
  updatedAt: instantSchema,
});
export type ProposalTemplate = z.infer<typeof proposalTemplateSchema>;

/** Fields that belong to one campaign and to no template. */
export const NOT_IN_TEMPLATES = [
  'organisationId',
  'parentCampaignId',
  'coverAttachmentId',
  'window',
  'generatedData',
] as const;
