import { checkCodeOf, isSameSecret, typedCode } from './check-code.ts';
import { printedNumber, type Receipt } from './receipt.ts';

/** What the public learns of a receipt whose check code they have. Never the whole name. */
export type Verification = {
  readonly genuine: true;
  readonly state: 'valid' | 'void' | 'reversed' | 'reversal';
  readonly title: string;
  readonly code: string;
  readonly number: string;
  readonly issuedOn: string;
  readonly amountMinor: number;
  readonly currency: 'CNY';
  readonly payer: string;
  readonly organisationName: string;
  readonly campaignTitle: string | null;
  readonly inKind: boolean;
  readonly copies: number;
  /** The receipt that took it back, or the one that it takes back. */
  readonly other: { readonly code: string; readonly number: string } | null;
  readonly generatedData: boolean;
};

// Nobody's: what is not there is compared with this, so that it takes as long as a wrong code.
const NOBODY: Pick<Receipt, 'code' | 'number' | 'amountMinor' | 'issuedOn' | 'payer'> = {
  code: '00000000',
  number: 1,
  amountMinor: 1 as Receipt['amountMinor'],
  issuedOn: '2000-01-01' as Receipt['issuedOn'],
  payer: { name: '-' },
};

/**
 * Whether this is a receipt of ours with this check code. The code is computed anew from what the receipt says, so that one whose
 * amount, date or payer was changed in the table does not verify either. A receipt that does not exist costs as much as a wrong code.
 */
export function isGenuine(secret: string, receipt: Receipt | undefined, given: string): receipt is Receipt {
  const expected = checkCodeOf(secret, receipt ?? NOBODY);
  const isRight = isSameSecret(typedCode(given), expected);
  return receipt !== undefined && isRight;
}

export function verificationOf(receipt: Receipt, campaignTitle: string | undefined): Verification {
  const { kind, state, code, number, reversedBy, reverses } = receipt;
  const other = reversedBy ?? reverses;
  return {
    genuine: true,
    state: kind === 'reversal' ? 'reversal' : state,
    title: receipt.title,
    code,
    number: printedNumber(number),
    issuedOn: receipt.issuedOn,
    amountMinor: receipt.amountMinor,
    currency: receipt.currency,
    payer: maskedName(receipt.payer),
    organisationName: receipt.issuer.name,
    campaignTitle: campaignTitle ?? null,
    inKind: receipt.inKind === true,
    copies: receipt.copies,
    other: other === undefined ? null : { code: other.code, number: printedNumber(other.number) },
    generatedData: receipt.generatedData,
  };
}

const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });
/** What is shown at each end of a long name. */
const SHOWN_AT_AN_END = 2;
/** A name of fewer shows its first character alone: two at each end of 阿卜杜拉江 would be nearly all of it. */
const FEWEST_OF_A_LONG_NAME = 9;
/** An organisation, which has a credit code, shows its ends from here on: no less is hidden than what is shown at one of them. */
const FEWEST_OF_AN_ORGANISATION = 6;
const MASK = '****';

/**
 * `王*` for 王芳, `四川****公司`: who holds the receipt recognises the name, and who found a number learns none. How long a name is shows
 * only where it has up to four characters; a name of one character shows nothing.
 */
export function maskedName({ name, creditCode }: Receipt['payer']): string {
  const parts = [...graphemes.segment(name)].map(({ segment }) => segment);
  const fewest = creditCode === undefined ? FEWEST_OF_A_LONG_NAME : FEWEST_OF_AN_ORGANISATION;
  if (parts.length >= fewest)
    return `${parts.slice(0, SHOWN_AT_AN_END).join('')}${MASK}${parts.slice(-SHOWN_AT_AN_END).join('')}`;
  const shown = parts.length > 1 ? parts[0] : '';
  return `${shown}${MASK.slice(0, Math.max(1, parts.length - 1))}`;
}
