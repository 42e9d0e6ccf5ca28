import type { Operator } from './operator.ts';
import type { System } from './system.ts';
import type { Terminal } from './terminal.ts';
import type { UserPool } from './user-pool.ts';

/** Everything that is outside a command: the person's terminal, the system, the user pool, AWS. Tests give others. */
export type Surroundings = {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where settings and session are kept, for this person alone. */
  readonly folder: string;
  readonly now: () => number;
  /** The system of `npm start`, where one is up on this machine. */
  readonly localSystem: () => System | undefined;
  readonly openUserPool: (system: System) => UserPool;
  /** What is done with the rights of the AWS account, past the API. */
  readonly openOperator: (system: System) => Operator;
  /** Left out: the one of the platform. */
  readonly fetch?: (request: Request) => Promise<Response>;
};
