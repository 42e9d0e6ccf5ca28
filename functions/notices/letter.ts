import { formatMoney, type Minor } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import { localTimeText } from '../kernel/time.ts';
import { filledLine, filledParagraphs, type TemplateText } from './letter-template.ts';

/** What every letter to a donor about one gift is written from. Amounts are fen; names are as donors and managers typed them. */
export type LetterInput = {
  readonly language: 'zh-CN' | 'en';
  /** Absent or blank for a donor who wants no name. */
  readonly donorName?: string | undefined;
  readonly campaignTitle: string;
  readonly organisationName: string;
  readonly amountMinor: Minor;
  readonly unitName?: string | undefined;
  readonly paidAt: Instant;
  /** The campaign's IANA time zone. */
  readonly zone: string;
  readonly giftNo: string;
  readonly generatedData: boolean;
  /** How the charity words it; ours if left out. */
  readonly template?: TemplateText | undefined;
  /** Hosts that the template's text may lead to. */
  readonly linkHosts?: readonly string[] | undefined;
  /** Of letters that can be done without: where one unsubscribes. */
  readonly unsubscribeUrl?: string | undefined;
};

export type Fact = readonly [label: string, value: string];

/** A letter's words, before any layout. */
export type LetterWords = {
  readonly subject: string;
  readonly heading: string;
  readonly greeting: string;
  readonly paragraphs: readonly string[];
  readonly facts: readonly Fact[];
  readonly closing: string;
  readonly warning: string | undefined;
  readonly footer: readonly string[];
  /** Where the reader can look or act, ours and not the template's. */
  readonly link: Link | undefined;
  readonly unsubscribe: Link | undefined;
  /** Hosts that the paragraphs may lead to. */
  readonly linkHosts: readonly string[];
  /** What placeholders stand for: messages of other channels name them too. */
  readonly values: Readonly<Record<string, string>>;
};
export type Link = { readonly label: string; readonly url: string };

export const money = (amount: Minor): string => formatMoney(amount, 'CNY');

/** The longest name that a person has; longer text is a message. */
const LONGEST_NAME_CHARACTERS = 40;
// Anybody can open an order with somebody else's mail address, so a "name" must not carry a link into their inbox.
const WEB_ADDRESS = /:\/\/|www\.|[\w-]{2,}\.[a-z]{2,}(?:[/\s]|$)/i;

/** The name to write to, or `undefined` for a donor who gave none that can be used. */
function givenName({ donorName }: LetterInput): string | undefined {
  const name = donorName?.trim() ?? '';
  const usable = name !== '' && [...name].length <= LONGEST_NAME_CHARACTERS && !WEB_ADDRESS.test(name);
  return usable ? name : undefined;
}

/** What one kind of letter says in one language; `footer` is the sentence below the closing. */
export type LetterBody = {
  readonly subject: string;
  readonly heading: string;
  readonly paragraphs: readonly string[];
  /** What stays in the letter however it is worded. */
  readonly sums: readonly Fact[];
  readonly footer: string;
  /** What a template may name beside what every letter has (letter-kind.ts). */
  readonly values?: Readonly<Record<string, string>>;
  readonly link?: Link | undefined;
  /** Of a letter that goes once to a donor and not once for each gift: it names no gift. */
  readonly isOfCampaign?: true;
};

/** A whole letter: what it says, worded by the charity where it has a template, in the frame that all have alike. */
export function letterOf(input: LetterInput, body: LetterBody): LetterWords {
  const { subjectPrefix, giftFacts, campaignFacts, commonValues, ...frame } = letterFrame(input);
  const values = { ...commonValues, ...body.values };
  const { subject, heading, paragraphs, closing, footer } = wordedBy(input.template, body, values);
  return {
    ...frame,
    subject: `${subjectPrefix}${subject}`,
    heading,
    paragraphs,
    facts: [...body.sums, ...(body.isOfCampaign === true ? campaignFacts : giftFacts)],
    closing: closing ?? frame.closing,
    footer: [footer],
    link: body.link,
    linkHosts: input.linkHosts ?? [],
    values,
  };
}

function wordedBy(template: TemplateText | undefined, body: LetterBody, values: Readonly<Record<string, string>>) {
  if (template === undefined) return { ...body, closing: undefined };
  return {
    subject: filledLine(template.subject, values),
    heading: filledLine(template.heading, values),
    paragraphs: filledParagraphs(template.paragraphs, values, body.paragraphs),
    closing: template.closing === undefined ? undefined : filledLine(template.closing, values),
    footer: template.footer === undefined ? body.footer : filledLine(template.footer, values),
  };
}

/** What all letters have alike: greeting, who writes, the warning of made-up data, and what names the gift. */
function letterFrame(input: LetterInput) {
  const { campaignTitle, unitName, generatedData, organisationName, unsubscribeUrl } = input;
  const name = givenName(input);
  const time = localTimeText(input.paidAt, input.zone);
  const common = {
    campaign: campaignTitle,
    organisation: organisationName,
    amount: money(input.amountMinor),
    giftNo: input.giftNo,
    unit: unitName ?? '',
  };
  const unsubscribe = (label: string): Link | undefined =>
    unsubscribeUrl === undefined ? undefined : { label, url: unsubscribeUrl };
  if (input.language === 'zh-CN') {
    const zone = input.zone === 'Asia/Shanghai' ? '北京时间' : input.zone;
    const called = name ?? '爱心人士';
    return {
      subjectPrefix: generatedData ? '【演示数据】' : '',
      greeting: `尊敬的${called}：`,
      closing: organisationName,
      warning: generatedData ? '演示数据：这笔捐款由程序生成，并非真实捐款。' : undefined,
      commonValues: { ...common, donorName: called, paidAt: `${time}（${zone}）` },
      campaignFacts: [['捐款项目', campaignTitle]] as Fact[],
      giftFacts: [
        ['捐款项目', campaignTitle],
        ...(unitName === undefined ? [] : [['动员单位', unitName] as const]),
        ['捐款时间', `${time}（${zone}）`],
        ['捐款编号', input.giftNo],
      ] as Fact[],
      unsubscribe: unsubscribe('不再接收项目动态（退订）'),
    };
  }
  const called = name ?? 'Friend';
  return {
    subjectPrefix: generatedData ? '[Demonstration data] ' : '',
    greeting: `Dear ${called},`,
    closing: organisationName,
    warning: generatedData
      ? 'Demonstration data: this gift was generated by a program. No real gift was made.'
      : undefined,
    commonValues: { ...common, donorName: called, paidAt: `${time} (${input.zone})` },
    campaignFacts: [['Campaign', campaignTitle]] as Fact[],
    giftFacts: [
      ['Campaign', campaignTitle],
      ...(unitName === undefined ? [] : [['Unit', unitName] as const]),
      ['Paid at', `${time} (${input.zone})`],
      ['Gift no.', input.giftNo],
    ] as Fact[],
    unsubscribe: unsubscribe('Unsubscribe from news of our campaigns'),
  };
}
