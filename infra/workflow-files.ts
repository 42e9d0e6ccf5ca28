import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { WORKFLOWS, type WorkflowName } from '../functions/manifest.ts';

const FOLDER = resolve(import.meta.dirname, '..', 'workflows');

/** How a workflow file names a function or another workflow: `check-proposal` is written `${CheckProposal}`. */
export const placeholderOf = (name: string): string =>
  name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** The placeholders that a workflow file uses, without the braces. */
export const placeholdersIn = (definition: string): readonly string[] => [
  ...new Set([...definition.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1] ?? '')),
];

/** The text of a workflow file. */
export const definitionOf = (name: WorkflowName): string =>
  readFileSync(join(FOLDER, WORKFLOWS[name].definition), 'utf8');
