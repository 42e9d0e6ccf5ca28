import * as z from 'zod';
import { breakingChanges } from './breaking-changes.ts';
import type { OpenApiDocument } from './document.ts';

const versionSchema = z
  .string()
  .regex(/^\d+\.\d+\.\d+$/, 'must be three numbers such as 1.2.3')
  .transform((text) => text.split('.').map(Number));

/** Whether a version may break callers of a released one: with a higher major number, and below 1.0.0 with a higher minor (semver.org, 4 and 8). */
export function mayBreak(released: string, current: string): boolean {
  const [[wasMajor = 0, wasMinor = 0], [major = 0, minor = 0]] = [
    versionSchema.parse(released),
    versionSchema.parse(current),
  ];
  return major > wasMajor || (major === 0 && wasMajor === 0 && minor > wasMinor);
}

/** What a document would break for callers of the released one without its version saying so, a sentence each. */
export function unannouncedBreaks(released: OpenApiDocument, current: OpenApiDocument): readonly string[] {
  return mayBreak(String(released.info['version']), String(current.info['version']))
    ? []
    : breakingChanges(released, current);
}
