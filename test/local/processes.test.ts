import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inspectProcess } from '../../local/process-identity.ts';
import { ChildProcesses, type Command, endLeftover } from '../../local/processes.ts';
import type { RecordedChild, RunRecord } from '../../local/run-record.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yiqi-processes-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A record that remembers in memory. */
function memoryRecord(): RunRecord & { readonly children: RecordedChild[] } {
  const children: RecordedChild[] = [];
  return {
    children,
    leftovers: { children: [], containers: [] },
    leftoversEnded: () => {},
    addChild: (added) => void children.push(added),
    removeChild: (pid) => {
      const index = children.findIndex((child) => child.pid === pid);
      if (index >= 0) children.splice(index, 1);
    },
    addContainer: () => {},
    containers: () => [],
    release: () => {},
  };
}

function node(script: string): Command {
  return {
    name: 'test program',
    file: process.execPath,
    args: ['-e', script],
    cwd: folder,
    env: {},
    logFile: join(folder, 'logs', 'program.log'),
  };
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (holds()) return;
    await pause(25);
  }
  throw new Error('It did not come to pass within 5 s');
}

describe('child processes of a run', () => {
  test('a command shows its lines, keeps them in its log and tells its exit code', async () => {
    const seen: string[] = [];
    const record = memoryRecord();
    const command = node('console.log("one"); console.error("two"); process.exitCode = 3');
    const finished = await new ChildProcesses(record).run(command, (line) => seen.push(line));
    expect(finished.code).toBe(3);
    expect(seen.toSorted()).toEqual(['one', 'two']);
    expect(readFileSync(command.logFile, 'utf8')).toMatch(/one\n(.|\n)*|two\n/);
    expect(record.children).toEqual([]);
  });

  test('a program that does not exist is an ending, not a crash', async () => {
    const finished = await new ChildProcesses(memoryRecord()).run({
      ...node(''),
      file: join(folder, 'no-such-program'),
    });
    expect(finished.spawnError?.message).toContain('ENOENT');
  });

  test('a server is on record from its start to its end, with all that it started itself', async () => {
    const record = memoryRecord();
    const processes = new ChildProcesses(record);
    const script = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      console.log(child.pid);
      setInterval(() => {}, 1000);`;
    const server = processes.startServer(node(script));
    expect(record.children).toMatchObject([{ name: 'test program' }]);
    const log = () => readFileSync(server.command.logFile, 'utf8');
    await until(() => log().includes('\n'));
    const grandchild = Number(log().trim());
    expect(inspectProcess(grandchild)).toBeDefined();
    await processes.stopAll();
    expect(server.ending()).toBeDefined();
    expect(record.children).toEqual([]);
    await until(() => inspectProcess(grandchild) === undefined);
  });

  test('a server that does not listen to reason is ended all the same', async () => {
    const processes = new ChildProcesses(memoryRecord());
    const server = processes.startServer(
      node('process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)'),
    );
    await until(() => readFileSync(server.command.logFile, 'utf8').includes('up'));
    await server.stop();
    expect(await server.ended).toMatchObject({ signal: 'SIGKILL' });
  });

  test('nothing can be started once everything is being stopped', async () => {
    const processes = new ChildProcesses(memoryRecord());
    await processes.stopAll();
    expect(() => processes.startServer(node(''))).toThrow('everything is being stopped');
  });

  test('what an earlier run left is ended by its identity', async () => {
    const record = memoryRecord();
    const server = new ChildProcesses(record).startServer(node('setInterval(() => {}, 1000)'));
    const [leftover] = record.children;
    if (leftover === undefined) throw new Error('The server is not on record');
    await endLeftover(leftover);
    expect(await server.ended).toMatchObject({ signal: 'SIGTERM' });
  });
});
