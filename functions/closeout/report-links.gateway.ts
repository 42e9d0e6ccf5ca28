import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { reasonOf, TransientError } from '../kernel/errors.ts';
import { largeRequestSettings, once } from '../platform/clients.ts';
import { environment } from '../platform/environment.ts';

/** How long an address to download from may be used. */
const ADDRESS_SECONDS = 15 * 60;

/** An address under which one person may fetch a file for a quarter of an hour, saved under `name` and never shown by the browser itself. */
export type LinkTo = (key: string, name: string) => Promise<string>;

const openS3 = once(() => new S3Client({ ...largeRequestSettings, forcePathStyle: true }));

/** Throws TransientError when no address can be made. `name` is one of ours, of ASCII letters. */
export const openReportLinks = once(
  (): LinkTo => async (key, name) => {
    const command = new GetObjectCommand({
      Bucket: environment('BUCKET_NAME'),
      Key: key,
      ResponseContentDisposition: `attachment; filename="${name}"`,
    });
    try {
      return await getSignedUrl(openS3(), command, { expiresIn: ADDRESS_SECONDS });
    } catch (error) {
      throw new TransientError(`cannot make an address for ${key}: ${reasonOf(error)}`, { cause: error });
    }
  },
);
