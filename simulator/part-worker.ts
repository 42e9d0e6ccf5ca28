import './surroundings.ts';
import type { Asked, PartPlayed } from './workers.ts';

const { simulate } = await import('./simulation.ts');

/** A process that plays the parts it is told to, one after another, until whoever started it is gone. */
process.on('message', async ({ part, stretch, options }: Asked) => {
  const started = performance.now();
  const cpu = process.cpuUsage();
  const { failed, ...tally } = await simulate(options, () => undefined, stretch);
  const { user, system } = process.cpuUsage(cpu);
  process.send?.({
    part,
    tally,
    failed: failed?.options,
    cpuSeconds: (user + system) / 1_000_000,
    wallSeconds: (performance.now() - started) / 1_000,
  } satisfies PartPlayed);
});
process.on('disconnect', () => process.exit());
