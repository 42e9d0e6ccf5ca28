import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type FunctionSpec, mayWrite } from '../functions/function-spec.ts';
import { MANIFEST, WORKFLOWS } from '../functions/manifest.ts';
import { placeholderOf, placeholdersIn } from '../infra/workflow-files.ts';

const ROOT = resolve(import.meta.dirname, '..');
const specs = Object.entries(MANIFEST) as [string, FunctionSpec][];

type SourceFile = { readonly path: string; readonly text: string; readonly imports: readonly Import[] };
type Import = { readonly of: string; readonly isType: boolean };

// Biome keeps every import in this shape; `import()` counts as much as `import`.
const IMPORT = /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)/g;

function read(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const imports = [...text.matchAll(IMPORT)].map((match) => {
    const specifier = match[2] ?? match[3] ?? '';
    const of = specifier.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(path), specifier)) : specifier;
    return { of, isType: match[1] !== undefined };
  });
  return { path, text, imports };
}

const sourcesIn = (folder: string): readonly SourceFile[] =>
  globSync(`${folder}/**/*.{ts,tsx}`, { cwd: ROOT }).toSorted().map(read);
const functions = sourcesIn('functions');
const layerOf = (path: string): string => /\.(lambda|store|gateway)\.tsx?$/.exec(path)?.[1] ?? 'rule';
const areaOf = (path: string): string => path.split('/')[1] ?? '';
/** The one stack outside the platform: it needs stores of several areas. */
const STAFF_STACK = 'functions/access/staff-function.ts';
const rules = functions.filter(
  ({ path }) =>
    layerOf(path) === 'rule' && !['kernel', 'platform', 'manifest.ts'].includes(areaOf(path)) && path !== STAFF_STACK,
);
/** Workflow tasks that may write in a campaign's partition and change nothing of the campaign: why their table is not audited. */
const NOT_A_DEED: Readonly<Record<string, string>> = {
  'await-decision': 'keeps a task token, a secret, in a partition of its own; of the campaign it reads the approval',
  'book-statement-part': 'books gifts, whose entries are the record; of the campaign it reads the terms',
  'check-statement': 'notes its progress on the import; of the campaign it reads the terms',
  'issue-receipt-batch': 'issues receipts, whose register is the record; of the campaign it reads the plan',
  'mail-approval': 'notes which mails went out',
  'tell-staff': 'notes which mails went out',
};
const breaches = (files: readonly SourceFile[], isBreach: (imported: Import, file: SourceFile) => boolean): string[] =>
  files.flatMap((file) =>
    file.imports.filter((imported) => isBreach(imported, file)).map(({ of }) => `${file.path} imports ${of}`),
  );

