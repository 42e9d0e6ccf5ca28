import { type LetterInput, type LetterWords, letterOf, money } from './letter.ts';

export type ReceiptLetterInput = LetterInput & {
  readonly receiptNo: string;
  readonly checkCode: string;
  /** Where the receipt is shown and checked, where the charity has a public address. */
  readonly receiptUrl?: string | undefined;
};

/** Hands over a donation receipt: its number, the code by which anybody can check it, and where it is. */
export function receiptWords(input: ReceiptLetterInput): LetterWords {
  const { campaignTitle, amountMinor, receiptNo, checkCode, receiptUrl, language } = input;
  const link = (label: string) => (receiptUrl === undefined ? undefined : { label, url: receiptUrl });
  const values = { receiptNo };
  if (language === 'zh-CN')
    return letterOf(input, {
      subject: `您的捐赠票据已开具：${campaignTitle}`,
      heading: '捐赠票据已开具',
      paragraphs: [
        `您为“${campaignTitle}”捐出的 ${money(amountMinor)}，捐赠票据已经开具。`,
        '凭票据号码和校验码，任何人都可以核验票据的真伪；请妥善保管。',
      ],
      sums: [
        ['捐款金额', money(amountMinor)],
        ['票据号码', receiptNo],
        ['校验码', checkCode],
      ],
      footer: '本邮件由系统在开具票据后自动发出。',
      values,
      link: link('查看并核验票据'),
    });
  return letterOf(input, {
    subject: `Your donation receipt: ${campaignTitle}`,
    heading: 'Your donation receipt',
    paragraphs: [
      `The donation receipt for the ${money(amountMinor)} that you gave to “${campaignTitle}” has been issued.`,
      'With its number and the check code anybody can see that it is genuine. Please keep both.',
    ],
    sums: [
      ['Your gift', money(amountMinor)],
      ['Receipt no.', receiptNo],
      ['Check code', checkCode],
    ],
    footer: 'Sent automatically when the receipt was issued.',
    values,
    link: link('Show and check the receipt'),
  });
}
