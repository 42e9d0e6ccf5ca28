import { environment } from '../platform/environment.ts';
import { readSecret } from '../platform/secrets.ts';

/** What a secret says, parsed again only when its text has changed: parsing keys costs more than verifying with them. */
export function parsedOnce<Parsed>(
  readText: () => Promise<string>,
  parse: (text: string) => Parsed,
): () => Promise<Parsed> {
  let last: { readonly text: string; readonly parsed: Parsed } | undefined;
  return async () => {
    const text = await readText();
    if (last?.text !== text) last = { text, parsed: parse(text) };
    return last.parsed;
  };
}

/** The text of this deployment's merchant secret. */
export const readMerchantSecret = (): Promise<string> => readSecret(environment('MERCHANT_SECRET_ID'));

/** The key of the hash that stands for a donor in entries. */
export const readDonorKey = (): Promise<string> => readSecret(environment('DONOR_KEY_SECRET_ID'));
