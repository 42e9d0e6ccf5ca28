import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reasonOf } from '../functions/kernel/errors.ts';
import { emulatorVariables, HEALTH_PATH } from '../local/emulator.ts';
import { serverEnvironment } from '../local/local-environment.ts';
import { placesOf } from '../local/places.ts';
import { freePort, LOOPBACK } from '../local/ports.ts';
import { pythonOf } from '../local/python.ts';
import { type Database, ownServer } from './own-server.ts';

/**
 * The emulator that `npm start` runs on, from the virtual environment that `npm start` or `npm test` has made; a benchmark
 * installs nothing.
 * @returns the emulator, or why there is none.
 */
export async function openEmulator(): Promise<Database | { readonly absent: string }> {
  const places = placesOf('start');
  const python = pythonOf(places.venv);
  if (!existsSync(python)) return { absent: 'the emulator is not installed yet: run npm start or npm test once' };
  const folder = mkdtempSync(join(tmpdir(), 'yiqi-bench-'));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  const port = await freePort();
  const server = spawn(python, ['-m', 'ministack'], {
    cwd: folder,
    stdio: 'ignore',
    env: serverEnvironment(
      process.env,
      { ...places, temporary: folder },
      {
        ...emulatorVariables({ port, waitScale: 0 }, LOOPBACK),
        STATE_DIR: join(folder, 'state'),
        S3_DATA_DIR: join(folder, 's3'),
        // Without a socket of this name the emulator leaves Docker, and containers that are not ours, alone.
        DOCKER_HOST: `unix://${join(folder, 'no-docker.sock')}`,
      },
    ),
  });
  try {
    return await ownServer('the emulator', server, `http://${LOOPBACK}:${port}`, HEALTH_PATH);
  } catch (error) {
    return { absent: reasonOf(error) };
  }
}
