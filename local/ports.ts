import { createServer } from 'node:net';
import { StartupProblem } from './startup-problem.ts';

/** Every server of a local system listens here and nowhere else. */
export const LOOPBACK = '127.0.0.1';

const LARGEST_PORT = 65_535;

/** Reads a port as typed. Below 1024 needs privileges that nothing here should have. */
export function parsePort(typed: string): number | undefined {
  if (!/^\d{1,5}$/.test(typed)) return undefined;
  const port = Number(typed);
  return port >= 1_024 && port <= LARGEST_PORT ? port : undefined;
}

/**
 * The port that a server will use: the one asked for, or any free one. Another process could still take it before
 * the server does; the server's own start then fails and says so.
 * @throws StartupProblem when the port asked for is taken.
 */
export async function choosePort(server: string, option: string, asked: number | undefined): Promise<number> {
  if (asked === undefined) return freePort();
  if (await isFree(asked)) return asked;
  throw new StartupProblem(
    `Port ${asked}, asked for the ${server}, is taken by another program`,
    `end that program, choose another port with ${option}, or leave ${option} out to get a free one`,
  );
}

/** Any port that is free on loopback at this moment. */
export async function freePort(): Promise<number> {
  return listenOnce(0);
}

async function isFree(port: number): Promise<boolean> {
  try {
    await listenOnce(port);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES'))
      return false;
    throw error;
  }
}

function listenOnce(port: number): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('A TCP server has no port'));
        else resolve(address.port);
      });
    });
  });
}
