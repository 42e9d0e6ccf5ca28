import { derivedSeed } from './derived-seed.ts';
import type { Mutation } from './mutation.ts';
import { type SimulationOptions, simulate } from './simulation.ts';

/** With how many seeds a break was found, and how the first time. */
export type Hunted = {
  readonly mutation: Mutation;
  readonly found: number;
  readonly first:
    | { readonly invariant: string; readonly step: number; readonly seed: number; readonly gifts: number }
    | undefined;
};

/** Looks for one break with several seeds, each over as many gifts as the options say. */
export async function hunt(mutation: Mutation, options: SimulationOptions, seeds: number): Promise<Hunted> {
  let found = 0;
  let first: Hunted['first'];
  for (let number = 0; number < seeds; number += 1) {
    const { failed } = await simulate({ ...options, seed: derivedSeed(options.seed, number), mutation });
    const finding = failed?.day.findings[0];
    if (failed === undefined || finding === undefined) continue;
    found += 1;
    first ??= {
      invariant: finding.invariant,
      step: finding.step,
      seed: failed.options.seed,
      gifts: failed.options.gifts,
    };
  }
  return { mutation, found, first };
}
