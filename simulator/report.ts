import { formatMoney, type Minor } from '../functions/kernel/money.ts';
import type { GivingDayOptions } from './giving-day.ts';
import { AUDITED_INVARIANTS } from './invariant-names.ts';
import { type Simulation, type SimulationOptions, shrunk, type Tally } from './simulation.ts';

export const say = (text: string): void => void process.stdout.write(`${text}\n`);
export const grouped = (number: number): string => number.toLocaleString('en');
const money = (amount: number): string => formatMoney(amount as Minor, 'CNY');

/** How long it took: seconds on the clock, and where processes of their own played, of processors. */
export type Taken = { readonly wallSeconds: number; readonly cpuSeconds?: number };

/** Says what was played. `gifts` are those that were planned to be given, neighbours aside. */
export function report(
  { seed, faults: on }: Pick<SimulationOptions, 'seed' | 'faults'>,
  gifts: number,
  tally: Tally,
  { wallSeconds, cpuSeconds }: Taken,
  isBroken: boolean,
): void {
  const faults = Object.entries(tally.faults).sort(([, one], [, other]) => other - one);
  const rate = (seconds: number): string => grouped(Math.round(gifts / seconds));
  say(`seed                ${seed}`);
  say(
    `gifts               ${grouped(gifts)} in ${grouped(tally.campaigns)} campaigns, ${grouped(tally.counted)} counted`,
  );
  say(`steps               ${grouped(tally.steps)}`);
  say(`faults              ${on ? grouped(faults.reduce((total, [, times]) => total + times, 0)) : 'off'}`);
  for (const [fault, times] of faults) say(`                    ${fault}: ${grouped(times)}`);
  say(`redelivered         ${grouped(tally.batchesRedelivered)} batches`);
  say(
    `adjustments         ${grouped(tally.adjustments)}: refunds, decisions, claims, challenges, changed pools, rounds`,
  );
  say(`mails               ${grouped(tally.mails)}`);
  say(`pools               ${money(tally.matchedMinor)} of ${money(tally.poolMinor)} given`);
  say(`invariants          ${AUDITED_INVARIANTS.length}, looked at ${grouped(tally.checks)} times`);
  say(`time                ${wallSeconds.toFixed(1)} s, ${rate(wallSeconds)} gifts/s`);
  if (cpuSeconds !== undefined) say(`processors          ${cpuSeconds.toFixed(1)} s, ${rate(cpuSeconds)} gifts/s`);
  say(`trace               ${tally.traceHash}`);
  say(`verdict             ${isBroken ? 'BROKEN' : 'every invariant held'}`);
}

/** What of a failure people are shown: the first findings tell the story. */
const LISTED_FINDINGS = 5;

/** Says what broke in the smallest campaign that still shows it, and how to see it again. */
export async function reportFailure(failed: NonNullable<Simulation['failed']>): Promise<void> {
  const { day, options } = await shrunk(failed);
  for (const { invariant, detail, step } of day.findings.slice(0, LISTED_FINDINGS))
    say(`\nstep ${step}: ${invariant}\n  ${detail}`);
  say('\nThe last events:');
  for (const event of day.lastEvents) say(`  ${event}`);
  say(`\nReplay: ${replayCommand(options)}`);
}

/** What plays one campaign again, and it alone. */
export function replayCommand(options: GivingDayOptions): string {
  const { seed, gifts, faults, mailOneIn, wholeStackOneIn, mutation } = options;
  return [
    `node simulator/simulate.ts --seed ${seed} --gifts ${gifts} --campaign ${gifts} --faults ${faults ? 'on' : 'off'}`,
    `--mail-one-in ${mailOneIn} --whole-stack-one-in ${wholeStackOneIn}`,
    ...(mutation === undefined ? [] : [`--mutation ${mutation.name}`]),
  ].join(' ');
}
