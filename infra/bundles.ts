import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import type { FunctionSpec } from '../functions/function-spec.ts';
import { type FunctionName, MANIFEST } from '../functions/manifest.ts';
import { copyPressAssets } from './press-assets.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** Packages that were written for CommonJS look for `require` and `__dirname`, which ES modules do not have. */
const BANNER = [
  "import{createRequire as __createRequire}from'node:module';",
  'const require=__createRequire(import.meta.url),__filename=import.meta.filename,__dirname=import.meta.dirname;',
].join('');

/** Where the code of a function comes from. */
export type CodeOf = (name: FunctionName) => Code;

/** Bundles every function into a folder of its own below `output`, as what is deployed. Throws like {@link bundle}. */
export function bundledCode(output: string): CodeOf {
  const folders = bundle(MANIFEST, output);
  return (name) => Code.fromAsset(folders[name]);
}

/**
 * Bundles functions in one pass of esbuild into `<output>/<name>/index.mjs` and answers with the folders. An asset is
 * named after its contents, so only functions that changed are uploaded. No source maps: a function that throws says
 * so in one structured line, and reading a map would make each cold start slower.
 *
 * Throws Error naming every entry file that is missing; what esbuild cannot build it throws itself.
 */
export function bundle<Name extends string>(
  functions: Readonly<Record<Name, Pick<FunctionSpec, 'entry' | 'assets'>>>,
  output: string,
): Readonly<Record<Name, string>> {
  const specs = Object.entries(functions) as [Name, Pick<FunctionSpec, 'entry' | 'assets'>][];
  refuseMissing(specs);
  rmSync(output, { recursive: true, force: true });
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: specs.map(([name, { entry }]) => ({ in: join('functions', entry), out: join(name, 'index') })),
    outdir: output,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: { js: BANNER },
    legalComments: 'none',
    logLevel: 'warning',
  });
  for (const [name, { assets }] of specs) if (assets === 'press') copyPressAssets(ROOT, join(output, name));
  return Object.fromEntries(specs.map(([name]) => [name, join(output, name)])) as Record<Name, string>;
}

function refuseMissing(specs: readonly (readonly [string, Pick<FunctionSpec, 'entry'>])[]): void {
  const missing = specs.filter(([, { entry }]) => !existsSync(join(ROOT, 'functions', entry)));
  if (missing.length === 0) return;
  const lines = missing.map(([name, { entry }]) => `  ${name}: functions/${entry}`);
  throw new Error(`functions/manifest.ts names files that do not exist:\n${lines.join('\n')}`);
}
