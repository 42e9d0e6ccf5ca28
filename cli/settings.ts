import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { CommandProblem, wrongInput } from './command-problem.ts';
import type { Surroundings } from './surroundings.ts';
import { type System, systemSchema } from './system.ts';

const SETTINGS = 'config.json';
const SESSION = 'session.json';
/** Read and written by this person alone: the session lets whoever has it in. */
const OWN_FILE = 0o600;
const OWN_FOLDER = 0o700;

/** Where a person's settings are, by the XDG base directory specification. */
export function settingsFolder(environment: Readonly<Record<string, string | undefined>>, home: string): string {
  return join(environment['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'yiqi');
}

/**
 * The system that commands talk to: the configured one, or the one that `npm start` has up here.
 * @throws CommandProblem where there is neither.
 */
export function systemOf({ folder, localSystem }: Surroundings, wantsLocal: boolean): System {
  const configured = wantsLocal ? undefined : readFile(folder, SETTINGS, systemSchema);
  const system = configured ?? localSystem();
  if (system !== undefined) return system;
  throw new CommandProblem(
    wantsLocal
      ? 'No system is up on this machine: start one with npm start.'
      : 'No system is known: name one with yiqi configure, or start one on this machine with npm start.',
  );
}

/** An output of the stacks. @throws CommandProblem where the settings do not have it. */
export function outputOf({ outputs }: System, name: string): string {
  const value = outputs[name];
  if (value !== undefined) return value;
  throw new CommandProblem(
    `The output ${name} of the stacks is not known: run yiqi configure with --outputs and the file that cdk deploy --outputs-file wrote.`,
  );
}

const outputsFileSchema = z.record(z.string(), z.record(z.string(), z.string()));

/** What the CDK wrote: the outputs of each stack under its name. */
export function outputsIn(text: string, path: string): Record<string, string> {
  const parsed = outputsFileSchema.safeParse(jsonOf(text));
  if (parsed.success) return Object.assign({}, ...Object.values(parsed.data));
  throw wrongInput(`${path} is not what cdk deploy --outputs-file writes.`);
}

export function writeSettings(folder: string, system: System): string {
  return writeOwn(folder, SETTINGS, systemSchema.parse(system));
}

const sessionSchema = z.strictObject({
  /** The system that it is for: a session of one is never sent to another. */
  apiUrl: z.string(),
  email: z.string(),
  token: z.string(),
  refreshToken: z.string(),
  /** Milliseconds since 1970. */
  expiresAt: z.number(),
});
export type Session = z.infer<typeof sessionSchema>;

export const readSession = (folder: string): Session | undefined => readFile(folder, SESSION, sessionSchema);
export const writeSession = (folder: string, session: Session): string => writeOwn(folder, SESSION, session);
export const removeSession = (folder: string): void => rmSync(join(folder, SESSION), { force: true });

function readFile<T>(folder: string, name: string, schema: z.ZodType<T>): T | undefined {
  const path = join(folder, name);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = schema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const again = name === SESSION ? 'yiqi sign-in' : 'yiqi configure';
  throw new CommandProblem(`${path} cannot be read: remove it and run ${again} again.`);
}

/** Written whole beside its place and then moved there: another command never reads half of it. */
function writeOwn(folder: string, name: string, content: object): string {
  mkdirSync(folder, { recursive: true, mode: OWN_FOLDER });
  const path = join(folder, name);
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: OWN_FILE, flag: 'wx' });
  renameSync(draft, path);
  return path;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
