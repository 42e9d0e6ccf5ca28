import { dayCount, type LocalDate, plusDays, plusMonths } from '../kernel/time.ts';
import { asDraft } from './campaign-draft.ts';
import { type CampaignProposal, PROPOSAL_FIELDS, type ProposalField } from './campaign-proposal.ts';
import type { LookAgain, ProposalDraft } from './proposal-draft.ts';

/** Fields that belong to the one campaign alone: files are attached to it, and its parent project was last year's too. */
const LEFT_BEHIND: ReadonlySet<ProposalField> = new Set(['coverAttachmentId', 'parentCampaignId']);

/** What is never right a second time by itself, and why a person has to look. */
const LOOKED_AT_AGAIN: Partial<Record<ProposalField, string>> = {
  targetMinor: 'expect as much again only if last time’s result says so',
  budgetLines: 'prices and quantities are those of last time',
  personInCharge: 'the person may have another office by now',
  bankAccount: 'see that the account is still the one',
  certificate: 'see that the certificate is still valid',
  partner: 'the agreement was for the last campaign',
  beneficiaries: 'who is helped was counted for the last campaign',
  matching: 'sponsors promised this money for the last campaign',
};

export type ProposalCopy = { readonly draft: ProposalDraft; readonly lookAgain: readonly LookAgain[] };

/**
 * A new draft from an earlier campaign's proposal. Days move by whole years, as many as bring the first day beyond `today`,
 * and all by the same number of days, so that their pattern stays: 7 to 9 September with a power hour on the second evening is
 * that next year too. What was decided about the old one, its filing and its files are not copied; what has to be looked at
 * again is listed, and the draft is not submitted before each of these fields was sent once more.
 */
export function copiedProposal(proposal: CampaignProposal, today: LocalDate): ProposalCopy {
  const { firstDay, lastDay } = proposal.window;
  const newFirst = nextYearly(firstDay, today);
  const days = dayCount(firstDay, newFirst) - 1;
  const moved = (day: LocalDate): LocalDate => plusDays(day, days);
  const partner = proposal.partner && {
    ...proposal.partner,
    agreement: { reference: proposal.partner.agreement.reference, signedOn: proposal.partner.agreement.signedOn },
  };
  const copy = {
    ...proposal,
    partner,
    window: { ...proposal.window, firstDay: newFirst, lastDay: moved(lastDay) },
    executionPlan: proposal.executionPlan.map((stage) => ({
      ...stage,
      fromDay: moved(stage.fromDay),
      untilDay: moved(stage.untilDay),
    })),
    matching: movedDays(proposal.matching, moved),
  };
  const kept = Object.entries(copy).filter(([field]) => !LEFT_BEHIND.has(field as ProposalField));
  return { draft: asDraft(Object.fromEntries(kept)), lookAgain: lookAgainAt(proposal, newFirst, days) };
}

const MONTHS_PER_YEAR = 12;

/** The first day after `today` that is a whole number of years, at least one, after `day`; 29 February becomes the 28th. */
function nextYearly(day: LocalDate, today: LocalDate): LocalDate {
  let years = 1;
  while (plusMonths(day, years * MONTHS_PER_YEAR) <= today) years += 1;
  return plusMonths(day, years * MONTHS_PER_YEAR);
}

function lookAgainAt(proposal: CampaignProposal, newFirst: LocalDate, days: number): LookAgain[] {
  const { firstDay } = proposal.window;
  const moves = `days were moved by ${days}, so that the first is ${newFirst}`;
  const year = firstDay.slice(0, 'yyyy'.length);
  const because: Partial<Record<ProposalField, string>> = {
    ...LOOKED_AT_AGAIN,
    window: moves,
    executionPlan: moves,
    ...(proposal.title.includes(year) ? { title: `it names the year ${year}` } : {}),
    ...(proposal.parentCampaignId === undefined
      ? {}
      : { parentCampaignId: `the last one was a sub-plan of ${proposal.parentCampaignId}; send null for none` }),
  };
  return PROPOSAL_FIELDS.flatMap((field) => {
    const reason = because[field];
    return reason !== undefined && (proposal[field] !== undefined || field === 'parentCampaignId')
      ? [{ field, because: reason }]
      : [];
  });
}

/** Names under which matching rules keep days and wall-clock times. */
const DAYS_IN_RULES: ReadonlySet<string> = new Set(['from', 'until', 'day']);
const DAY_LENGTH = 10;
const LOCAL = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$/;

function movedDays(value: unknown, moved: (day: LocalDate) => LocalDate): unknown {
  if (Array.isArray(value)) return value.map((one) => movedDays(one, moved));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      DAYS_IN_RULES.has(name) && typeof inner === 'string' && LOCAL.test(inner)
        ? `${moved(inner.slice(0, DAY_LENGTH) as LocalDate)}${inner.slice(DAY_LENGTH)}`
        : movedDays(inner, moved),
    ]),
  );
}
