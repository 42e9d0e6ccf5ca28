import { attachmentsOf } from '../campaigns/attachment.store.ts';
import { findCampaign } from '../campaigns/campaign.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { PermanentError, type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { closeoutStatementKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { readSpendingFigures } from '../spending/spending-figures.store.ts';
import { findCloseout } from './closeout.store.ts';
import {
  type CloseoutStatement,
  type StatementFacts,
  type StoredStatement,
  statementProblems,
  storedStatementSchema,
  UNWRITTEN_VERSION,
} from './closeout-statement.ts';

export async function findStatement(table: Table, campaignId: string): Promise<StoredStatement | undefined> {
  const item = await table.get(closeoutStatementKey(campaignId));
  return item === undefined ? undefined : storedStatementSchema.parse(item);
}

/** The statement of a round that was submitted. Throws PermanentError where there is none: the workflow never asks before. */
export async function readSubmitted(table: Table, campaignId: string, round: number): Promise<StoredStatement> {
  const stored = await findStatement(table, campaignId);
  if (stored === undefined || stored.round !== round || stored.state === 'open')
    throw new PermanentError(`no statement of round ${round} of ${campaignId} has been submitted`);
  return stored;
}

export type SaveOutcome = { readonly kind: 'saved'; readonly stored: StoredStatement } | Refusal;

const CLOSED_FOR_CHANGES = {
  submitted: 'It waits for its signatures. It can be changed when it is returned.',
  signed: 'It is signed. What has to be said now is an addendum to the report.',
} as const;

/** Saves the whole statement on the version that was read. `before`: what stands, `undefined` before anything was saved. */
export async function saveStatement(
  table: Table,
  campaignId: string,
  { before, statement, by }: { before: StoredStatement | undefined; statement: CloseoutStatement; by: string },
): Promise<SaveOutcome> {
  if (before !== undefined && before.state !== 'open')
    return refuse(`already-${before.state}`, CLOSED_FOR_CHANGES[before.state]);
  const stored: StoredStatement = {
    type: 'closeout-statement',
    campaignId,
    round: 0,
    state: 'open',
    ...before,
    version: (before?.version ?? UNWRITTEN_VERSION) + 1,
    statement,
    workedOnBy: withLast(before?.workedOnBy ?? [], by),
  };
  return { kind: 'saved', stored: await keep(table, before, stored) };
}

export type SubmitOutcome =
  | { readonly kind: 'submitted' | 'already-submitted'; readonly stored: StoredStatement }
  | Refusal;

/** Submits a statement: from now on the workflow writes the report with it, and sends it to be signed. */
export async function submitStatement(
  table: Table,
  campaign: Campaign,
  before: StoredStatement,
  { by, facts, now }: { by: string; facts: StatementFacts; now: Instant },
): Promise<SubmitOutcome> {
  if (before.state === 'signed') return refuse('already-signed', CLOSED_FOR_CHANGES.signed);
  if (before.state === 'submitted') return { kind: 'already-submitted', stored: before };
  if ((await findCloseout(table, campaign.campaignId)) === undefined)
    return refuse(
      'not-closing',
      'The figures are not there yet: a statement is submitted once the closeout has written its first draft.',
    );
  const problems = statementProblems(before.statement, facts);
  if (problems.length > 0) return refuse('incomplete', 'The statement cannot be submitted like this.', problems);
  const { returned: _, ...rest } = before;
  const stored: StoredStatement = {
    ...rest,
    version: before.version + 1,
    round: before.round + 1,
    state: 'submitted',
    workedOnBy: withLast(before.workedOnBy, by),
    submittedBy: by,
    submittedAt: now,
  };
  return { kind: 'submitted', stored: await keep(table, before, stored) };
}

/** Gives a statement back to its authors, with why. Repeated, it finds it done. */
export async function reopenStatement(table: Table, stored: StoredStatement, why: string, now: Instant): Promise<void> {
  await keep(table, stored, { ...stored, version: stored.version + 1, state: 'open', returned: { at: now, why } });
}

export type RenewOutcome =
  | { readonly kind: 'renewed'; readonly round: number }
  /** With the books as they are now the statement lacks something that only people can say. */
  | { readonly kind: 'returned' };

/**
 * Gives a submitted statement its next round, because the books have moved since the draft of `round` was written: the draft is written
 * anew and signed anew, and nobody has to submit anything. Where the statement does not do for what the books say now, it goes back to
 * its authors. Repeated, it finds it done.
 */
export async function renewRound(
  table: Table,
  campaign: Campaign,
  round: number,
  { why, now }: { readonly why: string; readonly now: Instant },
): Promise<RenewOutcome> {
  const stored = await findStatement(table, campaign.campaignId);
  if (stored === undefined) throw new PermanentError(`nobody has submitted a statement of ${campaign.campaignId}`);
  if (stored.state !== 'submitted') return { kind: 'returned' };
  if (stored.round !== round) return { kind: 'renewed', round: stored.round };
  // Which earlier reports it may name was seen when it was submitted.
  const problems = statementProblems(
    stored.statement,
    await readFacts(table, campaign, stored.statement, async () => true),
  );
  if (problems.length > 0) {
    const missing = problems.map(({ field, problem }) => `${field} ${problem}`).join('; ');
    await reopenStatement(table, stored, `${why} ${missing}`, now);
    return { kind: 'returned' };
  }
  const next = { ...stored, version: stored.version + 1, round: round + 1, renewed: { at: now, why } };
  await keep(table, stored, next);
  return { kind: 'renewed', round: next.round };
}

/** What a statement is checked against. `mayRead`: whether the caller may read an earlier campaign's report. */
export async function readFacts(
  table: Table,
  { campaignId, proposal }: Campaign,
  { earlier = [] }: CloseoutStatement,
  mayRead: (organisationId: string) => Promise<boolean>,
): Promise<StatementFacts> {
  const [spending, files] = await Promise.all([
    readSpendingFigures(table, campaignId),
    attachmentsOf(table, campaignId),
  ]);
  const named = [...new Set(earlier.flatMap((one) => ('campaignId' in one ? [one.campaignId] : [])))];
  const reported = new Set<string>();
  for (const id of named) {
    const [campaign, closeout] = await Promise.all([findCampaign(table, id), findCloseout(table, id)]);
    if (id !== campaignId && closeout?.state === 'signed' && campaign !== undefined)
      if (await mayRead(campaign.proposal.organisationId)) reported.add(id);
  }
  return {
    lines: spending.lines,
    storedFiles: new Set(files.filter(({ state }) => state === 'stored').map(({ attachmentId }) => attachmentId)),
    reported,
    hasUnits: proposal.units.length > 0,
  };
}

async function keep(
  table: Table,
  before: StoredStatement | undefined,
  next: StoredStatement,
): Promise<StoredStatement> {
  const written = await table.write({
    put: { ...closeoutStatementKey(next.campaignId), ...next },
    when: before === undefined ? { absent: true } : { equals: { version: before.version } },
  });
  if (written.kind === 'written') return next;
  throw new TransientError('somebody else changed the statement at this moment');
}

const withLast = (names: readonly string[], last: string): string[] => [...names.filter((name) => name !== last), last];
