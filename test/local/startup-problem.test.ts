import { describe, expect, test } from 'vitest';
import { StartupProblem, sentenceOf } from '../../local/startup-problem.ts';
import { lastLineOf } from '../../local/wait-for-server.ts';

describe('what a person is told', () => {
  test('is one sentence with what to do and where the details are', () => {
    const problem = new StartupProblem('The deploy failed', 'read the log and start again', '.local/logs/deploy.log');
    expect(sentenceOf(problem)).toBe(
      'The deploy failed: read the log and start again (details: .local/logs/deploy.log).',
    );
    expect(sentenceOf(new StartupProblem('No Python', 'install it'))).toBe('No Python: install it.');
  });

  test('asks for a report when the fault is ours', () => {
    expect(sentenceOf(new TypeError('x is undefined'))).toBe(
      'Something unexpected went wrong (x is undefined): run again with --debug and report what it prints.',
    );
  });

  test('quotes the last line of a program that died', () => {
    expect(lastLineOf('Traceback (most recent call last):\n  File\nOSError: address in use\n\n')).toBe(
      'OSError: address in use',
    );
    expect(lastLineOf('')).toBe('');
  });
});
