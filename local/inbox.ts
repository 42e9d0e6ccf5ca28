import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { serverEnvironment } from './local-environment.ts';
import type { Places } from './places.ts';
import { LOOPBACK } from './ports.ts';
import type { ChildProcesses } from './processes.ts';
import { waitForServer } from './wait-for-server.ts';

// Seen: 0.6 s.
const START_SECONDS = 30;

/**
 * Starts the mail inbox: it takes mail through the SES v2 API and shows it on a web page, attachments included. It
 * keeps mail in memory (a thank-you is about 20 KB), so it has a process of its own. `<address>/store` lists the
 * mail as JSON.
 * @returns its address, for the page as for the API.
 * @throws StartupProblem when it ends or does not answer.
 */
export async function startInbox(port: number, places: Places, processes: ChildProcesses): Promise<string> {
  const program = join(dirname(createRequire(import.meta.url).resolve('aws-ses-v2-local')), 'cli.js');
  const server = processes.startServer({
    name: 'mail inbox',
    file: process.execPath,
    args: [program, '--host', LOOPBACK, '--port', String(port)],
    cwd: places.temporary,
    env: serverEnvironment(process.env, places, {}),
    logFile: join(places.logs, 'inbox.log'),
  });
  const address = `http://${LOOPBACK}:${port}`;
  await waitForServer(server, `${address}/health-check`, START_SECONDS);
  return address;
}
