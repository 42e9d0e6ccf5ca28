import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

const addressesShape = z.object({
  /** The AWS emulator, for any SDK client. */
  endpoint: z.url(),
  region: z.string(),
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  /** The outputs of the stack, by name. */
  outputs: z.record(z.string(), z.string()),
  /** The HTTP API, without a slash at the end: append a route's path. */
  apiUrl: z.url(),
  /** The mail inbox: a page for people, `/store` for programs. */
  inboxUrl: z.url(),
  /** Where the functions look for the payment provider: a sandbox has to be started on this very port. */
  sandboxUrl: z.url(),
});

/** Where everything of a running local system is. Plain data: it crosses to the test process as a file. */
export type SystemAddresses = z.infer<typeof addressesShape>;

/** The environment variable that names the file with the addresses, for the end-to-end tests. */
export const ADDRESSES_VARIABLE = 'YIQI_E2E';

/** Writes the addresses for another process. */
export function writeSystemAddresses(path: string, addresses: SystemAddresses): void {
  writeFileSync(path, JSON.stringify(addressesShape.parse(addresses), null, 2));
}

/** Reads the addresses of the system that an end-to-end test runs against. @throws Error when none was started. */
export function readSystemAddresses(path: string | undefined = process.env[ADDRESSES_VARIABLE]): SystemAddresses {
  if (path === undefined) throw new Error(`${ADDRESSES_VARIABLE} is not set: run these tests with npm run test:e2e`);
  return addressesShape.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/**
 * The address of an HTTP API in the emulator. Its own address for the API is a name under localhost, which does not
 * resolve on every machine; this path means the same.
 */
export function apiUrlOf(endpoint: string, outputs: Readonly<Record<string, string>>): string {
  const apiId = outputs['ApiId'];
  if (apiId === undefined) throw new Error('The stack has no output ApiId');
  return `${endpoint}/_aws/execute-api/${apiId}/$default`;
}
