import { auditedTable } from '../audit/audited-table.ts';
import { findCampaign } from '../campaigns/campaign.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { type CampaignFiles, openCampaignFiles } from '../closeout/campaign-files.gateway.ts';
import { calendarsOf } from '../duties/calendar.store.ts';
import { type Calendar, dutiesIn } from '../duties/calendar.ts';
import type { Duty } from '../duties/duty.ts';
import { reasonOf } from '../kernel/errors.ts';
import { derivedId } from '../kernel/ids.ts';
import { type Instant, localDateOf } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { type JobDefinition, jobFunction } from '../platform/job.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { publishEntry } from './disclosure.store.ts';
import { KIND_OF_DUTY, keepDraft } from './disclosure-draft.store.ts';
import type { PublishedKind } from './disclosure-entry.ts';
import { readDisclosureFigures } from './disclosure-figures.store.ts';
import { type DisclosureSettings, findDisclosureSettings } from './disclosure-settings.store.ts';
import { draftedText } from './entry-words.ts';

type Use = { readonly table: Table; readonly files: CampaignFiles };
type Outcome = {
  readonly kind: 'disclosed';
  readonly drafted: number;
  readonly published: number;
  readonly failed: number;
};

/**
 * For every duty to publish that is near, due or overdue and not done: a draft with today's figures, once. A progress report whose
 * day has come is published where the organisation lets the schedule do that. A run that was missed is made up for by the next,
 * because what is due is asked and not what time it is; reminders are the mails of the duties themselves.
 */
async function disclose(use: Use, organisationId: string | undefined, now: Instant): Promise<Outcome> {
  const done = { drafted: 0, published: 0, failed: 0 };
  const reaches = reachOf(use.table, organisationId);
  for await (const calendar of calendarsOf(use.table)) {
    if (!(await reaches(calendar.organisationId))) continue;
    const due = dueNow(calendar, now);
    if (due.length === 0) continue;
    try {
      const { drafted, published } = await discloseOf(use, calendar, due, now);
      done.drafted += drafted;
      done.published += published;
    } catch (error) {
      done.failed += 1;
      log.error('a disclosure could not be drafted', { campaignId: calendar.campaignId, reason: reasonOf(error) });
      count(METRICS.unexpectedError);
    }
  }
  return { kind: 'disclosed', ...done };
}

/** Whether a run for an organisation is for a campaign of another: of itself and of all below it; of everybody, where it is for none. */
function reachOf(table: Table, organisationId: string | undefined): (of: string) => Promise<boolean> {
  const known = new Map<string, boolean>();
  return async (of) => {
    if (organisationId === undefined) return true;
    const reached = known.get(of) ?? (await findOrganisation(table, of))?.path.includes(organisationId) ?? false;
    known.set(of, reached);
    return reached;
  };
}

/** The duties to publish that are near or overdue; of reports in a row only the first, because it moves the days of those after it. */
function dueNow(calendar: Calendar, now: Instant): Duty[] {
  const kinds = new Set<string>();
  return dutiesIn(calendar, now).filter(({ kind, state }) => {
    if (KIND_OF_DUTY[kind] === undefined || state === 'done' || kinds.has(kind)) return false;
    kinds.add(kind);
    return state === 'near' || state === 'overdue';
  });
}

async function discloseOf(
  use: Use,
  { campaignId, facts, organisationId }: Calendar,
  due: readonly Duty[],
  now: Instant,
) {
  const done = { drafted: 0, published: 0 };
  const campaign = await findCampaign(use.table, campaignId);
  const figures = campaign === undefined ? undefined : await readDisclosureFigures(use.table, campaign, now);
  // Before a day is signed there is nothing to publish; the reminders of the duty go out all the same.
  if (campaign === undefined || figures === undefined) return done;
  const settings = await findDisclosureSettings(use.table, organisationId);
  const text = draftedText(figures, campaign.proposal.language);
  const today = localDateOf(now, facts.window.zone);
  for (const { id: dutyId, kind: dutyKind, dueOn } of due) {
    const kind = KIND_OF_DUTY[dutyKind];
    if (kind === undefined) continue;
    if (await keepDraft(use.table, { campaignId, dutyId, kind, dueOn, text, draftedAt: now })) done.drafted += 1;
    if (isProgress(kind) && settings?.publishesProgress === 'by-schedule' && dueOn <= today)
      done.published += await publishProgress(use, { campaign, dutyId, kind, text, settings, figures }, now);
  }
  return done;
}

/** Progress of the fundraising or of the project: what the schedule may publish, because figures alone can tell it. */
const isProgress = (kind: PublishedKind): kind is 'progress' | 'project-progress' =>
  kind === 'progress' || kind === 'project-progress';

type Progress = {
  readonly kind: 'progress' | 'project-progress';
  readonly campaign: Campaign;
  readonly dutyId: string;
  readonly text: string;
  readonly settings: DisclosureSettings;
  readonly figures: NonNullable<Awaited<ReturnType<typeof readDisclosureFigures>>>;
};

async function publishProgress(use: Use, progress: Progress, now: Instant): Promise<number> {
  const { campaign, dutyId, kind, text, settings, figures } = progress;
  const { campaignId, proposal } = campaign;
  const { organisationId } = proposal;
  const table = auditedTable(use.table, { organisationId, by: 'schedule', action: `publishes for ${dutyId}`, now });
  const outcome = await publishEntry(
    { table, files: use.files },
    campaign,
    { kind, text, responsible: settings.responsible },
    figures,
    { entryId: derivedId('disclosure', campaignId, 'schedule', dutyId), by: 'schedule', now },
  );
  return outcome.kind === 'published' ? 1 : 0;
}

export const definition: JobDefinition<Use> = {
  name: 'disclose',
  open: () => ({ table: openTable(), files: openCampaignFiles() }),
  handle: ({ organisationId }, use, now) => disclose(use, organisationId, now),
};
export const handler = jobFunction(definition);
