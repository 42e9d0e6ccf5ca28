import type { LocalDate } from './time.ts';

/** The languages that faces are written in. */
export type FaceLanguage = 'zh-CN' | 'en';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** `2026年9月7日` or `7 September 2026`. */
export function longDate(day: LocalDate, language: FaceLanguage): string {
  const [year = '', month = '', dayOfMonth = ''] = day.split('-');
  if (language === 'zh-CN') return `${year}年${Number(month)}月${Number(dayOfMonth)}日`;
  return `${Number(dayOfMonth)} ${MONTHS[Number(month) - 1] ?? month} ${year}`;
}

/** `9月7日` or `7 Sep`: where the year is said nearby. */
export function shortDate(day: LocalDate, language: FaceLanguage): string {
  const [, month = '', dayOfMonth = ''] = day.split('-');
  if (language === 'zh-CN') return `${Number(month)}月${Number(dayOfMonth)}日`;
  return `${Number(dayOfMonth)} ${(MONTHS[Number(month) - 1] ?? month).slice(0, 3)}`;
}
