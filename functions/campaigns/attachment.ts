import * as z from 'zod';
import { lineSchema } from '../kernel/plain-text.ts';
import { instantSchema } from '../kernel/time.ts';
import { attachmentIdSchema } from './attachment-id.ts';

export const ATTACHMENT_KINDS = ['evidence', 'photo', 'agreement', 'minutes', 'certificate', 'other'] as const;
export type AttachmentKind = (typeof ATTACHMENT_KINDS)[number];

/** Kinds of files that are taken, and the bytes that each begins with. Office documents of today are ZIP archives. */
const FIRST_BYTES = {
  'application/pdf': '%PDF-',
  'image/jpeg': '\xff\xd8\xff',
  'image/png': '\x89PNG\r\n\x1a\n',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'PK\x03\x04',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'PK\x03\x04',
} as const;
export const CONTENT_TYPES = Object.keys(FIRST_BYTES) as [keyof typeof FIRST_BYTES, ...(keyof typeof FIRST_BYTES)[]];
type ContentType = keyof typeof FIRST_BYTES;
const PICTURES: readonly string[] = ['image/jpeg', 'image/png'];

/** A scan of some ten pages, or a photo as a telephone takes it. It is read whole to be checked: a twenty-fifth of the memory. */
export const LARGEST_ATTACHMENT_BYTES = 20 * 1024 * 1024;
/** Two for every stage of the longest plan, the papers, and a scan for most payments. 4 GB at the most a campaign; one page of the table lists them. */
export const MOST_ATTACHMENTS = 200;

/** What a person says of a file before it is uploaded. */
export const attachmentRequestSchema = z
  .strictObject({
    name: lineSchema(120),
    kind: z.enum(ATTACHMENT_KINDS),
    contentType: z.enum(CONTENT_TYPES),
    bytes: z.number().int().min(1).max(LARGEST_ATTACHMENT_BYTES),
    /** Of the whole file, in lower-case hexadecimal. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits'),
  })
  .refine(({ kind, contentType }) => kind !== 'photo' || PICTURES.includes(contentType), {
    path: ['contentType'],
    message: 'must be a picture (image/jpeg or image/png), as its kind says',
  });
export type AttachmentRequest = z.infer<typeof attachmentRequestSchema>;

/** A file of a campaign. `stored` once it was seen to be what it was said to be; only then may a proposal name it. */
export const attachmentSchema = z.object({
  type: z.literal('attachment'),
  campaignId: z.string(),
  attachmentId: attachmentIdSchema,
  name: z.string(),
  kind: z.enum(ATTACHMENT_KINDS),
  contentType: z.enum(CONTENT_TYPES),
  bytes: z.number().int(),
  sha256: z.string(),
  state: z.enum(['awaiting-upload', 'stored']),
  addedBy: z.string(),
  addedAt: instantSchema,
});
export type Attachment = z.infer<typeof attachmentSchema>;

/** Where a file is; nothing under this prefix is ever public. */
export const attachmentFile = ({ campaignId, attachmentId }: Pick<Attachment, 'campaignId' | 'attachmentId'>): string =>
  `attachments/${campaignId}/${attachmentId}`;

/** What an uploaded file was found to be. */
export type FoundFile = {
  readonly bytes: number;
  readonly contentType: string;
  readonly sha256: string;
  readonly begins: Uint8Array;
};
/** Enough of a file to see its kind. */
export const BEGINNING_BYTES = 16;

/** Why a file is not what it was said to be; `undefined` when it is. The name's ending is never asked. */
export function mismatchOf(
  said: Pick<Attachment, 'bytes' | 'contentType' | 'sha256'>,
  found: FoundFile,
): string | undefined {
  if (found.bytes !== said.bytes) return `has ${found.bytes} bytes, not ${said.bytes}`;
  if (found.contentType !== said.contentType) return `was uploaded as ${found.contentType}, not ${said.contentType}`;
  if (found.sha256 !== said.sha256) return 'has another SHA-256 than was announced';
  return beginsAs(said.contentType, found.begins) ? undefined : `does not begin like ${said.contentType}`;
}

const beginsAs = (contentType: ContentType, begins: Uint8Array): boolean =>
  Buffer.from(begins).toString('latin1').startsWith(FIRST_BYTES[contentType]);

export const attachmentView = ({
  attachmentId,
  name,
  kind,
  contentType,
  bytes,
  sha256,
  state,
  addedBy,
  addedAt,
}: Attachment) => ({
  attachmentId,
  name,
  kind,
  contentType,
  bytes,
  sha256,
  state,
  addedBy,
  addedAt,
});
