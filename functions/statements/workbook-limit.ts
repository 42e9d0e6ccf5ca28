/**
 * The whole workbook is in memory while it is read: 200,000 rows of 10 MB took 460 MB (seen here), under half of the
 * function's 1,024 MB. A larger list is exported as delimited text, which is streamed.
 */
export const LARGEST_WORKBOOK_BYTES = 10 * 1024 * 1024;
