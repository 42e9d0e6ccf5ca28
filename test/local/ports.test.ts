import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { choosePort, freePort, LOOPBACK, parsePort } from '../../local/ports.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function listen(port: number): Promise<void> {
  const server = createServer().listen(port, LOOPBACK);
  open.push(server);
  await once(server, 'listening');
}

describe('ports', () => {
  test('a free one is chosen when none is asked for, and it can be listened on', async () => {
    await listen(await choosePort('mail inbox', '--inbox-port', undefined));
  });

  test('the one asked for is used when it is free', async () => {
    const port = await freePort();
    expect(await choosePort('mail inbox', '--inbox-port', port)).toBe(port);
  });

  test('one that is taken is refused with what to do about it', async () => {
    const port = await freePort();
    await listen(port);
    await expect(choosePort('mail inbox', '--inbox-port', port)).rejects.toMatchObject({
      name: 'StartupProblem',
      message: `Port ${port}, asked for the mail inbox, is taken by another program`,
      advice: expect.stringContaining('--inbox-port'),
    });
  });

  test('a port that needs privileges or does not exist is none', () => {
    expect(['1024', '4566', '65535'].map(parsePort)).toEqual([1024, 4566, 65535]);
    expect(['0', '80', '1023', '65536', '4566 ', '0x1000', '', '123456'].map(parsePort)).toEqual(
      Array(8).fill(undefined),
    );
  });
});
