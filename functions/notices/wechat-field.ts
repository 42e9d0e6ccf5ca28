/**
 * What the fields of WeChat's messages take, by the beginning of their names: `thing1` is a `thing` (subscription messages, "parameter
 * limits"; the same hold for template messages). One field that does not fit makes WeChat refuse the whole message with 47003.
 */

const LONGEST_THING = 20;
const LONGEST_TEXT = 32;
const LONGEST_NAME = { withHan: 10, without: 20 } as const;
const LONGEST_PHRASE = 5;
const LONGEST_SYMBOL = 5;
const LONGEST_PHONE = 17;
const MOST_AMOUNT_DIGITS = 10;
/** What stands where there is nothing to say: WeChat refuses an empty field. */
const NOTHING = '-';

type Fit = (text: string) => string | undefined;

/** A text that is only too long still says what it says when its end is missing. */
const cut =
  (longest: number): Fit =>
  (text) => {
    const characters = [...text.trim()];
    if (characters.length === 0) return NOTHING;
    return characters.length <= longest ? characters.join('') : `${characters.slice(0, longest - 1).join('')}…`;
  };

/** A number, a state or a code is another one when its end is missing: it fits or it does not. */
const whole =
  (pattern: RegExp): Fit =>
  (text) =>
    pattern.test(text.trim()) ? text.trim() : undefined;

const MONEY = /^(\p{Sc}?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(元?)$/u;

/** One sign of a currency, ten digits, a fraction: WeChat takes no commas. */
const amount: Fit = (text) => {
  const [, sign = '', digits = '', fraction = '', unit = ''] = MONEY.exec(text.trim()) ?? [];
  const bare = digits.replaceAll(',', '');
  return bare === '' || bare.length > MOST_AMOUNT_DIGITS ? undefined : `${sign}${bare}${fraction}${unit}`;
};

/** The same without sign and unit: `number` takes digits and one point. */
const number: Fit = (text) => amount(text)?.replaceAll(/[^\d.]/g, '');

const MOMENT = /(\d{4})[-年](\d{1,2})[-月](\d{1,2})日?(?:[ T](\d{1,2}:\d{2}))?/;

/** A day, with the time of day where the text has one. The zone that our letters name beside it has no place here. */
const moment: Fit = (text) => {
  const found = MOMENT.exec(text);
  if (found === null) return undefined;
  const [, year = '', month = '', day = '', time] = found;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return time === undefined ? date : `${date} ${time}`;
};

const timeOfDay: Fit = (text) => moment(text) ?? whole(/^([01]?\d|2[0-3]):[0-5]\d$/)(text);

/** Letters and what joins them: WeChat refuses a name with digits or pictures in it. */
const name: Fit = (text) => {
  const letters = text.trim().replaceAll(/[^\p{L}\p{M}\p{P}\s]/gu, '');
  if (!/\p{L}/u.test(letters)) return undefined;
  const longest = /\p{Script=Han}/u.test(letters) ? LONGEST_NAME.withHan : LONGEST_NAME.without;
  return [...letters].slice(0, longest).join('').trim();
};

const FITS: Readonly<Record<string, Fit>> = {
  thing: cut(LONGEST_THING),
  const: cut(LONGEST_THING),
  number,
  amount,
  time: timeOfDay,
  date: moment,
  name,
  phrase: whole(new RegExp(`^\\p{Script=Han}{1,${LONGEST_PHRASE}}$`, 'u')),
  character_string: whole(new RegExp(`^[\\x20-\\x7e]{1,${LONGEST_TEXT}}$`)),
  letter: whole(new RegExp(`^[A-Za-z]{1,${LONGEST_TEXT}}$`)),
  symbol: whole(new RegExp(`^[^\\p{L}\\p{N}\\s]{1,${LONGEST_SYMBOL}}$`, 'u')),
  phone_number: whole(new RegExp(`^[\\d+() -]{1,${LONGEST_PHONE}}$`)),
};

/** The kind of a field: its name without the number behind it. */
const kindOf = (field: string): string => field.replace(/\d+$/, '');

/** A value as the field takes it: cut where that leaves it true. `undefined` where it takes no such value. */
export const fittedField = (field: string, text: string): string | undefined =>
  (FITS[kindOf(field)] ?? cut(LONGEST_TEXT))(text);

/** What a field takes, for who has chosen a value that can never stand in it. */
export const takenBy = (field: string): string => TAKES[kindOf(field)] ?? `at most ${LONGEST_TEXT} characters`;

const TAKES: Readonly<Record<string, string>> = {
  thing: `at most ${LONGEST_THING} characters`,
  const: 'one of the words that the template lists',
  number: 'a number',
  amount: `a sum of at most ${MOST_AMOUNT_DIGITS} digits`,
  time: 'a day, a time, or both',
  date: 'a day, with or without a time',
  name: `a name of at most ${LONGEST_NAME.withHan} Chinese or ${LONGEST_NAME.without} other letters`,
  phrase: `at most ${LONGEST_PHRASE} Chinese characters`,
  character_string: `at most ${LONGEST_TEXT} letters, digits and signs of ASCII`,
  letter: `at most ${LONGEST_TEXT} letters of ASCII`,
  symbol: `at most ${LONGEST_SYMBOL} signs`,
  phone_number: `a telephone number of at most ${LONGEST_PHONE} characters`,
};
