import { expect, test } from 'vitest';
import { exitCodeOf } from '../../local/interruption.ts';

test('a run that was cut short ends as a shell would report it', () => {
  expect(exitCodeOf('SIGINT')).toBe(130);
  expect(exitCodeOf('SIGTERM')).toBe(143);
});
