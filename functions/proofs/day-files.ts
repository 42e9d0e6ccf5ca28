import * as z from 'zod';

/**
 * Leaves in one file: with 220 bytes each a file is 220 KB, which a proof reads whole. A power of two, so that the tree over the
 * files' roots has the shape of the tree over all leaves (RFC 6962 section 2.1).
 */
export const LEAVES_PER_FILE = 1024;

const folder = (campaignId: string, number: number): string => `published/proofs/${campaignId}/${number}`;
export const giftLeavesFile = (campaignId: string, number: number, file: number): string =>
  `${folder(campaignId, number)}/gifts-${file}.json`;
export const treeFile = (campaignId: string, number: number): string => `${folder(campaignId, number)}/tree.json`;

export const leavesSchema = z.array(z.string());
/** The roots of the files of gifts, and the leaves of the changes, which are few. */
export const treeSchema = z.object({
  gifts: z.array(z.object({ hash: z.string(), sums: z.array(z.number()) })),
  changes: z.array(z.string()),
});
export type DayTree = z.infer<typeof treeSchema>;
