import { PermanentError } from '../kernel/errors.ts';

/** The body of an answer, read no further than it may be long. Throws PermanentError where it is longer. */
export async function bodyOf(response: Response, largestBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > largestBytes) {
      throw new PermanentError(`the provider's answer is larger than ${largestBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
