import { localDateOf } from '../kernel/time.ts';
import { openPress } from '../press/press.ts';
import { addendumWords, figureRows, type SaidAddendum, writtenText } from './report-addendum-words.ts';
import type { Block, ReportPages } from './report-pages.ts';

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
  const left = (label: string) => ({ label, align: 'left', width: 'wide' }) as const;
  const right = (label: string) => ({ label, align: 'right', width: 'fit' }) as const;
  const changes: Block =
    addendum.figures.length === 0
      ? { kind: 'note', tone: 'plain', text: words.noFigures }
      : {
          kind: 'table',
          columns: [left(words.figure), right(words.was), right(words.is), right(words.change)],
          rows: figureRows(addendum),
        };
  const corrections: ReportPages['sections'] =
    addendum.corrections.length === 0
      ? []
      : [
          {
            heading: words.corrections,
            blocks: [
              {
                kind: 'table',
                columns: [left(words.what), left(words.was), left(words.is)],
                rows: addendum.corrections.map(({ what, was, is }) => [what, was, is]),
              },
            ],
          },
        ];
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
      ...corrections,
      {
        heading: words.by,
        blocks: [
          {
            kind: 'facts',
            rows: [
              [words.by, writtenText(addendum)],
              [words.of, addendum.reportSha256],
            ],
          },
        ],
      },
    ],
    footer: { left: `${words.campaignId} ${campaignId}`, fingerprint: `${words.fingerprint} SHA-256 ${sha256}` },
    pageText: isChinese ? ['第 ', ' 页 共 ', ' 页'] : ['Page ', ' of ', ''],
  };
}
