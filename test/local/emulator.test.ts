import { describe, expect, test } from 'vitest';
import { checkEmulatorAddress, containerArguments, containerName, emulatorVariables } from '../../local/emulator.ts';
import { placesOf } from '../../local/places.ts';
import { seenFrom } from '../../local/start-system.ts';

const settings = { port: 45_660, waitScale: 0.05 };

describe('the emulator', () => {
  test('listens on loopback, keeps nothing and opens no listener of its own', () => {
    expect(emulatorVariables(settings, '127.0.0.1')).toMatchObject({
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: '45660',
      SFN_WAIT_SCALE: '0.05',
      PERSIST_STATE: '0',
      SFTP_ENABLED: '0',
      IOT_MTLS_ENABLED: '0',
    });
  });

  test("shares the machine's network as a container on Linux, still on loopback", () => {
    const { args, thisMachine } = containerArguments(settings, 'box', 'linux');
    expect(args.join(' ')).toMatch(/^run --rm --name box --network host --env .*ministackorg\/ministack:1\.5\.33$/);
    expect(args).toContain('BIND_HOST=127.0.0.1');
    expect(thisMachine).toBe('127.0.0.1');
  });

  test('publishes its port on loopback alone with Docker Desktop, and reaches this machine by its name there', () => {
    const { args, thisMachine } = containerArguments(settings, 'box', 'darwin');
    expect(args.join(' ')).toContain('--publish 127.0.0.1:45660:45660');
    expect(args).not.toContain('--network');
    expect(seenFrom(thisMachine, 'http://127.0.0.1:8005')).toBe('http://host.docker.internal:8005');
  });

  test('has a container of its own for each folder', () => {
    const names = [placesOf('start', '/a'), placesOf('e2e', '/a'), placesOf('start', '/b')].map(containerName);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^yiqi-emulator-[0-9a-f]{12}$/);
  });
});

describe('an emulator that already runs', () => {
  test.each(['http://127.0.0.1:4566', 'http://localhost:4566/', 'http://[::1]:4566'])('may be at %s', (address) => {
    expect(checkEmulatorAddress(address, false).origin).toBe(address.replace(/\/$/, ''));
  });

  test.each([
    'https://dynamodb.us-east-1.amazonaws.com',
    'https://s3.cn-north-1.amazonaws.com.cn',
    'https://amazonaws.com',
    'https://lambda.us-east-1.api.aws',
    'https://AMAZONAWS.COM.',
  ])('is never AWS itself, vouched for or not: %s', (address) => {
    expect(() => checkEmulatorAddress(address, true)).toThrow('which is AWS itself');
  });

  test('is on this machine unless someone vouches for it', () => {
    expect(() => checkEmulatorAddress('http://10.0.0.7:4566', false)).toThrow('which is not on this machine');
    expect(() => checkEmulatorAddress('http://localhost.example.org:4566', false)).toThrow(
      'which is not on this machine',
    );
    expect(checkEmulatorAddress('http://ministack:4566', true).hostname).toBe('ministack');
  });

  test.each(['4566', 'localhost:4566', 'ftp://127.0.0.1', ''])(
    'is named by a web address, which "%s" is not',
    (address) => {
      expect(() => checkEmulatorAddress(address, true)).toThrow('which is no web address');
    },
  );
});
