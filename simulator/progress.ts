import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { FIGURES, NOTHING, type SimulationOptions, type Stretch, sumOf, type Tally, wholeRun } from './simulation.ts';

const runSchema = z.strictObject({
  seed: z.number(),
  gifts: z.number(),
  campaignGifts: z.number(),
  faults: z.boolean(),
  mailOneIn: z.number(),
  wholeStackOneIn: z.number(),
  parts: z.number(),
});
/** A run and into how many parts it is cut: everything that decides what a part plays. */
export type Run = z.infer<typeof runSchema>;

const doneSchema = z.object({
  /** The first and the last of parts that follow each other, from 1. */
  from: z.number().int().min(1),
  to: z.number().int().min(1),
  /** Of the tree that played it; with a plus where files had been changed since. */
  commit: z.string(),
  tally: z.object({
    ...(Object.fromEntries(FIGURES.map((figure) => [figure, z.number()])) as Record<
      (typeof FIGURES)[number],
      z.ZodNumber
    >),
    faults: z.record(z.string(), z.number()),
    traceHash: z.string(),
  }),
  cpuSeconds: z.number(),
  wallSeconds: z.number(),
});
/** Parts that were played on one commit, as one. */
export type Done = Omit<z.infer<typeof doneSchema>, 'tally'> & { readonly tally: Tally };
const progressSchema = z.strictObject({ run: runSchema, done: z.array(doneSchema) });

export const runOf = (options: SimulationOptions, parts: number): Run => {
  const { seed, gifts, campaignGifts, faults, mailOneIn, wholeStackOneIn } = options;
  return { seed, gifts, campaignGifts, faults, mailOneIn, wholeStackOneIn, parts };
};

/** The campaigns of the nth part of so many, from 1, or up to the `last`: parts are as equal as whole campaigns allow, and together all of the run. */
export function stretchOf(
  part: number,
  parts: number,
  run: Pick<SimulationOptions, 'gifts' | 'campaignGifts'>,
  last = part,
): Stretch {
  const { to: campaigns } = wholeRun(run);
  const upTo = (share: number): number => Math.floor((share * campaigns) / parts);
  return { from: upTo(part - 1), to: upTo(last) };
}

/**
 * The parts of a run that are done, kept in a file, so that a run can be stopped at any time and gone on with. Neighbours
 * that were played on the same commit are kept as one: the file of ten million gifts has a few lines.
 */
export class Progress {
  readonly #file: string;
  readonly #run: Run;
  #done: readonly Done[];

  /** Throws RangeError where the file is of another run. */
  constructor(file: string, run: Run) {
    this.#file = file;
    this.#run = run;
    const kept = existsSync(file) ? progressSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : { run, done: [] };
    if (JSON.stringify(runOf(kept.run, kept.run.parts)) !== JSON.stringify(run))
      throw new RangeError(`${file} is of another run: ${JSON.stringify(kept.run)}`);
    this.#done = kept.done;
  }

  /** In their order. */
  get done(): readonly Done[] {
    return this.#done;
  }

  get missing(): readonly number[] {
    const isDone = (part: number): boolean => this.#done.some(({ from, to }) => from <= part && part <= to);
    return Array.from({ length: this.#run.parts }, (_, n) => n + 1).filter((part) => !isDone(part));
  }

  /** Whoever is stopped while writing leaves the file as it was. */
  add(done: Done): void {
    const inOrder = [...this.#done, done].sort((one, other) => one.from - other.from);
    this.#done = inOrder.reduce<readonly Done[]>(joined, []);
    writeFileSync(`${this.#file}.new`, `${JSON.stringify({ run: this.#run, done: this.#done }, null, 2)}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }
}

function joined(before: readonly Done[], next: Done): readonly Done[] {
  const last = before.at(-1);
  if (last === undefined || last.commit !== next.commit || last.to + 1 !== next.from) return [...before, next];
  const both: Done = {
    from: last.from,
    to: next.to,
    commit: last.commit,
    tally: sumOf(last.tally, next.tally),
    cpuSeconds: last.cpuSeconds + next.cpuSeconds,
    wallSeconds: last.wallSeconds + next.wallSeconds,
  };
  return [...before.slice(0, -1), both];
}

export const tallyOf = (done: readonly Pick<Done, 'tally'>[]): Tally =>
  done.map(({ tally }) => tally).reduce(sumOf, NOTHING);

/** Which commit this tree is, with a plus where something of it has been changed since. */
export function commitOfTree(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
  try {
    const changed = git(
      'status',
      '--porcelain',
      '--untracked-files=no',
      '--',
      '../functions',
      '../simulator',
      '../local',
    );
    return `${git('rev-parse', '--short=12', 'HEAD')}${changed === '' ? '' : '+'}`;
  } catch {
    return 'unknown';
  }
}
