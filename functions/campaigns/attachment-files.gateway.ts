import { createHash } from 'node:crypto';
import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { reasonOf, TransientError } from '../kernel/errors.ts';
import { largeRequestSettings, once } from '../platform/clients.ts';
import { environment } from '../platform/environment.ts';
import { type Attachment, attachmentFile, BEGINNING_BYTES, type FoundFile } from './attachment.ts';

/** How long an address to upload to, or to download from, may be used. */
const ADDRESS_SECONDS = 15 * 60;
const CHECKSUM_HEADER = 'x-amz-checksum-sha256';

/** The files of campaigns. All throw TransientError when the store cannot answer. */
export type AttachmentFiles = {
  /** Where a browser may put this one file, of this type and size and with these bytes, for a quarter of an hour; and the headers to send. */
  upload(attachment: Attachment): Promise<{ readonly url: string; readonly headers: Readonly<Record<string, string>> }>;
  /** An address under which one person may fetch the file for a quarter of an hour; saved, never shown by the browser itself. */
  downloadAddress(attachment: Attachment): Promise<string>;
  /** What is there; `undefined` when nothing is. Of a file of another size only the size is looked at. */
  look(attachment: Attachment): Promise<FoundFile | undefined>;
  remove(attachment: Attachment): Promise<void>;
};

const openS3 = once(() => new S3Client({ ...largeRequestSettings, forcePathStyle: true }));

const checksumOf = ({ sha256 }: Attachment): string => Buffer.from(sha256, 'hex').toString('base64');

async function orTransient<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw new TransientError(`cannot ${what}: ${reasonOf(error)}`, { cause: error });
  }
}

export const openAttachmentFiles = once((): AttachmentFiles => {
  const Bucket = environment('BUCKET_NAME');
  const of = (attachment: Attachment) => ({ Bucket, Key: attachmentFile(attachment) });
  return {
    async upload(attachment) {
      const { contentType, bytes } = attachment;
      const checksum = checksumOf(attachment);
      const command = new PutObjectCommand({
        ...of(attachment),
        ContentType: contentType,
        ContentLength: bytes,
        ChecksumSHA256: checksum,
      });
      const signed = new Set(['host', 'content-length', 'content-type', CHECKSUM_HEADER]);
      const url = await orTransient('make an upload address', () =>
        getSignedUrl(openS3(), command, {
          expiresIn: ADDRESS_SECONDS,
          // Signed as headers, so that the store refuses a file of another type or size, or with other bytes.
          signableHeaders: signed,
          unhoistableHeaders: signed,
        }),
      );
      return { url, headers: { 'content-type': contentType, [CHECKSUM_HEADER]: checksum } };
    },
    downloadAddress: (attachment) =>
      orTransient('make a download address', () =>
        getSignedUrl(
          openS3(),
          new GetObjectCommand({
            ...of(attachment),
            ResponseContentType: attachment.contentType,
            // Names are of people: encoded, so that no byte of one ends up as a header of its own.
            ResponseContentDisposition: `attachment; filename*=UTF-8''${encodedName(attachment.name)}`,
          }),
          { expiresIn: ADDRESS_SECONDS },
        ),
      ),
    async look(attachment) {
      try {
        const answer = await openS3().send(new GetObjectCommand(of(attachment)));
        const bytes = answer.ContentLength ?? 0;
        const contentType = answer.ContentType ?? '';
        if (bytes !== attachment.bytes || answer.Body === undefined) {
          (answer.Body as { destroy?: () => void } | undefined)?.destroy?.();
          return { bytes, contentType, sha256: '', begins: new Uint8Array() };
        }
        const content = await answer.Body.transformToByteArray();
        const sha256 = createHash('sha256').update(content).digest('hex');
        return { bytes: content.length, contentType, sha256, begins: content.slice(0, BEGINNING_BYTES) };
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw new TransientError(`cannot look at an attachment: ${reasonOf(error)}`, { cause: error });
      }
    },
    remove: (attachment) =>
      orTransient('delete an attachment', async () => {
        await openS3().send(new DeleteObjectCommand(of(attachment)));
      }),
  };
});

/** As RFC 8187 asks for: everything but letters, digits and a few marks as UTF-8 bytes. */
const encodedName = (name: string): string =>
  encodeURIComponent(name).replace(/['()*!]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
