import { type Refusal, refuse } from '../kernel/errors.ts';

/**
 * The states of a campaign and the steps between them, as data. Nothing else decides what may follow what.
 * A campaign that needs a person's attention keeps its state and carries a flag. One that is cancelled with gifts in its
 * books is settled, finalised and reported like one that was closed; one that never opened ends where it is.
 */
export const CAMPAIGN_STEPS = {
  draft: ['submitted', 'withdrawn'],
  submitted: ['awaiting-approval', 'returned'],
  'awaiting-approval': ['approved', 'returned', 'rejected'],
  returned: ['submitted', 'withdrawn'],
  rejected: [],
  withdrawn: [],
  approved: ['filed', 'open', 'cancelled'],
  filed: ['open', 'cancelled'],
  open: ['paused', 'closed', 'cancelled'],
  paused: ['open', 'closed', 'cancelled'],
  closed: ['finalised'],
  cancelled: ['finalised'],
  finalised: ['reported'],
  reported: ['archived'],
  archived: [],
} as const satisfies Record<string, readonly string[]>;

export type CampaignStatus = keyof typeof CAMPAIGN_STEPS;
export const CAMPAIGN_STATUSES = Object.keys(CAMPAIGN_STEPS) as [CampaignStatus, ...CampaignStatus[]];

/** Whether `to` may follow `from`. */
export function isLegalStep(from: CampaignStatus, to: CampaignStatus): boolean {
  return (CAMPAIGN_STEPS[from] as readonly string[]).includes(to);
}

/** Why a step is refused, in a sentence that names what could be done instead. */
export function illegalStepReason(from: CampaignStatus, to: CampaignStatus): string {
  const next = CAMPAIGN_STEPS[from].join(' or ');
  return `A campaign that is ${from} cannot become ${to}; it can become ${next === '' ? 'nothing else any more' : next}.`;
}

type StatusMeaning = {
  /** Before it is approved a campaign is nobody's business but the organisation's, and one that never was stays so. */
  readonly isPublic: boolean;
  /** Whether it has been opened, so that it has a pool and books. One that is cancelled may have been: its `openedAt` tells. */
  readonly hasOpened: boolean | 'see-opened-at';
  /** Whether matching is closed for good: what arrives now has no claim on the pool. */
  readonly isFinalised: boolean;
};

const HIDDEN = { isPublic: false, hasOpened: false, isFinalised: false } as const;
const AHEAD = { isPublic: true, hasOpened: false, isFinalised: false } as const;
const TAKING = { isPublic: true, hasOpened: true, isFinalised: false } as const;
const OVER = { isPublic: true, hasOpened: true, isFinalised: true } as const;

/** What a status means to those who are not concerned with steps: a row for each, so that a new one cannot be forgotten. */
export const STATUS_MEANINGS: Readonly<Record<CampaignStatus, StatusMeaning>> = {
  draft: HIDDEN,
  submitted: HIDDEN,
  'awaiting-approval': HIDDEN,
  returned: HIDDEN,
  rejected: HIDDEN,
  withdrawn: HIDDEN,
  approved: AHEAD,
  filed: AHEAD,
  open: TAKING,
  paused: TAKING,
  closed: TAKING,
  cancelled: { isPublic: true, hasOpened: 'see-opened-at', isFinalised: false },
  finalised: OVER,
  reported: OVER,
  archived: OVER,
};

/** The meaning of a status as it is stored; `undefined` for a word that is none. */
export const meaningOf = (status: string): StatusMeaning | undefined =>
  Object.hasOwn(STATUS_MEANINGS, status) ? STATUS_MEANINGS[status as CampaignStatus] : undefined;

/** Why a campaign takes no new orders; `undefined` while it does. What is paid is kept whatever this says. */
export function refuseUnlessOpen({ status }: { readonly status: CampaignStatus }): Refusal | undefined {
  if (status === 'open') return undefined;
  if (status === 'paused')
    return refuse('campaign-paused', 'This campaign is paused and takes no gifts until it goes on.');
  return refuse('campaign-not-open', 'This campaign takes no gifts at present.');
}
