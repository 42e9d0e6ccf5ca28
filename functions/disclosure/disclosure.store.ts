import type { Campaign } from '../campaigns/campaign.ts';
import type { CampaignFiles } from '../closeout/campaign-files.gateway.ts';
import { dutyDoneBy, findCalendar } from '../duties/calendar.store.ts';
import { type Calendar, dutiesIn } from '../duties/calendar.ts';
import { PermanentError, type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import { type Instant, type LocalDate, localDateOf, plusDays } from '../kernel/time.ts';
import { disclosureEntryKey, disclosuresOfCampaign } from '../platform/keys.ts';
import { everyItem, type Table, type TransactWrite, type Value } from '../platform/table.ts';
import { refuseWrongNote } from './correction.ts';
import {
  type CorrectionRequest,
  type DisclosureEntry,
  type DisclosureKind,
  disclosureEntrySchema,
  entryHash,
  entryText,
  FOLLOW_EACH_OTHER,
  NEEDS_END,
  NO_ENTRY_BEFORE,
  type PublicationRequest,
} from './disclosure-entry.ts';
import { type DisclosureFigures, figureProblems } from './disclosure-figures.ts';
import { entryTitle } from './entry-words.ts';

/** Every entry of a campaign in its order. A campaign of years has some dozens. */
export async function listEntries(table: Table, campaignId: string): Promise<DisclosureEntry[]> {
  const entries: DisclosureEntry[] = [];
  for await (const item of everyItem(table, disclosuresOfCampaign(campaignId)))
    entries.push(disclosureEntrySchema.parse(item));
  return entries;
}

export type Publishing = { readonly table: Table; readonly files: CampaignFiles };
/** Who publishes, when, and under which id: the same id again is the same publication. */
export type Publication = { readonly entryId: string; readonly by: string; readonly now: Instant };
export type PublishOutcome =
  | { readonly kind: 'published' | 'already-published'; readonly entry: DisclosureEntry }
  | Refusal;

/** Where a document stands: its hash is in the name, so that none ever overwrites another. */
export const entryFile = ({
  campaignId,
  number,
  hash,
}: Pick<DisclosureEntry, 'campaignId' | 'number' | 'hash'>): string =>
  `published/entries/${campaignId}/${number}-${hash}.json`;

/**
 * Publishes an entry with its figures and does the duty that asks for it, in one transaction. The figures are frozen with it.
 * Throws TransientError when somebody else published at the same time.
 */
export async function publishEntry(
  use: Publishing,
  campaign: Campaign,
  request: PublicationRequest,
  figures: DisclosureFigures | undefined,
  publication: Publication,
): Promise<PublishOutcome> {
  const { campaignId, proposal } = campaign;
  const entries = await listEntries(use.table, campaignId);
  const existing = entries.find(({ entryId }) => entryId === publication.entryId);
  if (existing !== undefined)
    return existing.kind === request.kind && existing.text === request.text
      ? { kind: 'already-published', entry: existing }
      : OTHER_REQUEST;
  if (figures === undefined) return NOTHING_SIGNED;
  if (NEEDS_END.has(request.kind) && !hasEnded(campaign))
    return refuse('not-over-yet', 'This is published when the campaign has ended: until then gifts still come.');
  const before = entries.findLast((entry) => entry.figures !== null)?.figures ?? undefined;
  const problems = figureProblems(figures, before);
  if (problems.length > 0)
    throw new PermanentError(`the figures of ${campaignId} cannot be published: ${problems.join('; ')}`);
  const period = request.period ?? periodOf(campaign, request.kind, entries, figures);
  if (period.from > period.until)
    return refuse('invalid', 'Some fields are not as they must be.', [
      { field: 'period', problem: 'ends before it begins', fix: 'send a day that is not before the first' },
    ]);
  const calendar = await findCalendar(use.table, campaignId);
  const dutyId =
    calendar === undefined
      ? undefined
      : dutyOf(
          request.kind,
          dutiesIn(calendar, publication.now),
          isOver(request.kind, campaign, calendar, publication),
        );
  const entry = nextEntry(entries, campaign, publication, {
    kind: request.kind,
    title: entryTitle(request.kind, proposal.language, period),
    period,
    text: request.text,
    responsible: request.responsible,
    figures,
    ...(dutyId === undefined ? {} : { dutyId }),
  });
  const completion =
    calendar === undefined || dutyId === undefined
      ? undefined
      : dutyDoneBy(
          calendar,
          dutyId,
          { on: entry.publishedOn, note: entry.title, evidence: `disclosure ${entry.number}` },
          publication,
        );
  return keepEntry(use, entry, completion === undefined ? [] : [completion]);
}

/** Publishes a note about what is wrong in an entry. The entry stays as it is, and is shown with the note. */
export async function publishCorrection(
  use: Publishing,
  campaign: Campaign,
  number: number,
  request: CorrectionRequest,
  publication: Publication,
): Promise<PublishOutcome> {
  const entries = await listEntries(use.table, campaign.campaignId);
  const existing = entries.find(({ entryId }) => entryId === publication.entryId);
  if (existing !== undefined)
    return existing.corrects?.number === number && existing.text === request.reason
      ? { kind: 'already-published', entry: existing }
      : OTHER_REQUEST;
  const corrected = entries[number - 1];
  if (corrected === undefined) return refuse('unknown-entry', 'This campaign has published no entry of that number.');
  if (corrected.kind === 'correction')
    return refuse('is-a-correction', 'A note is not corrected itself: publish another one about the same entry.');
  const refused = refuseWrongNote(corrected, entries, request);
  if (refused !== undefined) return refused;
  const entry = nextEntry(entries, campaign, publication, {
    kind: 'correction',
    title: entryTitle('correction', campaign.proposal.language, corrected.period, number),
    period: corrected.period,
    text: request.reason,
    responsible: request.responsible,
    figures: null,
    corrects: { number, changes: [...request.changes] },
  });
  return keepEntry(use, entry, []);
}

const OTHER_REQUEST = refuse('idempotency-key-reused', 'This Idempotency-Key belongs to another entry. Use a new one.');
const NOTHING_SIGNED = refuse(
  'nothing-signed-yet',
  'No day of this campaign is signed yet. The first is in the night after its first day; publish after that.',
);

/** Whether it takes no gifts any more. */
const hasEnded = ({ status }: Campaign): boolean => ENDED.has(status);
const ENDED: ReadonlySet<Campaign['status']> = new Set(['closed', 'cancelled', 'finalised', 'reported', 'archived']);

function nextEntry(
  entries: readonly DisclosureEntry[],
  { campaignId, proposal }: Campaign,
  { entryId, by, now }: Publication,
  content: Pick<
    DisclosureEntry,
    'kind' | 'title' | 'period' | 'text' | 'responsible' | 'figures' | 'dutyId' | 'corrects'
  >,
): DisclosureEntry {
  const entry = {
    type: 'disclosure-entry' as const,
    entryId,
    campaignId,
    number: entries.length + 1,
    ...content,
    publishedOn: localDateOf(now, proposal.window.zone),
    publishedAt: now,
    by,
    previous: entries.at(-1)?.hash ?? NO_ENTRY_BEFORE,
  };
  return { ...entry, hash: entryHash(entry) };
}

/**
 * The document first: an entry that everybody sees must never point to none. Its number is the one after those that were read, and
 * free: whoever publishes at the same time takes it, or has to look again.
 */
async function keepEntry(
  { table, files }: Publishing,
  entry: DisclosureEntry,
  more: readonly TransactWrite[],
): Promise<PublishOutcome> {
  const { campaignId, number } = entry;
  await files.write(entryFile(entry), entryText(entry), 'application/json');
  const outcome = await table.transact([
    {
      put: {
        ...disclosureEntryKey(campaignId, number),
        ...(entry as unknown as Readonly<Record<string, Value>>),
        type: entry.type,
      },
      when: { absent: true },
    },
    ...more,
  ]);
  if (outcome.kind !== 'committed') throw new TransientError('somebody published or did a duty at the same time');
  return { kind: 'published', entry };
}

/**
 * What time an entry tells of: from the day after the entry of this kind before where kinds follow each other, else from the
 * opening. How the fundraising goes is known up to the last signed day; everything else tells of what was done with the money, up
 * to the day on which that was taken from the books.
 */
function periodOf(
  { proposal, openedAt }: Campaign,
  kind: DisclosureKind,
  entries: readonly DisclosureEntry[],
  { asOf }: DisclosureFigures,
): { from: LocalDate; until: LocalDate } {
  const { firstDay, zone } = proposal.window;
  const opening = openedAt == null ? firstDay : localDateOf(openedAt, zone);
  const until = kind === 'progress' ? asOf.day : (asOf.spendingDay ?? asOf.day);
  const before = FOLLOW_EACH_OTHER.has(kind) ? entries.findLast((entry) => entry.kind === kind) : undefined;
  const from = before === undefined ? opening : plusDays(before.period.until, 1);
  return { from: from <= until ? from : until, until };
}

/**
 * Whether what an entry tells of is over, so that it does the duty of who owes it afterwards: the campaign, and of an account of
 * the project its last planned day. What a project tells before is welcome, and does not stand for its account.
 */
function isOver(kind: DisclosureKind, campaign: Campaign, { facts }: Calendar, { now }: Publication): boolean {
  if (kind !== 'project-full') return hasEnded(campaign);
  return facts.project === undefined || localDateOf(now, facts.window.zone) > facts.project.lastDay;
}

/** The duty that a publication does: the first report in a row that is open, or the one of its kind. */
function dutyOf(
  kind: DisclosureKind,
  duties: readonly { readonly id: string; readonly kind: string; readonly doneOn?: LocalDate }[],
  isOver: boolean,
): string | undefined {
  const asked = DUTY_OF[kind];
  if (asked === undefined || (OWED_AFTERWARDS.has(asked) && !isOver)) return undefined;
  return duties.find((duty) => duty.kind === asked && duty.doneOn === undefined)?.id;
}
const OWED_AFTERWARDS: ReadonlySet<string> = new Set(['report-back', 'project-full']);
const DUTY_OF: Readonly<Partial<Record<DisclosureKind, string>>> = {
  progress: 'progress-disclosure',
  full: 'full-disclosure',
  'project-progress': 'project-progress',
  'project-full': 'project-full',
  surplus: 'surplus',
  'report-back': 'report-back',
  'partner-evaluation': 'partner-evaluation',
};
