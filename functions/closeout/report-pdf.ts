import { openPress } from '../press/press.ts';
import type { Signature } from './closeout.ts';
import type { CloseoutReport } from './closeout-report.ts';
import { reportPages } from './report-pages.ts';

export type ReportPdfOptions = {
  /** Folder that holds the files of PRESS_ASSETS under their names. */
  readonly assetsFolder: string;
  /** Hexadecimal SHA-256 of the report's JSON document, printed in the footer so that paper and file can be compared. */
  readonly reportSha256?: string;
  /** Of that hash; without any it is a draft, and every page says so. */
  readonly signatures?: readonly Signature[];
};

/**
 * The report on A4 as a tagged PDF with its fonts embedded; the same report gives the same bytes.
 * Throws PermanentError with the compiler's words when the template cannot be set. A missing asset file is the
 * deployment's mistake and throws what the file system says.
 */
export async function renderReportPdf(report: CloseoutReport, options: ReportPdfOptions): Promise<Uint8Array> {
  const press = await openPress(options.assetsFolder);
  return press.print('closeout-report.typ', reportPages(report, options.reportSha256, options.signatures));
}
