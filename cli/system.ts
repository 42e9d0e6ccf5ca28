import * as z from 'zod';

const addressSchema = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

/** A Yiqi that commands talk to, as its settings file names it. */
export const systemSchema = z.strictObject({
  /** Without a slash at its end. */
  apiUrl: addressSchema,
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region of AWS, such as eu-central-1'),
  /** Where AWS itself is, if it is an emulator. */
  endpoint: addressSchema.optional(),
  /** Outputs of the stacks by name; a command says which one it lacks. */
  outputs: z.record(z.string(), z.string()),
});

export type System = z.infer<typeof systemSchema> & {
  /** Of an emulator; elsewhere they are found as every AWS tool finds them. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

/** Settings of an SDK client for a system. */
export const awsSettings = ({ region, endpoint, credentials }: System) => ({
  region,
  ...(endpoint === undefined ? {} : { endpoint }),
  ...(credentials === undefined ? {} : { credentials }),
});
