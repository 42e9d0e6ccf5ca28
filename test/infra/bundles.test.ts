import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FunctionSpec } from '../../functions/function-spec.ts';
import { type FunctionName, MANIFEST } from '../../functions/manifest.ts';
import { PRESS_ASSETS } from '../../functions/press/press-assets.ts';
import { bundle } from '../../infra/bundles.ts';

const names = Object.keys(MANIFEST) as FunctionName[];
const specOf = (name: FunctionName): FunctionSpec => MANIFEST[name];
/** Two dozen bundles with the SDK in each take some seconds on one busy core. */
const BUNDLING_TIMEOUT_MS = 120_000;

describe('a bundle', () => {
  const output = mkdtempSync(join(tmpdir(), 'yiqi-bundles-'));
  let folders: Readonly<Record<FunctionName, string>>;
  beforeAll(() => {
    folders = bundle(MANIFEST, join(output, 'functions'));
  }, BUNDLING_TIMEOUT_MS);
  afterAll(() => rmSync(output, { recursive: true, force: true }));

  it.each(names)('of %s starts in an empty folder, without its packages and its environment', async (name) => {
    const alone = join(output, 'alone', name);
    cpSync(join(folders[name], 'index.mjs'), join(alone, 'index.mjs'));
    const module: unknown = await import(pathToFileURL(join(alone, 'index.mjs')).href);
    expect(module).toMatchObject({ handler: expect.any(Function) });
  });

  it.each(names)('of %s brings the files it reads at run time, and no others', (name) => {
    const assets = specOf(name).assets === 'press' ? PRESS_ASSETS.map(({ file }) => file) : [];
    expect(readdirSync(folders[name]).toSorted()).toEqual(['index.mjs', ...assets].toSorted());
  });

  it.each(names)('of %s leaves more than 100 of the 250 MB that Lambda takes unzipped', (name) => {
    const bytes = readdirSync(folders[name]).map((file) => statSync(join(folders[name], file)).size);
    expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(150_000_000);
  });
});

it('a manifest that names missing files is refused with all of them, before anything is built', () => {
  const output = join(tmpdir(), 'yiqi-never-made');
  const wanted = {
    'send-fax': { entry: 'notices/send-fax.lambda.ts' },
    'send-pigeon': { entry: 'notices/send-pigeon.lambda.ts' },
  } as const;
  expect(() => bundle(wanted, output)).toThrow(/send-fax: functions\/notices\/send-fax[\s\S]*send-pigeon/);
  expect(existsSync(output)).toBe(false);
});
