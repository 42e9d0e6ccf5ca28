import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProcessIdentity } from '../../local/process-identity.ts';
import { claimRun, leftoversOf, parseRunContents } from '../../local/run-record.ts';
import { StartupProblem } from '../../local/startup-problem.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yiqi-run-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A machine on which these processes run. */
function machine(...running: ProcessIdentity[]) {
  return (pid: number) => running.find((candidate) => candidate.pid === pid);
}

const us = { pid: 10, startedAt: 'boot:500' };
const them = { pid: 20, startedAt: 'boot:400' };
const emulator = { pid: 21, startedAt: 'boot:401', name: 'emulator' };
const inbox = { pid: 22, startedAt: 'boot:402', name: 'mail inbox' };

function places() {
  return { runRecord: join(folder, 'run.json'), command: 'npm start' };
}

function written(contents: unknown): void {
  writeFileSync(places().runRecord, JSON.stringify(contents));
}

describe('the record of a run', () => {
  test('says who holds the folder and which processes belong to it, at every moment', () => {
    const record = claimRun(places(), us.pid, machine(us));
    record.addChild(emulator);
    record.addChild(inbox);
    record.removeChild(emulator.pid);
    record.addContainer('box');
    expect(parseRunContents(readFileSync(places().runRecord, 'utf8'))).toEqual({
      owner: us,
      children: [inbox],
      containers: ['box'],
    });
  });

  test('gives the folder back, and a child whose end is noticed later does not claim it again', () => {
    const record = claimRun(places(), us.pid, machine(us));
    record.addChild(emulator);
    record.release();
    record.removeChild(emulator.pid);
    expect(() => readFileSync(places().runRecord)).toThrow('ENOENT');
  });

  test('a second start in the same folder is told in one sentence which process holds it', () => {
    claimRun(places(), them.pid, machine(them));
    const second = () => claimRun(places(), us.pid, machine(us, them));
    expect(second).toThrow(StartupProblem);
    expect(second).toThrow('npm start already runs in this folder (process 20)');
    expect(parseRunContents(readFileSync(places().runRecord, 'utf8'))?.owner).toEqual(them);
  });

  test('after a kill the next start finds what was left, and keeps it on record until it is ended', () => {
    written({ owner: them, children: [emulator, inbox], containers: ['box'] });
    const record = claimRun(places(), us.pid, machine(us, emulator));
    expect(record.leftovers).toEqual({ children: [emulator], containers: ['box'] });
    const onDisk = () => parseRunContents(readFileSync(places().runRecord, 'utf8'));
    expect(onDisk()).toEqual({ owner: us, children: [emulator], containers: ['box'] });
    record.leftoversEnded();
    expect(onDisk()).toEqual({ owner: us, children: [], containers: [] });
  });

  test('a stranger that got the number of a dead process is neither ended nor taken for the holder', () => {
    written({ owner: them, children: [emulator], containers: [] });
    const strangers = machine(us, { ...them, startedAt: 'boot:900' }, { ...emulator, startedAt: 'boot:901' });
    expect(claimRun(places(), us.pid, strangers).leftovers.children).toEqual([]);
  });

  test('a process of the same number and tick before the last reboot is a stranger', () => {
    const earlier = { owner: them, children: [emulator], containers: [] };
    expect(leftoversOf(earlier, machine({ ...emulator, startedAt: 'newboot:401' })).children).toEqual([]);
  });

  test.each(['', '{"owner":{"pid":2', '{}', '{"owner":{"pid":-1,"startedAt":"x"},"children":[],"containers":[]}'])(
    'a record cut off by a crash (%s) does not stop the next start',
    (text) => {
      writeFileSync(places().runRecord, text);
      expect(parseRunContents(text)).toBeUndefined();
      expect(claimRun(places(), us.pid, machine(us)).leftovers).toEqual({ children: [], containers: [] });
    },
  );

  test('leaves no draft of the record behind', () => {
    written({ owner: them, children: [], containers: [] });
    const record = claimRun(places(), us.pid, machine(us));
    record.addChild(emulator);
    expect(readdirSync(folder)).toEqual(['run.json']);
    record.release();
    expect(readdirSync(folder)).toEqual([]);
  });
});
