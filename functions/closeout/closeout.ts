import * as z from 'zod';
import { instantSchema } from '../kernel/time.ts';
import { draftBasisSchema } from './draft-basis.ts';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
const fileSchema = z.object({ key: z.string(), sha256: sha256Schema });
/** Where the faces of one report are kept, each with its own hash. */
const filesSchema = z.object({ json: fileSchema, pdf: fileSchema, xlsx: fileSchema });
export type ReportFiles = z.infer<typeof filesSchema>;

/** One person's word under a report, as it was when they gave it. */
export const signatureSchema = z.object({
  /** Of the route: what they signed as. */
  step: z.string(),
  personId: z.string(),
  name: z.string(),
  /** For whom, where somebody signed for another. */
  onBehalfOf: z.string().optional(),
  at: instantSchema,
});
export type Signature = z.infer<typeof signatureSchema>;

/**
 * How far a campaign's closeout report has come. `draft`: it is written anew whenever the statement is submitted again.
 * `signed`: what people signed is the hash `reportSha256`, and nothing about it changes any more but the number of its addenda.
 */
export const closeoutSchema = z.object({
  type: z.literal('closeout'),
  campaignId: z.string(),
  state: z.enum(['draft', 'signed']).default('draft'),
  /** Round of the statement that it was written with; 0 before there was one. */
  round: z.number().int().min(0).default(0),
  reportSha256: sha256Schema,
  /** Of the whole closeout: when the first draft was written, from which on people are asked for their statement. */
  firstWrittenAt: instantSchema.optional(),
  preparedAt: instantSchema,
  lateGifts: z.number().int().min(0),
  laterAdjustments: z.number().int().min(0),
  /** How many adjustments the report counts: what came later is for an addendum. */
  adjustments: z.number().int().min(0).default(0),
  /** What its figures rest on; while the books say otherwise it is not signed. Absent in drafts of before there were marks. */
  basis: draftBasisSchema.optional(),
  files: filesSchema.optional(),
  preparedBy: z.array(z.object({ personId: z.string(), name: z.string() })).default([]),
  signatures: z.array(signatureSchema).default([]),
  signedAt: instantSchema.optional(),
  /** What providers charged by the signed report; absent where no provider has stated it. */
  feesMinor: z.number().int().optional(),
  /** Number of the last addendum. */
  addenda: z.number().int().min(0).default(0),
});
export type Closeout = z.infer<typeof closeoutSchema>;
