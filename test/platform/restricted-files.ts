import type { CampaignFiles } from '../../functions/closeout/campaign-files.gateway.ts';
import type { FunctionSpec } from '../../functions/function-spec.ts';
import { type FunctionName, MANIFEST } from '../../functions/manifest.ts';

/** The bucket as one function's grant lets it see it, as `restrictedTable` does for the table. */
export function restrictedFiles(files: CampaignFiles, name: FunctionName): CampaignFiles {
  const grant = (MANIFEST[name] as FunctionSpec).needs.bucket;
  const allow = (verb: 'get' | 'put', key: string): void => {
    if (grant === undefined) throw new Error(`${name} has no grant on the bucket`);
    if (!grant.verbs.includes(verb)) throw new Error(`${name} has no grant to ${verb} (${key})`);
    const isRead = verb === 'get' && grant.reads !== undefined && key.startsWith(grant.reads);
    if (!isRead && !key.startsWith(grant.prefix)) throw new Error(`${name} has no grant on ${key}`);
  };
  return {
    async write(key, content, contentType) {
      allow('put', key);
      await files.write(key, content, contentType);
    },
    async read(key) {
      allow('get', key);
      return files.read(key);
    },
  };
}
