import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** Files outside the book of spending that take its figures and speak of the aid among them. */
const publishing = globSync('functions/**/*.{ts,tsx}', { cwd: ROOT })
  .filter((file) => !file.startsWith('functions/spending/'))
  .map((file) => ({ file, source: readFileSync(join(ROOT, file), 'utf8') }))
  .filter(({ source }) => /from '[^']*spending-figures(\.store)?\.ts'/.test(source) && /\baid\b/.test(source));

test('whoever takes aid from the figures of spending asks the one place that knows how few people may be shown', () => {
  expect(publishing.map(({ file }) => file)).toContain('functions/closeout/report-input.store.ts');
  const unasked = publishing.filter(({ source }) => !/from '[^']*spending\/aid-figures\.ts'/.test(source));
  expect(unasked.map(({ file }) => file)).toEqual([]);
});
