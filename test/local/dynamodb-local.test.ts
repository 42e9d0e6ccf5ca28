import { expect, test } from 'vitest';
import { javaVersionOf } from '../../local/dynamodb-local.ts';

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_401"', 8],
  ['Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "25" 2025-09-16', 25],
  ['The operation couldn’t be completed. Unable to locate a Java Runtime.', undefined],
])('%s is Java %s', (printed, expected) => {
  expect(javaVersionOf(printed.split('\n'))).toBe(expected);
});
