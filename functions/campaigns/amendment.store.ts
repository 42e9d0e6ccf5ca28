import { calendarUpdate } from '../duties/calendar.ts';
import { dayProblems, type FiledRequest, filingOf, isSameFiling } from '../filing/filing.ts';
import { type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import { fingerprint } from '../kernel/ids.ts';
import { type Instant, localDateOf, windowBounds } from '../kernel/time.ts';
import { amendmentKey, amendmentsOfCampaign, campaignKey, poolKey, transitionKey } from '../platform/keys.ts';
import { everyItem, type Item, type Table, type TransactWrite, type Value } from '../platform/table.ts';
import { keepNumbers, readSpendingBook } from '../spending/spending-entry.store.ts';
import {
  type Amendment,
  type AmendmentRequest,
  type AmendmentState,
  amendmentSchema,
  isOpenAmendment,
} from './amendment.ts';
import { checkedAmendment } from './amendment-check.store.ts';
import { type Campaign, campaignSchema, type Transition } from './campaign.ts';

export async function findAmendment(table: Table, campaignId: string, number: number): Promise<Amendment | undefined> {
  return amendmentSchema.optional().parse(await table.get(amendmentKey(campaignId, number)));
}

/** Every amendment of a campaign, the first one first. They are few: one at a time is decided on. */
export async function amendmentsOf(table: Table, campaignId: string): Promise<Amendment[]> {
  const amendments: Amendment[] = [];
  for await (const item of everyItem(table, amendmentsOfCampaign(campaignId)))
    amendments.push(amendmentSchema.parse(item));
  return amendments;
}

export type ProposeOutcome =
  | { readonly kind: 'proposed' | 'already-proposed'; readonly amendment: Amendment }
  | Refusal;

/**
 * Proposes a change of an approved campaign, once by its key, and only while no other one waits: two changes that were
 * decided on apart could contradict each other. Throws TransientError when the campaign changed meanwhile.
 */
export async function proposeAmendment(
  table: Table,
  campaign: Campaign,
  request: AmendmentRequest,
  { by, key, now }: { readonly by: string; readonly key: string; readonly now: Instant },
): Promise<ProposeOutcome> {
  const { campaignId, version, status } = campaign;
  const requestKey = fingerprint([campaignId, key]);
  const number = (campaign.amendments ?? 0) + 1;
  const last = number === 1 ? undefined : await findAmendment(table, campaignId, number - 1);
  if (last?.requestKey === requestKey)
    return isSame(last, request)
      ? { kind: 'already-proposed', amendment: last }
      : refuse('idempotency-key-reused', 'This Idempotency-Key belongs to another amendment. Use a new one.');
  if (last !== undefined && isOpenAmendment(last))
    return refuse('amendment-waiting', `Amendment ${last.number} waits still. One is decided on at a time.`);
  const amended = await checkedAmendment(table, campaign, request, now);
  if (amended.kind === 'refused') return amended;
  const amendment: Amendment = {
    type: 'amendment',
    campaignId,
    number,
    ...request,
    fields: [...amended.fields],
    needsFiling: amended.needsFiling,
    state: 'awaiting-approval',
    requestKey,
    proposedBy: by,
    proposedAt: now,
    updatedAt: now,
  };
  const outcome = await table.transact([
    { put: { ...amendmentKey(campaignId, number), ...amendment } as unknown as Item, when: { absent: true } },
    {
      update: campaignKey(campaignId),
      set: { amendments: number, version: version + 1, updatedAt: now },
      when: { equals: { status, version } },
    },
  ]);
  if (outcome.kind !== 'committed') throw new TransientError(`campaign ${campaignId} changed meanwhile`);
  return { kind: 'proposed', amendment };
}

const isSame = (amendment: Amendment, { kind, changes }: AmendmentRequest): boolean =>
  amendment.kind === kind && JSON.stringify(amendment.changes) === JSON.stringify(changes);

export type SettleOutcome =
  | { readonly kind: 'applied' | 'lapsed' | 'returned' | 'rejected' | 'withdrawn' }
  /** The authority has to have the changed plan first. */
  | { readonly kind: 'awaiting-filing' };

/** What was decided on an amendment. */
export type AmendmentDecision = { readonly kind: 'approved' | 'returned' | 'rejected'; readonly reason?: string };

/**
 * Carries a decision out: an approved change is applied as soon as the authority has it where it must, in one transaction
 * with the pool's window and the calendar. Repeated it finds what was done. Throws TransientError when the campaign or the
 * amendment changed meanwhile.
 */
export async function settleAmendment(
  table: Table,
  campaign: Campaign,
  amendment: Amendment,
  decision: AmendmentDecision,
  now: Instant,
): Promise<SettleOutcome> {
  const { state } = amendment;
  if (state !== 'awaiting-approval' && state !== 'approved') return { kind: state };
  if (decision.kind !== 'approved') {
    await putState(table, amendment, decision.kind, decision.reason ?? '', now);
    return { kind: decision.kind };
  }
  if (amendment.needsFiling && amendment.filing == null) {
    if (state === 'awaiting-approval') await putState(table, amendment, 'approved', undefined, now);
    const impossible = await checkedAmendment(table, campaign, amendment, now);
    if (impossible.kind !== 'refused') return { kind: 'awaiting-filing' };
    return apply(table, campaign, { ...amendment, state: 'approved' }, now);
  }
  return apply(table, campaign, amendment, now);
}

async function apply(table: Table, campaign: Campaign, amendment: Amendment, now: Instant): Promise<SettleOutcome> {
  // Before it is checked against what was spent, and written only as it was read.
  const book = await readSpendingBook(table, campaign.campaignId);
  const amended = await checkedAmendment(table, campaign, amendment, now);
  if (amended.kind === 'refused') {
    const reasons = amended.problems?.map(({ field, problem }) => `${field} ${problem}`).join('; ') ?? amended.message;
    await putState(table, amendment, 'lapsed', reasons.slice(0, LONGEST_REASON), now);
    return { kind: 'lapsed' };
  }
  const { campaignId, status, version } = campaign;
  const { number, reason, kind } = amendment;
  const next = campaignSchema.parse({ ...campaign, proposal: amended.proposal });
  const line: Transition = {
    type: 'transition',
    campaignId,
    number: version + 1,
    from: status,
    to: status,
    at: now,
    by: amendment.proposedBy,
    reason: `Amendment ${number} (${kind}): ${reason}`,
  };
  const outcome = await table.transact([
    {
      update: campaignKey(campaignId),
      set: { proposal: next.proposal as unknown as Value, version: version + 1, updatedAt: now },
      when: { equals: { status, version } },
    },
    { put: { ...transitionKey(campaignId, version + 1), ...line }, when: { absent: true } },
    {
      update: amendmentKey(campaignId, number),
      set: { state: 'applied', updatedAt: now },
      when: { equals: { state: amendment.state } },
    },
    calendarUpdate(next),
    ...(amended.fields.includes('budgetLines')
      ? [keepNumbers(book, { before: campaign.proposal.budgetLines, after: next.proposal.budgetLines })]
      : []),
    ...poolWindowWrites(campaign, next),
  ]);
  if (outcome.kind !== 'committed')
    throw new TransientError(`campaign ${campaignId} changed while amendment ${number} was applied`);
  return { kind: 'applied' };
}
const LONGEST_REASON = 1000;

/**
 * The window of an open campaign's pool, which decides what is matched. It moves only while both its old end and its new
 * one lie an hour ahead (WINDOW_MARGIN_SECONDS), so that every gift that was counted is inside it or outside it as before,
 * and the oracle that replays all of them by the last window agrees.
 */
function poolWindowWrites({ campaignId, openedAt, proposal }: Campaign, next: Campaign): TransactWrite[] {
  const [before, after] = [windowBounds(proposal.window).closesAt, windowBounds(next.proposal.window).closesAt];
  if (openedAt == null || before === after) return [];
  return [
    { update: poolKey(campaignId), set: { closesAt: after }, when: { equals: { state: 'open', closesAt: before } } },
  ];
}

async function putState(
  table: Table,
  { campaignId, number, state }: Amendment,
  to: AmendmentState,
  stateReason: string | undefined,
  now: Instant,
): Promise<void> {
  const written = await table.write({
    update: amendmentKey(campaignId, number),
    set: { state: to, updatedAt: now, ...(stateReason === undefined ? {} : { stateReason }) },
    when: { equals: { state } },
  });
  if (written.kind !== 'written') throw new TransientError(`amendment ${number} changed meanwhile`);
}

export type FileAmendmentOutcome =
  | { readonly kind: 'filed' | 'already-filed'; readonly amendment: Amendment }
  | Refusal;

/** Records that the authority has a changed plan. It is applied by {@link settleAmendment}. */
export async function fileAmendment(
  table: Table,
  campaign: Campaign,
  amendment: Amendment,
  request: FiledRequest,
  { by, now }: { readonly by: string; readonly now: Instant },
): Promise<FileAmendmentOutcome> {
  const { campaignId, number, state, needsFiling, filing } = amendment;
  if (filing != null && isSameFiling(filing, request)) return { kind: 'already-filed', amendment };
  if (!needsFiling) return refuse('nothing-to-file', 'This amendment changes nothing that the authority has on file.');
  if (state !== 'approved')
    return refuse('nothing-to-file', `An amendment that is ${state} is not filed: it has to be approved first.`);
  const today = localDateOf(now, campaign.proposal.window.zone);
  const problems = dayProblems(request, today);
  if (problems.length > 0) return refuse('impossible-filing', 'The amendment cannot be filed like this.', problems);
  const filed = filingOf(request, by, now);
  const written = await table.write({
    update: amendmentKey(campaignId, number),
    set: { filing: filed as unknown as Value, updatedAt: now },
    when: { equals: { state: 'approved' } },
  });
  if (written.kind !== 'written') throw new TransientError(`amendment ${number} changed meanwhile`);
  return { kind: 'filed', amendment: { ...amendment, filing: filed, updatedAt: now } };
}

export type WithdrawOutcome = { readonly kind: 'withdrawn' | 'already-withdrawn' } | Refusal;

/** Takes an amendment back that was not applied yet, so that another one can be proposed. */
export async function withdrawAmendment(table: Table, amendment: Amendment, now: Instant): Promise<WithdrawOutcome> {
  if (amendment.state === 'withdrawn') return { kind: 'already-withdrawn' };
  if (!isOpenAmendment(amendment))
    return refuse('amendment-closed', `An amendment that is ${amendment.state} is not withdrawn.`);
  await putState(table, amendment, 'withdrawn', undefined, now);
  return { kind: 'withdrawn' };
}
