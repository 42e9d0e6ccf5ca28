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
    payer: maskedName(receipt.payer.name),
    organisationName: receipt.issuer.name,
    campaignTitle: campaignTitle ?? null,
    inKind: receipt.inKind === true,
    copies: receipt.copies,
    other: other === undefined ? null : { code: other.code, number: printedNumber(other.number) },
    generatedData: receipt.generatedData,
  };
}

const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });
/** A short name shows its first character; a long one, mostly an organisation's, its first and last two. */
const LONGEST_SHORT_NAME = 4;

/** `王*` for 王芳, `四川****公司`: who holds the receipt recognises the name, and who found a number learns none. */
export function maskedName(name: string): string {
  const parts = [...graphemes.segment(name)].map(({ segment }) => segment);
  if (parts.length <= LONGEST_SHORT_NAME) return `${parts[0] ?? ''}${'*'.repeat(Math.max(1, parts.length - 1))}`;
  return `${parts.slice(0, 2).join('')}****${parts.slice(-2).join('')}`;
}
