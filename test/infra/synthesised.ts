import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { beforeAll } from 'vitest';
import * as z from 'zod';
import { settingsFrom } from '../../infra/settings.ts';
import { yiqiApp } from '../../infra/yiqi-app.ts';

export const ROOT = resolve(import.meta.dirname, '..', '..');

/** The two places a stack can go to, with the least that each has to be told. */
export const TARGETS = {
  aws: { target: 'aws', mailFrom: 'no-reply@redcross.example.org', alarmEmail: 'oncall@redcross.example.org' },
  local: {
    target: 'local',
    mailEndpoint: 'http://127.0.0.1:8005',
    wechatPayBaseUrl: 'http://127.0.0.1:9001',
  },
} as const;
export type Target = keyof typeof TARGETS;

const resourceShape = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
});
const outputShape = z.looseObject({
  Value: z.unknown(),
  Export: z.object({ Name: z.string() }).optional(),
});
const templateShape = z.looseObject({
  Resources: z.record(z.string(), resourceShape),
  Outputs: z.record(z.string(), outputShape).default({}),
});
export type Resource = z.infer<typeof resourceShape>;
export type Template = z.infer<typeof templateShape>;

const reportShape = z.object({
  pluginReports: z.array(
    z.object({
      pluginName: z.string(),
      conclusion: z.string(),
      violations: z.array(z.object({ ruleName: z.string() })),
    }),
  ),
});
export type ValidationReport = z.infer<typeof reportShape>;

export type Synthesised = {
  readonly template: Template;
  /** Resources in each stack. */
  readonly sizes: Readonly<Record<string, number>>;
  readonly report: ValidationReport;
};

export const STACKS = ['State', 'Gifts', 'Office', 'Closing', 'Workflows', 'Api', 'ClosingApi', 'Alarms'] as const;

/**
 * The templates as one, with what one imports from another written as the reference that it stands for: a test asks
 * what a role may reach, not in which template the thing stands. Logical ids come from construct paths and are unique.
 */
function whole(templates: readonly Template[]): Template {
  const outputs = templates.flatMap(({ Outputs }) => Object.entries(Outputs));
  const exported = new Map(
    outputs.flatMap(([, { Export, Value }]) => (Export === undefined ? [] : [[Export.Name, Value]])),
  );
  const text = JSON.stringify(Object.assign({}, ...templates.map(({ Resources }) => Resources)));
  const resolved: unknown = JSON.parse(text, (_, value: unknown) => {
    const parsed = importShape.safeParse(value);
    if (!parsed.success) return value;
    const name = parsed.data['Fn::ImportValue'];
    if (!exported.has(name)) throw new Error(`nobody exports ${name}`);
    return exported.get(name);
  });
  const told = outputs.filter(([, { Export }]) => Export === undefined);
  return templateShape.parse({ Resources: resolved, Outputs: Object.fromEntries(told) });
}
const importShape = z.strictObject({ 'Fn::ImportValue': z.string() });

const done = new Map<Target, Synthesised>();

/** The template of one target, synthesised once per test file, with a function's code replaced by one line. */
export function synthesised(target: Target): Synthesised {
  const known = done.get(target);
  if (known !== undefined) return known;
  const { app, folder } = appFor(target);
  app.synth();
  const json = (file: string): unknown => JSON.parse(readFileSync(join(app.outdir, file), 'utf8'));
  const templates = STACKS.map((name) => templateShape.parse(json(`Yiqi${name}.template.json`)));
  const result = {
    template: whole(templates),
    sizes: Object.fromEntries(
      STACKS.map((name, place) => [name, Object.keys(templates[place]?.Resources ?? {}).length]),
    ),
    report: reportShape.parse(json('validation-report.json')),
  };
  rmSync(folder, { recursive: true, force: true });
  done.set(target, result);
  return result;
}

/** Synthesis runs all rules over 180 resources: 2 to 5 s each on a busy machine. */
const SYNTHESIS_TIMEOUT_MS = 60_000;

/** Synthesises both targets before the tests of a file, where a slow machine has the time for it. */
export function synthesiseFirst(): void {
  beforeAll(() => {
    for (const target of Object.keys(TARGETS) as Target[]) synthesised(target);
  }, SYNTHESIS_TIMEOUT_MS);
}

/** The app of one target before synthesis, and the folder to remove afterwards. Bundling is not tested here and takes seconds: test/infra/bundles.test.ts. */
export function appFor(target: Target): { readonly app: App; readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'yiqi-synth-'));
  const code = join(folder, 'code');
  mkdirSync(code);
  writeFileSync(join(code, 'index.mjs'), 'export const handler = async () => ({});\n');
  const { context } = z
    .object({ context: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')));
  const app = new App({ outdir: join(folder, 'out'), context });
  yiqiApp(app, settingsFrom(TARGETS[target]), () => Code.fromAsset(code));
  return { app, folder };
}

/** Resources of one type by logical id. */
export function resourcesOf(template: Template, type: string): readonly (readonly [string, Resource])[] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

const logicalReference = z.union([
  z.object({ Ref: z.string() }).transform(({ Ref }) => Ref),
  z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }).transform((value) => value['Fn::GetAtt'][0]),
]);

/** Which resource a value points at (`Ref` or `Fn::GetAtt`); `undefined` for anything else. */
export function pointsAt(value: unknown): string | undefined {
  const parsed = logicalReference.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
