import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import { journalPageKey } from '../platform/keys.ts';
import type { Item } from '../platform/table.ts';
import { type JournalLine, journalLineSchema } from './match-entry.ts';

/** What one committed transaction counted, in recorded order: `lines[0]` has place `firstSequence`. */
export type JournalPage = {
  readonly campaignId: string;
  readonly firstSequence: number;
  readonly lines: readonly JournalLine[];
};

const storedPageSchema = z.object({
  type: z.literal('journal-page'),
  campaignId: z.string(),
  firstSequence: z.number().int().min(1),
  /** The lines as JSON, deflated (RFC 1951), in base64. */
  packedLines: z.string(),
});
const linesSchema = z.array(journalLineSchema).min(1);

/** A transaction's 100 gifts with ten draws each are 100 KB of lines; what unpacks to ten times as much is no page of ours. */
const LARGEST_PAGE_BYTES = 1_000_000;

/**
 * A page as it is stored. Packed, because a page is charged by the kilobyte and twice, and nearly three quarters of its lines are
 * names of fields and what the line before says as well: 91 gifts are 26 KB as attributes and 7 KB packed, which is
 * 0.4 write units a gift less.
 */
export function journalPageItem({ campaignId, firstSequence, lines }: JournalPage): Item {
  return {
    ...journalPageKey(campaignId, firstSequence),
    type: 'journal-page',
    campaignId,
    firstSequence,
    packedLines: deflateRawSync(JSON.stringify(lines)).toString('base64'),
  };
}

/** A page as it is stored, unpacked. Throws PermanentError where it cannot be. */
export const journalPageSchema = storedPageSchema.transform(
  ({ campaignId, firstSequence, packedLines }): JournalPage => ({
    campaignId,
    firstSequence,
    lines: linesSchema.parse(unpacked(packedLines, firstSequence)),
  }),
);

/** The page that an item is. Throws PermanentError, or zod's error, where it is none: a person must look. */
export const journalPageOf = (item: unknown): JournalPage => journalPageSchema.parse(item);

function unpacked(packedLines: string, firstSequence: number): unknown {
  try {
    const bytes = inflateRawSync(Buffer.from(packedLines, 'base64'), { maxOutputLength: LARGEST_PAGE_BYTES });
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new PermanentError(`the journal page from gift ${firstSequence} on cannot be unpacked`, { cause });
  }
}
