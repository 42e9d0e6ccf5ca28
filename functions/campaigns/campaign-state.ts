/**
 * The states of a campaign and the steps between them, as data. Nothing else decides what may follow what.
 * A campaign that needs a person's attention keeps its state and carries a flag.
 */
export const CAMPAIGN_STEPS = {
  submitted: ['awaiting-approval', 'returned'],
  'awaiting-approval': ['approved', 'returned'],
  returned: ['submitted'],
  approved: ['open'],
  open: ['closed'],
  closed: ['finalised'],
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
