import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRESS_ASSETS } from '../functions/press/press-assets.ts';

/** Copies what the press reads at run time (typesetter, fonts, templates) beside the bundle in `folder`. */
export function copyPressAssets(root: string, folder: string): void {
  for (const { file, source } of PRESS_ASSETS) copyFileSync(join(root, source), join(folder, file));
}