describe('what is deployed', () => {
  it('is every *.lambda.ts file, and each of them once', () => {
    const files = globSync('functions/**/*.lambda.ts', { cwd: ROOT }).map((path) => relative('functions', path));
    expect(specs.map(([, { entry }]) => entry).toSorted()).toEqual(files.toSorted());
  });

  it('is said by the manifest of its own area', () => {
    for (const path of globSync('functions/*/*.manifest.ts', { cwd: ROOT })) {
      const area = areaOf(path);
      expect(basename(path)).toBe(`${area}.manifest.ts`);
      const entries = [...read(path).text.matchAll(/entry: '([^/']+)\//g)].map(([, of]) => of);
      expect(entries.length, path).toBeGreaterThan(0);
      expect([...new Set(entries)], path).toEqual([area]);
    }
  });

  it('is named after its file', () => {
    for (const [name, { entry }] of specs) expect(basename(entry)).toBe(`${name}.lambda.ts`);
  });

  it('exports a handler', () => {
    for (const [, { entry }] of specs)
      expect(read(`functions/${entry}`).text, entry).toMatch(/^export const handler\b/m);
  });

  it('lets staff in by membership, and writes what they change into the audit trail, without an exception', () => {
    const staff = specs.filter(([, { trigger }]) => trigger.kind === 'http' && trigger.access === 'staff');
    expect(staff.length).toBeGreaterThan(20);
    for (const [name, { entry }] of staff) {
      const { text } = read(`functions/${entry}`);
      expect(text, name).toMatch(/^export const handler = staffFunction\(definition\);$/m);
      // The table that the handler is given is the audited one; a second one of its own would be past the trail.
      expect(text.match(/openTable\(\)/g), name).toHaveLength(1);
    }
    const elsewhere = specs.filter(([name]) => !staff.some(([known]) => known === name));
    for (const [name, { entry }] of elsewhere)
      expect(read(`functions/${entry}`).text, name).not.toContain('staffFunction');
  });

  it('writes what a workflow does to a campaign into the audit trail, but for what is no deed', () => {
    const tasks = specs.filter(([, spec]) => spec.trigger.kind === 'workflow' && mayWrite(spec, 'CAMPAIGN#'));
    const isAudited = ([, { entry }]: (typeof tasks)[number]): boolean =>
      /\bauditedTable\(/.test(read(`functions/${entry}`).text);
    expect(tasks.filter(isAudited).length).toBeGreaterThan(5);
    expect(
      tasks
        .filter((task) => !isAudited(task))
        .map(([name]) => name)
        .toSorted(),
    ).toEqual(Object.keys(NOT_A_DEED));
    // The grant on the trail goes with the use of it, both ways.
    for (const [name, { entry, needs, trigger }] of specs) {
      if (trigger.kind === 'http') continue;
      expect(needs.auditTrail === true, name).toBe(/\bauditedTable\(/.test(read(`functions/${entry}`).text));
    }
  });

  it('needs only partitions that keys are made for', () => {
    const keys = read('functions/platform/keys.ts').text;
    for (const [name, { needs }] of specs) {
      for (const partition of [...(needs.table?.partitions ?? []), ...(needs.reads ?? [])])
        expect(keys, name).toContain(`\`${partition}\${`);
    }
  });
});

describe('workflows', () => {
  const texts = Object.values(WORKFLOWS).map(({ definition }) =>
    readFileSync(join(ROOT, 'workflows', definition), 'utf8'),
  );
  const placeholders = new Set(texts.flatMap((text) => placeholdersIn(text)));
  const callable = specs.filter(([, { trigger }]) => trigger.kind === 'workflow').map(([name]) => placeholderOf(name));
  const started = Object.keys(WORKFLOWS).map(placeholderOf);

  it('are the files of the workflows folder', () => {
    const files = globSync('workflows/*', { cwd: ROOT }).map((path) => basename(path));
    expect(
      Object.values(WORKFLOWS)
        .map(({ definition }) => definition)
        .toSorted(),
    ).toEqual(files.toSorted());
  });

  it('call functions that are made for workflows, every one of those, and nothing that does not exist', () => {
    expect([...placeholders].filter((name) => !started.includes(name)).toSorted()).toEqual(callable.toSorted());
  });

  it('know failures by our three names and by the names that AWS documents', () => {
    const known = ['TransientError', 'ThrottledError', 'PermanentError'];
    const ofAws =
      /^(States\.[A-Za-z]+|Lambda\.(ServiceException|AWSLambdaException|SdkClientException|ClientExecutionTimeoutException|TooManyRequestsException|Unknown))$/;
    const named = texts.flatMap((text) => errorNamesIn(JSON.parse(text)));
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !known.includes(name) && !ofAws.test(name))).toEqual([]);
  });

  it('try again what is transient or throttled, and never what is permanent', () => {
    const retriers = texts.flatMap((text) => retriedNamesIn(JSON.parse(text)));
    expect(retriers).toContain('TransientError');
    expect(retriers).toContain('ThrottledError');
    expect(retriers).not.toContain('PermanentError');
    expect(retriers).not.toContain('States.ALL');
    expect(retriers).not.toContain('States.TaskFailed');
  });
});

