import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EMULATOR_IMAGE } from '../../local/emulator.ts';
import { REPOSITORY } from '../../local/places.ts';
import { installProblem, isNewEnough, noPythonProblem, parsePythonVersion } from '../../local/python.ts';

describe('finding a Python', () => {
  test.each([
    ['3.9.20', false],
    ['3.10.0', true],
    ['3.11.7', true],
    ['3.14.1', true],
    ['2.7.18', false],
    ['4.0.0', true],
  ])('Python %s is new enough: %s', (text, expected) => {
    const version = parsePythonVersion(`${text}\n`);
    expect(version === undefined ? undefined : isNewEnough(version)).toBe(expected);
  });

  test.each([
    '',
    'Python was not found; run without arguments to install from the Microsoft Store',
    'pyenv: python: command not found',
  ])('a shim that answers "%s" is no Python', (printed) => {
    expect(parsePythonVersion(printed)).toBeUndefined();
  });

  test('says what to install when there is none, only an old one, or not the one asked for', () => {
    const old = { major: 3, minor: 8, text: '3.8.10' };
    expect(noPythonProblem(undefined, []).sentence()).toBe(
      'The local emulator needs Python 3.10 or newer, and none was found on the PATH: install it from https://www.python.org/downloads/ or with your package manager, name it with --python <path>, or use --docker.',
    );
    expect(noPythonProblem(undefined, [old]).message).toContain('only 3.8.10 was found');
    expect(noPythonProblem('/opt/python', []).message).toBe('"/opt/python" does not run as Python');
    expect(noPythonProblem('/opt/python', [old]).message).toContain('is Python 3.8.10');
  });
});

describe('a failed installation', () => {
  test.each([
    ["WARNING: Retrying (Retry(total=1)) after connection broken by 'NewConnectionError(...)'", 'cannot be reached'],
    ['socket.gaierror: [Errno -3] Temporary failure in name resolution', 'cannot be reached'],
    ['SSLError: certificate verify failed', 'cannot be reached'],
    ['ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.', 'its hash differs'],
    ['OSError: [Errno 28] No space left on device', 'The disk is full'],
    ['ERROR: Package requires a different Python: 3.9 not in >=3.10', 'requires a different Python'],
  ])('with "%s" is told as: %s', (line, expected) => {
    expect(installProblem(['Collecting ministack', line], '.local/logs/python.log').sentence()).toContain(expected);
  });
});

describe('the pinned emulator', () => {
  test('is the same release from Python and from the container image', () => {
    const pinned = /^ministack==(\S+)/m.exec(readFileSync(join(REPOSITORY, 'local', 'requirements.txt'), 'utf8'))?.[1];
    expect(EMULATOR_IMAGE).toBe(`ministackorg/ministack:${pinned}`);
  });

  test('is pinned with hashes, and so is every package that it needs', () => {
    const text = readFileSync(join(REPOSITORY, 'local', 'requirements.txt'), 'utf8');
    const requirements = text.split('\n').filter((line) => /^[a-z]/i.test(line));
    expect(requirements.length).toBeGreaterThan(10);
    for (const requirement of requirements) expect(requirement).toMatch(/^\S+==\S+ .*\\$/);
  });
});
