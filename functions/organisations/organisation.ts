import * as z from 'zod';
import { instantSchema } from '../kernel/time.ts';

/** Depth of the tree: province, city, county, township, unit. Deeper is a mistake in the parent. */
export const DEEPEST_LEVEL = 5;

/** An organisation's place in the tree is written by people, so its id is a readable word: `dazhou`, `dazhou-xuanhan`. */
export const organisationIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,39}$/, 'must be 2 to 40 lower-case letters, digits or hyphens, beginning with a letter');

export const organisationNameSchema = z.string().trim().min(1).max(120);
export const managementLimitSchema = z.number().int().min(0).max(10_000);

export const organisationRequestSchema = z.strictObject({
  organisationId: organisationIdSchema,
  name: organisationNameSchema,
  /** Needed: the root of a tree is made together with its first admin, and by no call of the API. */
  parentId: organisationIdSchema.optional(),
  /** Largest share of management in its campaigns' budgets, where it is not the usual 10 % (Charity Law art. 61). */
  managementLimitBasisPoints: managementLimitSchema.optional(),
});
export type OrganisationRequest = z.infer<typeof organisationRequestSchema>;

export const organisationSchema = z.object({
  type: z.literal('organisation'),
  organisationId: organisationIdSchema,
  name: z.string(),
  parentId: organisationIdSchema.optional(),
  managementLimitBasisPoints: managementLimitSchema.optional(),
  /** From the root down to and including this one. */
  path: z.array(organisationIdSchema).min(1).max(DEEPEST_LEVEL),
  /** Of a root: who was appointed together with it. */
  firstAdminId: z.string().optional(),
  /** Of a root: how often somebody stopped being its admin; guards that it keeps one. */
  adminRemovals: z.number().int().optional(),
  createdAt: instantSchema,
});
export type Organisation = z.infer<typeof organisationSchema>;
