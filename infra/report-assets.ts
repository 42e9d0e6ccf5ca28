import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPORT_ASSETS } from '../functions/closeout/report-assets.ts';

/** Copies what the closeout report reads at run time (typesetter, fonts, template) beside the bundle in `folder`. */
export function copyReportAssets(root: string, folder: string): void {
  for (const { file, source } of REPORT_ASSETS) copyFileSync(join(root, source), join(folder, file));
}
