import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { inspectProcess, parentOf, startTicksOf, stillRuns } from '../../local/process-identity.ts';

/** /proc/<pid>/stat with a given name, state and start. */
function stat(name: string, state: string, start: string): string {
  const between = Array.from({ length: 18 }, (_, index) => String(index + 1)).join(' ');
  return `4711 (${name}) ${state} ${between} ${start} 0 0`;
}

describe('the identity of a process', () => {
  test('is read past a name that holds spaces and brackets', () => {
    expect(startTicksOf(stat('node', 'S', '266437'))).toBe('266437');
    expect(startTicksOf(stat('a) Z (b 1 2', 'R', '99'))).toBe('99');
  });

  test('knows its parent, past such a name', () => {
    expect(parentOf(stat('a) Z (b 1 2', 'S', '99'))).toBe(1);
  });

  test('is none for a process that has ended and waits to be collected', () => {
    expect(startTicksOf(stat('node', 'Z', '266437'))).toBeUndefined();
  });

  test('stays the same while a process lives and goes with it', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    if (child.pid === undefined) throw new Error('The test process did not start');
    const identity = inspectProcess(child.pid);
    if (identity === undefined) throw new Error('The test process is not found');
    expect(stillRuns(identity, inspectProcess)).toBe(true);
    expect(stillRuns({ ...identity, startedAt: 'another boot:1' }, inspectProcess)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(stillRuns(identity, inspectProcess)).toBe(false);
  });
});
