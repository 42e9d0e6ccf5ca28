import { Heading, Link } from 'react-email';
import { PermanentError } from '../kernel/errors.ts';
import { stageSentence } from '../matching/change-words.ts';
import type { RenderedMail } from '../notices/mail-frame.tsx';
import { COLOURS, Facts, MailFrame, mailHtml, oneLine, Paragraph, subjectLine } from '../notices/mail-frame.tsx';
import type { Signature } from './closeout.ts';
import { type CloseoutReport, netOf } from './closeout-report.ts';
import { accountWords, signedAtText, signerText } from './report-account-words.ts';
import { standingRows, standingText } from './report-reconciliation-words.ts';
import {
  countText,
  moneyText,
  percentText,
  preparedAtText,
  recomputationText,
  windowText,
  wordsOf,
} from './report-words.ts';

export type ReportMailOptions = {
  /** Where the report and the public figures can be opened; http and https only. */
  readonly links?: readonly { readonly label: string; readonly url: string }[];
  /** Names of the files that are sent with the mail. */
  readonly attachmentNames?: readonly string[];
  /** Who signed the report that is sent. */
  readonly signatures?: readonly Signature[];
};

/** Units in the mail; the attached report has all of them. */
const UNITS_SHOWN = 5;

/**
 * The mail that carries the closeout report to its recipients: the key figures, the leading units and what
 * reconciliation found. Throws PermanentError for a link that is not http or https.
 */
export async function renderReportMail(report: CloseoutReport, options: ReportMailOptions = {}): Promise<RenderedMail> {
  const links = (options.links ?? []).map(checkedLink);
  const content = mailContent(report, options.attachmentNames ?? [], options.signatures ?? []);
  const html = await mailHtml(
    <MailFrame
      language={report.language}
      preview={content.preview}
      sender={content.sender}
      heading={content.heading}
      warning={content.warning}
      footer={content.footer}
    >
      {content.paragraphs.map((paragraph) => (
        <Paragraph key={paragraph}>{paragraph}</Paragraph>
      ))}
      {content.sections.map(({ heading, rows, notes }) => (
        <div key={heading}>
          <Heading as="h2" className="ink" style={{ margin: '18px 0 4px', color: COLOURS.ink, fontSize: 16 }}>
            {heading}
          </Heading>
          <Facts rows={rows} />
          {notes.map((note) => (
            <Paragraph key={note}>{note}</Paragraph>
          ))}
        </div>
      ))}
      {links.map(({ label, url }) => (
        <Paragraph key={url}>
          <Link href={url} className="accent" style={{ color: COLOURS.accent, textDecoration: 'underline' }}>
            {label}
          </Link>
        </Paragraph>
      ))}
    </MailFrame>,
  );
  return { subject: subjectLine(content.subject), html, text: plainText(report, content, links) };
}

function checkedLink({ label, url }: { readonly label: string; readonly url: string }) {
  const parsed = URL.parse(url);
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol))
    throw new PermanentError(`report mail: "${oneLine(url)}" is not an http or https address`);
  return { label: oneLine(label), url: parsed.href };
}

type Section = {
  readonly heading: string;
  readonly rows: readonly (readonly [string, string])[];
  readonly notes: readonly string[];
};
type Content = {
  readonly subject: string;
  readonly preview: string;
  readonly sender: string;
  readonly heading: string;
  readonly warning: string | undefined;
  readonly paragraphs: readonly string[];
  readonly sections: readonly Section[];
  readonly footer: readonly string[];
};

function mailContent(
  report: CloseoutReport,
  attachmentNames: readonly string[],
  signatures: readonly Signature[],
): Content {
  const words = wordsOf(report.language);
  const isChinese = report.language === 'zh-CN';
  const title = oneLine(report.campaign.title);
  const organisation = oneLine(report.campaign.organisationName);
  const total = moneyText(report.summary.totalMinor);
  const separator = isChinese ? '：' : ': ';
  return {
    subject: isChinese
      ? `${report.generatedData ? `【${words.generatedShort}】` : ''}【${words.reportTitle}】${title}`
      : `${report.generatedData ? `[${words.generatedShort}] ` : ''}${words.reportTitle}: ${title}`,
    preview: isChinese
      ? `捐款与配捐合计 ${total}，完成目标的 ${percentText(report.summary.fundingRateBasisPoints)}。`
      : `${total} raised and matched, ${percentText(report.summary.fundingRateBasisPoints)} of the target.`,
    sender: organisation,
    heading: `${title} · ${words.reportTitle}`,
    warning: report.generatedData ? words.generatedLabel : undefined,
    paragraphs: [
      isChinese
        ? `“${title}”（${windowText(report)}）已经结束，结项报告如下，请审阅。`
        : `“${title}” (${windowText(report)}) has ended. Its closeout report is below for your review.`,
      ...(attachmentNames.length === 0
        ? []
        : [
            `${isChinese ? '完整报告见附件' : 'The full report is attached'}${separator}${attachmentNames.map(oneLine).join(isChinese ? '、' : ', ')}`,
          ]),
    ],
    sections: [
      summarySection(report),
      unitSection(report),
      matchSection(report),
      reconciliationSection(report),
      ...signatureSection(report, signatures),
    ],
    footer: [
      `${words.fields.campaignId} ${report.campaign.id}`,
      `${words.fields.preparedAt} ${preparedAtText(report)}`,
    ],
  };
}

