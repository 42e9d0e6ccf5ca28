import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PRESS_ASSETS } from '../../functions/press/press-assets.ts';

/** The files of the press in one folder, as a deployed function finds them. To be removed by the test. */
export function assetsFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'press-assets-'));
  for (const { file, source } of PRESS_ASSETS)
    symlinkSync(resolve(import.meta.dirname, '../..', source), join(folder, file));
  return folder;
}
