/** Scripts that run from right to left. What we write ourselves has none of them, so a run of theirs is always somebody's words. */
const RIGHT_TO_LEFT = [
  'Arabic',
  'Hebrew',
  'Syriac',
  'Thaana',
  'Nko',
  'Adlam',
  'Hanifi_Rohingya',
  'Samaritan',
  'Mandaic',
]
  .map((script) => `\\p{Script=${script}}`)
  .join('');
/** What a name has between its words; `、`, `，` and `:` stand between two names. */
const WITHIN_A_NAME = '\\p{M}\\p{Zs}\\p{Cf}\\p{Nd}\\p{Pd}.\'’"“”،؛';
const RUN = new RegExp(`[${RIGHT_TO_LEFT}](?:[${WITHIN_A_NAME}]*[${RIGHT_TO_LEFT}])*\\p{M}*`, 'gu');

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_DIRECTIONAL_ISOLATE = '\u2069';

/**
 * Each run of words that are read from right to left, in an isolate (UAX #9). Without it a figure behind an Arabic name is set
 * before the name, and two such names in a list change places. To be the last thing done to a text before it is shown: what
 * comes from outside loses its own marks of direction first.
 */
export const isolated = (text: string): string =>
  text.replaceAll(RUN, (run) => `${FIRST_STRONG_ISOLATE}${run}${POP_DIRECTIONAL_ISOLATE}`);
