import type { FunctionSpec } from '../functions/function-spec.ts';
import { type FunctionName, MANIFEST } from '../functions/manifest.ts';

/** The stacks of functions, and what those of each are for. */
export const STACK_PURPOSES = {
  Gifts: 'functions of the money path: gifts, statements, matching',
  Office: 'functions of those who plan, decide and look after what is due',
  Closing: 'functions of what follows a gift: notices, receipts, disclosure, closing',
} as const;
export type FunctionStack = keyof typeof STACK_PURPOSES;
export const FUNCTION_STACKS = Object.keys(STACK_PURPOSES) as FunctionStack[];

/** Areas whose functions are not of the office. A new area belongs there until its stack is full (test/infra counts). */
const STACK_OF_AREA: Readonly<Record<string, FunctionStack>> = {
  donations: 'Gifts',
  matching: 'Gifts',
  statements: 'Gifts',
  closeout: 'Closing',
  disclosure: 'Closing',
  goods: 'Closing',
  legacy: 'Closing',
  notices: 'Closing',
  proofs: 'Closing',
  receipts: 'Closing',
  reconciliation: 'Closing',
  spending: 'Closing',
};

/** The functions of one stack, by the area that their code is in. */
export function functionsOf(stack: FunctionStack): readonly (readonly [FunctionName, FunctionSpec])[] {
  const all = Object.entries(MANIFEST) as [FunctionName, FunctionSpec][];
  return all.filter(([, { entry }]) => (STACK_OF_AREA[entry.split('/')[0] ?? ''] ?? 'Office') === stack);
}
