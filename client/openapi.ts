import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { accessOfRoutes } from './access.ts';
import { CONTRACTS } from './contracts.ts';
import { type OpenApiDocument, openApiDocument } from './document.ts';
import { unannouncedBreaks } from './release.ts';
import { typesOf } from './type-text.ts';

const ROOT = join(import.meta.dirname, '..');
export const DOCUMENT_FILE = join(ROOT, 'functions', 'openapi', 'openapi.json');
export const TYPES_FILE = join(import.meta.dirname, 'api-types.ts');
/** The document of the last release: what callers were promised. There is none before the first. */
const RELEASED_FILE = join(import.meta.dirname, 'released-openapi.json');

/** What the two committed files must hold now. */
export async function generated(): Promise<{ readonly document: string; readonly types: string }> {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  const document = openApiDocument(CONTRACTS, await accessOfRoutes(), version);
  return { document: `${JSON.stringify(document, null, 1)}\n`, types: typesOf(document) };
}

/** What the document breaks for callers of the last release without its version saying so; nothing before the first. */
export function breaksOfRelease(document: string): readonly string[] {
  if (!existsSync(RELEASED_FILE)) return [];
  const released = JSON.parse(readFileSync(RELEASED_FILE, 'utf8')) as OpenApiDocument;
  return unannouncedBreaks(released, JSON.parse(document) as OpenApiDocument);
}

/**
 * `npm run openapi` writes both files; a test refuses what is not current (test/client/openapi.test.ts). With
 * `-- --check-breaking` it writes nothing, and fails with every change that breaks callers of the last release while the
 * version does not say so. With `-- --release` the document becomes that of the last release, unless that check fails.
 */
async function main(options: readonly string[]): Promise<void> {
  const unknown = options.filter((option) => option !== '--check-breaking' && option !== '--release');
  if (unknown.length > 0) return refuse([`There is no option ${unknown.join(', ')}.`]);
  const { document, types } = await generated();
  if (options.length > 0) {
    const breaks = breaksOfRelease(document);
    if (breaks.length > 0)
      return refuse([
        'These changes break callers of the last release. Take them back, or raise the version in package.json:',
        ...breaks.map((sentence) => `  ${sentence}`),
      ]);
  }
  if (!options.includes('--check-breaking')) {
    write(DOCUMENT_FILE, document);
    write(TYPES_FILE, types);
  }
  if (options.includes('--release')) write(RELEASED_FILE, document);
}

function write(file: string, text: string): void {
  writeFileSync(file, text);
  process.stdout.write(`Wrote ${file.slice(ROOT.length + 1)}\n`);
}

function refuse(lines: readonly string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = 1;
}

if (import.meta.main) await main(process.argv.slice(2));
