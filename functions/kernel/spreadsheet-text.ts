// Excel, WPS and what imports a CSV that they saved take these for the beginning of a formula: the wide and small forms too
// (Unicode NFKC maps them to the plain ones), and whatever stands before them unseen does not help. See OWASP, "CSV Injection".
const FORMULA_BEGINNING = /^(?:[\t\r]|[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫])/u;

/**
 * Text that a spreadsheet shows and never runs: an apostrophe goes in front of what would begin a formula. Every CSV and
 * workbook that is written takes its text through here; amounts and counts are written as numbers and never as text.
 */
export const spreadsheetText = (text: string): string => (FORMULA_BEGINNING.test(text) ? `'${text}` : text);