describe('imports', () => {
  it('are found in every kind of file, so that the rules below have something to hold', () => {
    expect(functions.length).toBeGreaterThan(30);
    expect(functions.filter(({ imports }) => imports.length > 0).length).toBeGreaterThan(30);
  });

  it('of a lambda never name another lambda, and nothing else names one either', () => {
    expect(breaches(functions, ({ of }) => layerOf(of) === 'lambda')).toEqual([]);
  });

  it('of a pure rule name no store, no gateway, no SDK and no middleware', () => {
    const outside = /^(@aws-sdk|@smithy|@middy|@aws-lambda-powertools|aws-lambda$)/;
    const isBreach = ({ of, isType }: Import): boolean =>
      ['store', 'gateway'].includes(layerOf(of)) || (outside.test(of) && !isType);
    expect(breaches(rules, isBreach)).toEqual([]);
  });

  it('of a pure rule take from the platform only keys, the table port, and types', () => {
    const allowed = ['functions/platform/keys.ts', 'functions/platform/table.ts'];
    // No function imports a contract, so what it takes with it weighs on none.
    const pure = rules.filter(({ path }) => !path.endsWith('.contract.ts'));
    expect(breaches(pure, ({ of, isType }) => areaOf(of) === 'platform' && !isType && !allowed.includes(of))).toEqual(
      [],
    );
  });

  it('of a contract are found in contracts alone', () => {
    const others = functions.filter(({ path }) => !path.endsWith('.contract.ts'));
    expect(breaches(others, ({ of }) => of.endsWith('.contract.ts'))).toEqual([]);
  });

  it('of the SDK, of middy and of Powertools sit in the platform, stores and gateways', () => {
    const outside = /^(@aws-sdk|@smithy|@middy|@aws-lambda-powertools)/;
    const elsewhere = functions.filter(
      ({ path }) => areaOf(path) !== 'platform' && !['store', 'gateway'].includes(layerOf(path)),
    );
    expect(breaches(elsewhere, ({ of }) => outside.test(of))).toEqual([]);
  });

  it('of what receives payments reach no proposal and no matching plan, whose checks every cold start would pay for', () => {
    const byPath = new Map(functions.map((file) => [file.path, file]));
    const reached = new Set(
      functions.map(({ path }) => path).filter((path) => /\/receive-[\w-]+\.lambda\.ts$/.test(path)),
    );
    for (const path of reached)
      for (const { of, isType } of byPath.get(path)?.imports ?? []) if (!isType && byPath.has(of)) reached.add(of);
    expect(reached.size).toBeGreaterThan(20);
    expect([...reached].filter((path) => /campaign-proposal|matching-plan|campaign\.store/.test(path))).toEqual([]);
  });

  it('of DynamoDB sit in the platform alone', () => {
    const elsewhere = functions.filter(({ path }) => areaOf(path) !== 'platform');
    expect(breaches(elsewhere, ({ of }) => of.startsWith('@aws-sdk/client-dynamodb'))).toEqual([]);
  });

  it('of the kernel name nothing but the kernel, and of the platform nothing but both', () => {
    const inArea = (area: string) => functions.filter(({ path }) => areaOf(path) === area);
    const isOurs = ({ of }: Import): boolean => of.startsWith('functions/');
    expect(breaches(inArea('kernel'), (imported) => isOurs(imported) && areaOf(imported.of) !== 'kernel')).toEqual([]);
    expect(
      breaches(
        inArea('platform'),
        (imported) => isOurs(imported) && !['kernel', 'platform'].includes(areaOf(imported.of)),
      ),
    ).toEqual([]);
  });

  it('of a function name no infrastructure, no local run and no test', () => {
    expect(breaches(functions, ({ of }) => /^(infra|local|test|bench)\//.test(of))).toEqual([]);
    expect(breaches([...sourcesIn('infra'), ...sourcesIn('local')], ({ of }) => of.startsWith('test/'))).toEqual([]);
  });

  it('of infra take from the functions only data', () => {
    const taken = [
      'function-spec.ts',
      'manifest.ts',
      'press/press-assets.ts',
      'press/press-fonts.ts',
      'schedules/job.ts',
    ];
    const data = taken.map((path) => `functions/${path}`);
    expect(breaches(sourcesIn('infra'), ({ of }) => of.startsWith('functions/') && !data.includes(of))).toEqual([]);
    const areas = globSync('functions/*/*.manifest.ts', { cwd: ROOT });
    expect(areas.length).toBeGreaterThan(10);
    expect(breaches([...data, ...areas].map(read), ({ of }) => ![...data, ...areas].includes(of))).toEqual([]);
  });
});

describe('a pure rule', () => {
  it('reads no environment, no clock and no dice', () => {
    const impure =
      /process\.env|Date\.now\(|new Date\(\)|Math\.random\(|performance\.now\(|randomUUID\(|randomBytes\(|Temporal\.Now/;
    expect(rules.length).toBeGreaterThan(10);
    expect(rules.filter(({ text }) => impure.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

it('whether a transaction was committed is read wherever one is made', () => {
  // Whatever stands before the call, it is a statement of its own: nothing takes its outcome. Unlike a write without a condition,
  // a transaction that meets another one is cancelled without a word.
  const unread = /[;{}]\s*(?:\/\/[^\n]*\s*)*await [\w.]+(?:\([^;{}]*?\))?\.transact\(/;
  const all = functions.filter(({ text }) => unread.test(text)).map(({ path }) => path);
  expect(unread.test('{\n  await table.transact([')).toBe(true);
  expect(unread.test('{\n  return outcomeOf(\n    await table.transact([')).toBe(false);
  expect(all).toEqual([
    // An hourly look withdraws it; what stood in the way is looked at again in an hour.
    'functions/reconciliation/bank-payout.store.ts',
  ]);
});

it('keys are built in keys.ts and nowhere else', () => {
  const builds = /\bpk: ['"`]|\bsk: ['"`]|\bindexPk: ['"`]|\bindexSk: ['"`]/;
  const elsewhere = functions.filter(({ path }) => path !== 'functions/platform/keys.ts');
  expect(elsewhere.filter(({ text }) => builds.test(text)).map(({ path }) => path)).toEqual([]);
});

it('every area is explained in the architecture document', () => {
  const document = readFileSync(join(ROOT, 'docs', 'architecture.md'), 'utf8');
  const areas = new Set(functions.map(({ path }) => areaOf(path)).filter((area) => !area.includes('.')));
  expect(areas.size).toBeGreaterThan(5);
  for (const area of areas) expect(document).toContain(`${area}/`);
});

/** Every value of one field, wherever in a workflow it stands. */
function everyField(node: unknown, name: string): unknown[] {
  if (Array.isArray(node)) return node.flatMap((item) => everyField(item, name));
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => [...(key === name ? [value] : []), ...everyField(value, name)]);
}

function errorNamesIn(definition: unknown): string[] {
  return everyField(definition, 'ErrorEquals').flatMap((names) => z.array(z.string()).parse(names));
}

function retriedNamesIn(definition: unknown): string[] {
  return everyField(definition, 'Retry').flatMap(errorNamesIn);
}
