import { GetObjectCommand, HeadObjectCommand, NotFound, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { reasonOf, TransientError } from '../kernel/errors.ts';
import { largeRequestSettings, once } from '../platform/clients.ts';
import { environment } from '../platform/environment.ts';

/** How long an address to upload to, or to download from, may be used. */
const ADDRESS_SECONDS = 15 * 60;

/** The files of imports. All throw TransientError when the store cannot answer. */
export type StatementFiles = {
  /** Where a browser may put exactly one file of exactly this size, for a quarter of an hour. */
  uploadAddress(key: string, bytes: number): Promise<string>;
  downloadAddress(key: string): Promise<string>;
  /** `undefined` when there is no such file. */
  sizeOf(key: string): Promise<number | undefined>;
  /** The file's bytes as they come: memory does not grow with the file. */
  open(key: string): Promise<AsyncIterable<Uint8Array>>;
  write(key: string, content: string, contentType: string): Promise<void>;
};

const openS3 = once(() => new S3Client({ ...largeRequestSettings, forcePathStyle: true }));

async function orTransient<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw new TransientError(`cannot ${what}: ${reasonOf(error)}`, { cause: error });
  }
}

export const openStatementFiles = once((): StatementFiles => {
  const Bucket = environment('BUCKET_NAME');
  return {
    uploadAddress: (Key, bytes) =>
      orTransient('make an upload address', () =>
        getSignedUrl(openS3(), new PutObjectCommand({ Bucket, Key, ContentLength: bytes }), {
          expiresIn: ADDRESS_SECONDS,
          // Signed as a header, so that the store refuses a file of any other size.
          signableHeaders: new Set(['host', 'content-length']),
        }),
      ),
    downloadAddress: (Key) =>
      orTransient('make a download address', () =>
        getSignedUrl(openS3(), new GetObjectCommand({ Bucket, Key }), { expiresIn: ADDRESS_SECONDS }),
      ),
    async sizeOf(Key) {
      try {
        return (await openS3().send(new HeadObjectCommand({ Bucket, Key }))).ContentLength;
      } catch (error) {
        if (error instanceof NotFound) return undefined;
        throw new TransientError(`cannot look for ${Key}: ${reasonOf(error)}`, { cause: error });
      }
    },
    open: (Key) =>
      orTransient(`read ${Key}`, async () => {
        const answer = await openS3().send(new GetObjectCommand({ Bucket, Key }));
        return (answer.Body ?? []) as unknown as AsyncIterable<Uint8Array>;
      }),
    write: (Key, Body, ContentType) =>
      orTransient(`write ${Key}`, async () => {
        await openS3().send(new PutObjectCommand({ Bucket, Key, Body, ContentType }));
      }),
  };
});
