import { removeContainer } from './emulator.ts';
import { type Places, placesOf, preparePlaces, type RunName, removeTemporary } from './places.ts';
import { ChildProcesses, endLeftover } from './processes.ts';
import { claimRun, type RunRecord } from './run-record.ts';

/**
 * One run of ours on this machine: its folder, claimed, and its child processes. However this process ends, they end
 * with it; if it is killed outright, the next run of the same name ends them first.
 */
export class LocalRun {
  readonly places: Places;
  readonly record: RunRecord;
  readonly processes: ChildProcesses;
  readonly #killAll = (): void => this.processes.killAll();
  #closing: Promise<void> | undefined;

  private constructor(places: Places, record: RunRecord) {
    this.places = places;
    this.record = record;
    this.processes = new ChildProcesses(record);
    process.once('exit', this.#killAll);
  }

  /** @throws StartupProblem when a run of this name is up. */
  static async open(name: RunName): Promise<LocalRun> {
    const places = placesOf(name);
    const run = new LocalRun(places, claimRun(places));
    try {
      await run.#endLeftovers();
      preparePlaces(places);
      return run;
    } catch (error) {
      await run.close();
      throw error;
    }
  }

  /** Ends every process and gives the folder back. Can be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#removeContainers(this.record.containers());
    await this.processes.stopAll();
    removeTemporary(this.places);
    this.record.release();
    process.off('exit', this.#killAll);
  }

  async #endLeftovers(): Promise<void> {
    const { children, containers } = this.record.leftovers;
    for (const child of children) await endLeftover(child);
    await this.#removeContainers(containers);
    this.record.leftoversEnded();
  }

  async #removeContainers(names: readonly string[]): Promise<void> {
    for (const name of names) await removeContainer(name, this.places, this.processes);
  }
}
