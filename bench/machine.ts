import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** What the figures were seen on. */
export type Machine = {
  readonly date: string;
  readonly node: string;
  readonly openssl: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryGigabytes: number;
  /** The machine's load of the last minute: well above 0 before a start means that others are at work. */
  readonly load: number;
};

export function machine(): Machine {
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    openssl: process.versions.openssl,
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}

export const machineLine = (facts: Machine): string =>
  `${facts.date}, Node ${facts.node}, OpenSSL ${facts.openssl}, ${facts.cores} cores (${facts.processor}), ` +
  `${facts.memoryGigabytes} GB, load ${facts.load}`;
