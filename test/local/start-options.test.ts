import { describe, expect, test } from 'vitest';
import { parseStartOptions } from '../../local/start-options.ts';

function parse(args: readonly string[], runningEmulator?: string) {
  const written: string[] = [];
  const options = parseStartOptions(args, runningEmulator, (text) => written.push(text));
  return { options, written: written.join('') };
}

describe('the command line of npm start', () => {
  test('plays 300 gifts on an emulator of its own and stays up when nothing is asked for', () => {
    expect(parse([]).options).toEqual({
      emulator: { kind: 'python', python: undefined, port: undefined },
      inboxPort: undefined,
      sandboxPort: undefined,
      waitScale: 0.0001,
      demo: { gifts: 300, seed: 99 },
      exit: false,
      debug: false,
    });
  });

  test('takes the number of gifts, the seed and the ports as typed', () => {
    const ports = ['--emulator-port', '4566', '--inbox-port', '8005', '--sandbox-port', '1024'];
    expect(
      parse(['--gifts', '30000', '--seed', '7', '--exit', '--wait-scale', '0.05', ...ports]).options,
    ).toMatchObject({
      emulator: { kind: 'python', port: 4566 },
      inboxPort: 8005,
      sandboxPort: 1024,
      demo: { gifts: 30_000, seed: 7 },
      waitScale: 0.05,
      exit: true,
    });
  });

  test('plays no demo on request', () => {
    expect(parse(['--no-demo']).options).toMatchObject({ demo: undefined });
  });

  test('runs the container image on request, and the emulator of AWS_ENDPOINT_URL before anything else', () => {
    expect(parse(['--docker']).options).toMatchObject({ emulator: { kind: 'docker' } });
    const address = 'http://127.0.0.1:4566';
    expect(parse(['--docker'], address).options).toMatchObject({
      emulator: { kind: 'running', address, allowRemote: false },
    });
    expect(parse([], '').options).toMatchObject({ emulator: { kind: 'python' } });
  });

  test.each(['0', '-1', '1.5', '1000001', 'many', '', '1e3', '99999999999'])(
    'refuses "%s" gifts and says what is possible',
    (gifts) => {
      const { options, written } = parse(['--gifts', gifts]);
      expect(options).toEqual({ exitCode: 1 });
      expect(written).toContain('whole number from 1 to 1000000');
    },
  );

  test('accepts a million gifts', () => {
    expect(parse(['--gifts', '1000000']).options).toMatchObject({ demo: { gifts: 1_000_000 } });
  });

  test.each(['80', '65536', '-4566', 'any'])('refuses port %s', (port) => {
    expect(parse(['--inbox-port', port])).toMatchObject({
      options: { exitCode: 1 },
      written: expect.stringContaining('port from 1024 to 65535'),
    });
  });

  test.each([['--speed'], ['thirty'], ['--wait-scale', '-1'], ['--gifts']])('refuses %s', (...args) => {
    expect(parse(args).options).toEqual({ exitCode: 1 });
  });

  test('lists its options as help, which is no failure', () => {
    const { options, written } = parse(['--help']);
    expect(options).toEqual({ exitCode: 0 });
    for (const option of ['--gifts', '--seed', '--no-demo', '--exit', '--docker', '--emulator-port']) {
      expect(written).toContain(option);
    }
  });
});
