import { localDateOf } from '../kernel/time.ts';
import { openPress } from '../press/press.ts';
import { signedAtText, signerText } from './report-account-words.ts';
import {
  addendumWords,
  changeRows,
  figureRows,
  itemRows,
  type SaidAddendum,
  writtenText,
} from './report-addendum-words.ts';
import type { Block, Column, ReportPages, Section } from './report-pages.ts';
import { countText } from './report-words.ts';

/** The addendum on paper, by the layout of the report itself. */
export async function renderAddendumPdf(addendum: SaidAddendum, assetsFolder: string): Promise<Uint8Array> {
  const press = await openPress(assetsFolder);
  return press.print('closeout-report.typ', addendumPages(addendum));
}

export function addendumPages(addendum: SaidAddendum): ReportPages {
  const { language, writtenAt, zone, number, title, organisationName, generatedData, campaignId, sha256 } = addendum;
  const words = addendumWords(language);
  const isChinese = language === 'zh-CN';
  const [year = 1970, month = 1, day = 1] = localDateOf(writtenAt, zone).split('-').map(Number);
  const changes: Block =
    addendum.figures.length === 0
      ? { kind: 'note', tone: 'plain', text: words.noFigures }
      : {
          kind: 'table',
          columns: [left(words.figure), right(words.was), right(words.is), right(words.change)],
          rows: figureRows(addendum),
        };
  return {
    language: isChinese ? 'zh' : 'en',
    region: isChinese ? 'cn' : null,
    preparedOn: [year, month, day],
    title,
    kicker: words.kicker(number),
    subtitle: organisationName,
    generatedLabel: generatedData ? words.warning : null,
    generatedShort: generatedData ? words.short : null,
    cover: null,
    keyFigures: [],
    sections: [
      { heading: words.reason, blocks: addendum.reason.split('\n').map((text) => ({ kind: 'text', text }) as const) },
      { heading: words.changes, blocks: [changes] },
      ...tableSection(
        words.causes,
        [left(words.entry), right(words.time), left(words.effect)],
        changeRows(addendum),
        words.causesNote,
      ),
      ...tableSection(
        words.items,
        [left(words.item), left(words.was), left(words.is), left(words.effect)],
        itemRows(addendum),
      ),
      ...tableSection(
        words.corrections,
        [left(words.what), left(words.was), left(words.is)],
        addendum.corrections.map(({ what, was, is }) => [what, was, is]),
      ),
      { heading: words.signatures, blocks: signatureBlocks(addendum) },
      ...tableSection(
        words.sources,
        [left(words.figure), left(words.computedBy), left(words.from), right(words.itemCount)],
        addendum.sources.map(({ figures, query, partitions, items }) => [
          figures.join(', '),
          query,
          partitions,
          countText(items),
        ]),
      ),
    ],
    footer: { left: `${words.campaignId} ${campaignId}`, fingerprint: `${words.fingerprint} SHA-256 ${sha256}` },
    pageText: isChinese ? ['第 ', ' 页 共 ', ' 页'] : ['Page ', ' of ', ''],
  };
}

const left = (label: string) => ({ label, align: 'left', width: 'wide' }) as const;
const right = (label: string) => ({ label, align: 'right', width: 'fit' }) as const;

/** A table under a heading; nothing where it has no row. */
function tableSection(
  heading: string,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  note?: string,
): Section[] {
  if (rows.length === 0) return [];
  const said: Block[] = note === undefined ? [] : [{ kind: 'text', text: note }];
  return [{ heading, blocks: [...said, { kind: 'table', columns, rows, small: true }] }];
}

/** Who wrote it, of which report it is, and who has signed it. */
function signatureBlocks(addendum: SaidAddendum): Block[] {
  const { language, zone, signatures, reportSha256 } = addendum;
  const words = addendumWords(language);
  const about: Block = {
    kind: 'facts',
    rows: [
      [words.by, writtenText(addendum)],
      [words.of, reportSha256],
    ],
  };
  if (signatures.length === 0) return [about, { kind: 'note', tone: 'warning', text: words.unsigned }];
  return [
    about,
    {
      kind: 'table',
      columns: [left(words.signsAs), left(words.signer), right(words.signedAt)],
      rows: signatures.map((one) => [
        one.step,
        signerText(one, language),
        signedAtText(one, { campaign: { zone }, language }),
      ]),
    },
  ];
}
