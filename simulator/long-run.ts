import { playGivingDay } from './giving-day.ts';
import { commitOfTree, Progress, runOf, stretchOf, tallyOf } from './progress.ts';
import { grouped, report, reportFailure, say } from './report.ts';
import { giftsOf, type SimulationOptions } from './simulation.ts';
import { playParts } from './workers.ts';

/** How a long run is made. */
export type LongRun = { readonly file: string; readonly parts: number; readonly workers: number };

/**
 * Plays what is missing of a run in processes of their own, keeps in a file which parts are done, and reports all that is
 * done. Stopped, it loses no more than the parts that were being played. The result is the exit code.
 */
export async function playLongRun(options: SimulationOptions, { file, parts, workers }: LongRun): Promise<number> {
  const progress = new Progress(file, runOf(options, parts));
  const commit = commitOfTree();
  const asked = progress.missing.map((part) => ({ part, stretch: stretchOf(part, parts, options), options }));
  const started = performance.now();
  let failed: Parameters<typeof playGivingDay>[0] | undefined;
  await playParts(asked, workers, ({ part, tally, failed: broken, cpuSeconds, wallSeconds }) => {
    if (broken !== undefined) {
      failed ??= broken;
      return;
    }
    progress.add({ from: part, to: part, commit, tally, cpuSeconds, wallSeconds });
    const seconds = Math.round((performance.now() - started) / 1_000);
    process.stderr.write(
      `${grouped(parts - progress.missing.length)} of ${grouped(parts)} parts in ${seconds} s, all right so far\n`,
    );
  });
  const { done } = progress;
  const gifts = done.reduce((sum, { from, to }) => sum + giftsOf(options, stretchOf(from, parts, options, to)), 0);
  const taken = {
    wallSeconds: done.reduce((sum, { wallSeconds }) => sum + wallSeconds, 0),
    cpuSeconds: done.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
  };
  say(`parts               ${grouped(parts - progress.missing.length)} of ${grouped(parts)}`);
  for (const { from, to, commit: on } of done) say(`                    ${from} to ${to} on commit ${on}`);
  report(options, gifts, tallyOf(done), taken, failed !== undefined);
  if (failed === undefined) return 0;
  await reportFailure({ day: await playGivingDay(failed), options: failed });
  return 1;
}
