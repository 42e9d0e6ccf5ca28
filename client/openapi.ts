import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { accessOfRoutes } from './access.ts';
import { CONTRACTS } from './contracts.ts';
import { openApiDocument } from './document.ts';
import { typesOf } from './type-text.ts';

const ROOT = join(import.meta.dirname, '..');
export const DOCUMENT_FILE = join(ROOT, 'functions', 'openapi', 'openapi.json');
export const TYPES_FILE = join(import.meta.dirname, 'api-types.ts');

/** What the two committed files must hold now. */
export async function generated(): Promise<{ readonly document: string; readonly types: string }> {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  const document = openApiDocument(CONTRACTS, await accessOfRoutes(), version);
  return { document: `${JSON.stringify(document, null, 1)}\n`, types: typesOf(document) };
}

/** `npm run openapi`: writes both. A test refuses what is not current (test/client/openapi.test.ts). */
if (import.meta.main) {
  const { document, types } = await generated();
  writeFileSync(DOCUMENT_FILE, document);
  writeFileSync(TYPES_FILE, types);
  process.stdout.write(`Wrote ${DOCUMENT_FILE.slice(ROOT.length + 1)} and ${TYPES_FILE.slice(ROOT.length + 1)}\n`);
}
