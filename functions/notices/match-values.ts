import { add, type Minor, subtract } from '../kernel/money.ts';
import { type Fact, type LetterBody, type LetterInput, money } from './letter.ts';

type GiftSums = Pick<LetterInput, 'amountMinor'> & { readonly matchMinor: Minor; readonly refundedMinor: Minor };

/** What a template of a letter about a gift and its match may name. */
export const matchValues = ({
  amountMinor,
  matchMinor,
  refundedMinor,
}: GiftSums): NonNullable<LetterBody['values']> => ({
  match: money(matchMinor),
  refunded: money(refundedMinor),
  together: money(add(subtract(amountMinor, refundedMinor), matchMinor)),
});

/** Gift, what went back of it, match and both together, as they stand now. */
export function matchSums(sums: GiftSums, isChinese: boolean): Fact[] {
  const { match, refunded, together } = matchValues(sums);
  const [giftLabel, refundedLabel, matchLabel, togetherLabel] = isChinese
    ? ['捐款金额', '已退还', '配捐金额', '合计']
    : ['Your gift', 'Refunded', 'Match', 'Together'];
  return [
    [giftLabel ?? '', money(sums.amountMinor)],
    ...(sums.refundedMinor === 0 ? [] : [[refundedLabel ?? '', refunded ?? ''] as const]),
    [matchLabel ?? '', match ?? ''],
    [togetherLabel ?? '', together ?? ''],
  ];
}
