import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Instant } from '../kernel/time.ts';
import { canonicalJson } from './canonical-json.ts';

/** What the first line of a chain is chained to. */
export const NO_HASH = '0'.repeat(64);
// As it is written, to the letter: the hash is over the text, and another spelling of the same moment is an edit.
const writtenInstantSchema = z.iso.datetime({ precision: 3 }).transform((text) => text as Instant);
const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** One attribute of an item, before and after; a missing side means that it was not there. */
export const fieldChangeSchema = z.strictObject({
  /** Its way in the item: `proposal.title`. */
  field: z.string(),
  before: z.json().optional(),
  after: z.json().optional(),
});
export type FieldChange = z.infer<typeof fieldChangeSchema>;

/** What became of one item. */
export const itemChangeSchema = z.strictObject({
  /** What kind of item it is: `campaign`. */
  item: z.string(),
  /** Its key in the table. */
  key: z.string(),
  change: z.enum(['made', 'changed', 'removed']),
  fields: z.array(fieldChangeSchema),
  /** Attributes that changed and whose values are not shown: secrets, contacts, what follows from others. */
  unshown: z.array(z.string()).optional(),
});
export type ItemChange = z.infer<typeof itemChangeSchema>;

/**
 * One line of an organisation's audit trail: who did what, when, from where, and what it changed. `hash` is SHA-256 over
 * everything else in it, the hash of the line before included, so that no line can be edited, taken out or moved
 * without breaking every later one.
 */
export const auditLineSchema = z.strictObject({
  organisationId: z.string(),
  /** 1, 2, 3 ... without a gap. */
  number: z.number().int().min(1),
  at: writtenInstantSchema,
  /** A person's id, or `workflow`. */
  by: z.string(),
  /** The route, or what a workflow did. */
  action: z.string(),
  /** The address from which the call came. */
  from: z.string().optional(),
  changes: z.array(itemChangeSchema),
  previousHash: hashSchema,
  hash: hashSchema,
});
export type AuditLine = z.infer<typeof auditLineSchema>;

/** The end of a chain: what its next line is chained to. */
export const auditHeadSchema = z.object({
  type: z.literal('audit-head'),
  organisationId: z.string(),
  number: z.number().int().min(1),
  hash: hashSchema,
});
export type AuditHead = z.infer<typeof auditHeadSchema>;

/** What a line tells, before it has a place in a chain. */
export type Deed = {
  readonly organisationId: string;
  readonly at: Instant;
  readonly by: string;
  readonly action: string;
  readonly from?: string | undefined;
  readonly changes: readonly ItemChange[];
};

/** The hash that a line must have. */
export function hashOf(line: Omit<AuditLine, 'hash'>): string {
  const { organisationId, number, at, by, action, from, changes, previousHash } = line;
  const hashed = { organisationId, number, at, by, action, from, changes, previousHash };
  return createHash('sha256').update(canonicalJson(hashed)).digest('hex');
}

/** The line after the head; the first one where there is none yet. */
export function nextLine(head: AuditHead | undefined, { from, changes, ...deed }: Deed): AuditLine {
  const line = {
    ...deed,
    ...(from === undefined ? {} : { from }),
    changes: [...changes],
    number: (head?.number ?? 0) + 1,
    previousHash: head?.hash ?? NO_HASH,
  };
  return { ...line, hash: hashOf(line) };
}