function summarySection(report: CloseoutReport): Section {
  const words = wordsOf(report.language);
  const { summary, campaign, match } = report;
  return {
    heading: words.headings.summary,
    rows: [
      [words.fields.raised, moneyText(summary.raisedMinor)],
      ...(summary.refundedMinor === 0
        ? []
        : ([
            [words.fields.refunded, moneyText(summary.refundedMinor)],
            [words.fields.net, moneyText(summary.netMinor)],
          ] as const)),
      [words.fields.matched, moneyText(summary.matchedMinor)],
      ...(summary.lumpMinor === 0 ? [] : ([[words.fields.lump, moneyText(summary.lumpMinor)]] as const)),
      [words.fields.total, moneyText(summary.totalMinor)],
      [words.fields.target, moneyText(campaign.targetMinor)],
      [words.fields.fundingRate, percentText(summary.fundingRateBasisPoints)],
      [words.fields.spent, moneyText(report.budget.spentMinor)],
      [words.fields.gifts, countText(summary.gifts)],
      [words.fields.remaining, moneyText(match.remainingMinor)],
    ],
    notes: [],
  };
}

function matchSection(report: CloseoutReport): Section {
  const words = wordsOf(report.language);
  const { match, campaign, language } = report;
  const changed = match.adjustments.filter(({ giftNo }) => giftNo !== undefined).length;
  return {
    heading: words.headings.match,
    rows: [
      ...match.rules.map(
        ({ rule, matchedMinor }) =>
          [oneLine(rule.sponsor), ofPool(moneyText(matchedMinor), moneyText(rule.poolMinor), language)] as const,
      ),
      [words.headings.changes, countText(changed)],
      [words.fields.recomputation, recomputationText(report)],
    ],
    notes: [stageSentence(match.stage, { until: match.noticeUntil, zone: campaign.zone }, language)],
  };
}

const ofPool = (matched: string, pool: string, language: CloseoutReport['language']): string =>
  language === 'zh-CN' ? `${matched}，共 ${pool}` : `${matched} of ${pool}`;

function unitSection(report: CloseoutReport): Section {
  const words = wordsOf(report.language);
  const shown = report.units.filter((unit) => unit.id !== null).slice(0, UNITS_SHOWN);
  return {
    heading: words.headings.units,
    rows: shown.map((unit) => [
      `${unit.rank}. ${oneLine(unit.name ?? words.noUnit)}`,
      `${moneyText(netOf(unit))} · ${countText(unit.gifts)} ${report.language === 'zh-CN' ? '笔' : 'gifts'}`,
    ]),
    notes: [],
  };
}

function reconciliationSection(report: CloseoutReport): Section {
  const words = wordsOf(report.language);
  const { totals, discrepancies, standing, status } = report.reconciliation;
  const said = standingText(report);
  return {
    heading: words.headings.reconciliation,
    rows: [
      [words.fields.billAmount, moneyText(totals.billMinor)],
      [words.fields.entriesAmount, moneyText(totals.entriesMinor)],
      [words.fields.difference, moneyText(totals.differenceMinor)],
      [words.headings.discrepancies, countText(discrepancies.length)],
      ...standingRows(standing, report.language),
    ],
    notes: [words.statuses[status], ...(said === undefined ? [] : [oneLine(said)])],
  };
}

function plainText(report: CloseoutReport, content: Content, links: readonly { label: string; url: string }[]): string {
  const separator = report.language === 'zh-CN' ? '：' : ': ';
  return [
    ...(content.warning === undefined ? [] : [content.warning, '']),
    content.heading,
    content.sender,
    '',
    ...content.paragraphs,
    '',
    ...content.sections.flatMap(({ heading, rows, notes }) => [
      heading,
      ...rows.map(([label, value]) => `  ${label}${separator}${value}`),
      ...notes.map((note) => `  ${note}`),
      '',
    ]),
    ...links.map(({ label, url }) => `${label}${separator}${url}`),
    ...(links.length === 0 ? [] : ['']),
    '--',
    ...content.footer,
    '',
  ].join('\n');
}

function signatureSection(report: CloseoutReport, signatures: readonly Signature[]): Section[] {
  if (signatures.length === 0) return [];
  const { headings } = accountWords(report.language);
  return [
    {
      heading: headings.signatures,
      rows: signatures.map((one) => [
        oneLine(one.step),
        `${oneLine(signerText(one, report.language))} · ${signedAtText(one, report)}`,
      ]),
      notes: [],
    },
  ];
}
