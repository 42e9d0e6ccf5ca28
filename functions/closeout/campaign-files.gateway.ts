import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PermanentError, reasonOf, TransientError } from '../kernel/errors.ts';
import { largeRequestSettings, once } from '../platform/clients.ts';
import { environment } from '../platform/environment.ts';

/** The files of campaigns. Writing again overwrites with the same content; the bucket keeps versions. */
export type CampaignFiles = {
  /** Throws TransientError when the store cannot take it. */
  write(key: string, content: Uint8Array | string, contentType: string): Promise<void>;
  /** Throws PermanentError when there is no such file, TransientError when the store cannot answer. */
  read(key: string): Promise<Uint8Array>;
};

const openS3 = once(() => new S3Client({ ...largeRequestSettings, forcePathStyle: true }));

export const openCampaignFiles = once(
  (): CampaignFiles => ({
    async write(key, content, contentType) {
      try {
        await openS3().send(
          new PutObjectCommand({
            Bucket: environment('BUCKET_NAME'),
            Key: key,
            Body: content,
            ContentType: contentType,
          }),
        );
      } catch (error) {
        throw new TransientError(`cannot write ${key}: ${reasonOf(error)}`, { cause: error });
      }
    },
    async read(key) {
      try {
        const answer = await openS3().send(new GetObjectCommand({ Bucket: environment('BUCKET_NAME'), Key: key }));
        return (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
      } catch (error) {
        if (error instanceof NoSuchKey) throw new PermanentError(`there is no file ${key}`, { cause: error });
        throw new TransientError(`cannot read ${key}: ${reasonOf(error)}`, { cause: error });
      }
    },
  }),
);

/** Reads a JSON file that we wrote. */
export async function readJsonFile(files: CampaignFiles, key: string): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await files.read(key)));
}

export async function writeJsonFile(files: CampaignFiles, key: string, value: unknown): Promise<void> {
  await files.write(key, JSON.stringify(value), 'application/json');
}
