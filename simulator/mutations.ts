import type { Mutation } from './mutation.ts';
export const MUTATIONS: readonly Mutation[] = [];
export const BACKED_GUARDS: readonly (Mutation & { readonly backedBy: string })[] = [];
