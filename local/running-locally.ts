import { existsSync, readFileSync } from 'node:fs';
import { type Places, placesOf } from './places.ts';
import { type Inspect, inspectProcess, stillRuns } from './process-identity.ts';
import { parseRunContents } from './run-record.ts';
import { readSystemAddresses, type SystemAddresses } from './running-system.ts';
import { StartupProblem } from './startup-problem.ts';

/**
 * The addresses of the system that `npm start` has up on this machine.
 * @throws StartupProblem when none is up, also where one was killed and left its file behind.
 */
export function systemOnThisMachine(
  places: Pick<Places, 'runRecord' | 'addresses'> = placesOf('start'),
  inspect: Inspect = inspectProcess,
): SystemAddresses {
  const run = existsSync(places.runRecord) ? parseRunContents(readFileSync(places.runRecord, 'utf8')) : undefined;
  if (run === undefined || !stillRuns(run.owner, inspect) || !existsSync(places.addresses))
    throw new StartupProblem(
      'No system is up on this machine',
      'start one with npm start, or name another with --api, --token and --campaign',
    );
  return readSystemAddresses(places.addresses);
}
