import { createHash } from 'node:crypto';

/** The seed of the nth campaign of a run: unlike its neighbours', and 32 bits like every seed. */
export const derivedSeed = (seed: number, number: number): number =>
  createHash('sha256').update(`${seed}/${number}`).digest().readUInt32BE(0);
