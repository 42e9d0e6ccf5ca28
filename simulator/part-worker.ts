import './surroundings.ts';
import { reasonOf } from '../functions/kernel/errors.ts';
import type { Asked, PartPlayed } from './workers.ts';

const { simulate } = await import('./simulation.ts');

async function played({ part, stretch, options }: Asked): Promise<PartPlayed> {
  const started = performance.now();
  const cpu = process.cpuUsage();
  const { failed, ...tally } = await simulate(options, () => undefined, stretch);
  const { user, system } = process.cpuUsage(cpu);
  return {
    part,
    tally,
    failed: failed?.options,
    cpuSeconds: (user + system) / 1_000_000,
    wallSeconds: (performance.now() - started) / 1_000,
  };
}

/** A process that plays the parts it is told to, one after another, until whoever started it is gone. */
process.on('message', (asked: Asked) => {
  played(asked).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ part: asked.part, gaveUp: reasonOf(error) }),
  );
});
process.on('disconnect', () => process.exit());
