import type { LocalDate } from '../kernel/time.ts';

/**
 * Every key of the one table, and nothing else builds keys. An access pattern is a function here, named after
 * what it answers; docs/architecture.md lists them with the items they find.
 */
export type Key = { readonly pk: string; readonly sk: string };
/** A question to one partition: of the table itself, or of the index that lists what belongs to a campaign. */
export type Question = {
  readonly index?: 'campaign';
  readonly partition: string;
  readonly beginsWith?: string;
  /** With `beginsWith`: no further than this sort key, itself included. */
  readonly upTo?: string;
};

/** Entries of one campaign day are spread over this many index partitions: 8 x 1,000 write units/s, 40 times a city's burst of 200/s. */
export const INTAKE_SHARDS = 8;
/** Width of numbers inside sort keys, so that they sort as numbers: up to 999,999,999,999. */
const SEQUENCE_DIGITS = 12;
const ordinal = (number: number): string => String(number).padStart(SEQUENCE_DIGITS, '0');

/** Where money goes whose order we do not know: kept and alarmed on, never dropped. */
export const UNASSIGNED = 'unassigned';

// --- organisations ---
export const organisationKey = (organisationId: string): Key => ({
  pk: `ORGANISATION#${organisationId}`,
  sk: 'ORGANISATION',
});
export const childOrganisationKey = (parentId: string, childId: string): Key => ({
  pk: `ORGANISATION#${parentId}`,
  sk: `CHILD#${childId}`,
});

// --- campaigns ---
const campaignPartition = (campaignId: string): string => `CAMPAIGN#${campaignId}`;
export const campaignKey = (campaignId: string): Key => ({ pk: campaignPartition(campaignId), sk: 'CAMPAIGN' });
export const approvalKey = (campaignId: string, round: number): Key => ({
  pk: campaignPartition(campaignId),
  sk: `APPROVAL#${ordinal(round)}`,
});
export const transitionKey = (campaignId: string, number: number): Key => ({
  pk: campaignPartition(campaignId),
  sk: `TRANSITION#${ordinal(number)}`,
});
export const transitionsOfCampaign = (campaignId: string): Question => ({
  partition: campaignPartition(campaignId),
  beginsWith: 'TRANSITION#',
});
/** The claim of one mail to one person about a campaign; the address is in the key only as a fingerprint. */
export const campaignNoticeKey = (campaignId: string, noticeKind: string, recipient: string): Key => ({
  pk: campaignPartition(campaignId),
  sk: `NOTICE#${noticeKind}#${recipient}`,
});
export const closeoutKey = (campaignId: string): Key => ({ pk: campaignPartition(campaignId), sk: 'CLOSEOUT' });

// --- intake ---
export const intentKey = (orderNo: string): Key => ({ pk: `ORDER#${orderNo}`, sk: 'INTENT' });
export const donorContactKey = (orderNo: string): Key => ({ pk: `ORDER#${orderNo}`, sk: 'CONTACT' });

/** Everything about one payment stands together: its entry, its match, its notices. */
export const donationEntryKey = (giftId: string): Key => ({ pk: `GIFT#${giftId}`, sk: 'ENTRY#PAYMENT' });
export const matchEntryKey = (giftId: string): Key => ({ pk: `GIFT#${giftId}`, sk: 'MATCH' });
export const noticeKey = (giftId: string, noticeKind: string): Key => ({
  pk: `GIFT#${giftId}`,
  sk: `NOTICE#${noticeKind}`,
});

/** One refund of a gift, as a provider told of it. */
export const refundEntryKey = (giftId: string, refundId: string): Key => ({
  pk: `GIFT#${giftId}`,
  sk: `ENTRY#REFUND#${refundId}`,
});
/** Every refund of a gift. */
export const refundsOfGift = (giftId: string): Question => ({
  partition: `GIFT#${giftId}`,
  beginsWith: 'ENTRY#REFUND#',
});
/** That there are refunds of a gift at all: one item under a known key, so that counting a gift can look for it. */
export const refundsKey = (giftId: string): Key => ({ pk: `GIFT#${giftId}`, sk: 'REFUNDS' });
/** What was settled about a gift's match: one item per cause, whose absence is what lets it be settled once. */
export const settlementKey = (giftId: string, cause: string): Key => ({
  pk: `GIFT#${giftId}`,
  sk: `SETTLEMENT#${cause}`,
});
/** Everything about one gift. */
export const everythingOfGift = (giftId: string): Question => ({ partition: `GIFT#${giftId}` });
/** Index position of a refund: by campaign, in order of time. Refunds are few: one partition a campaign. */
export const refundIndexKey = (
  campaignId: string,
  occurredAt: string,
  refundId: string,
): { indexPk: string; indexSk: string } => ({
  indexPk: `CAMPAIGN#${campaignId}#REFUNDS`,
  indexSk: `${occurredAt}#${refundId}`,
});
export const refundsOfCampaign = (campaignId: string): Question => ({
  index: 'campaign',
  partition: `CAMPAIGN#${campaignId}#REFUNDS`,
});

/** One step of a payer's dispute of a gift: opened, won or lost. */
export const disputeEntryKey = (giftId: string, disputeId: string, state: string): Key => ({
  pk: `GIFT#${giftId}`,
  sk: `ENTRY#DISPUTE#${disputeId}#${state}`,
});
/** Index position of a dispute: by campaign, in order of time. Disputes are few: one partition a campaign. */
export const disputeIndexKey = (
  campaignId: string,
  occurredAt: string,
  disputeId: string,
): { indexPk: string; indexSk: string } => ({
  indexPk: `CAMPAIGN#${campaignId}#DISPUTES`,
  indexSk: `${occurredAt}#${disputeId}`,
});
export const disputesOfCampaign = (campaignId: string): Question => ({
  index: 'campaign',
  partition: `CAMPAIGN#${campaignId}#DISPUTES`,
});

/** Index position of a donation entry: by campaign, local day and shard, in order of payment. */
export const donationIndexKey = (
  campaignId: string,
  day: LocalDate,
  shard: number,
  occurredAt: string,
  giftId: string,
): { indexPk: string; indexSk: string } => ({
  indexPk: `CAMPAIGN#${campaignId}#DAY#${day}#SHARD#${shard}`,
  indexSk: `${occurredAt}#${giftId}`,
});
export const donationsOfCampaignDay = (campaignId: string, day: LocalDate, shard: number): Question => ({
  index: 'campaign',
  partition: `CAMPAIGN#${campaignId}#DAY#${day}#SHARD#${shard}`,
});

// --- matching ---
export const poolKey = (campaignId: string): Key => ({ pk: `POOL#${campaignId}`, sk: 'POOL' });
/** One page of the pool's journal: the gifts that one transaction counted, in their recorded order. */
export const journalPageKey = (campaignId: string, sequence: number): Key => ({
  pk: `POOL#${campaignId}`,
  sk: `JOURNAL#${ordinal(sequence)}`,
});
export const journalOfPool = (campaignId: string): Question => ({
  partition: `POOL#${campaignId}`,
  beginsWith: 'JOURNAL#',
});
/** The journal from the page that holds gift number `sequence` backwards. */
export const journalOfPoolUpTo = (campaignId: string, sequence: number): Question => ({
  ...journalOfPool(campaignId),
  upTo: `JOURNAL#${ordinal(sequence)}`,
});
/** Everything in a pool's order that is not a gift: refunds, decisions on held matches, claims, raised pools. */
export const adjustmentKey = (campaignId: string, number: number): Key => ({
  pk: `POOL#${campaignId}`,
  sk: `ADJUSTMENT#${ordinal(number)}`,
});
export const adjustmentsOfPool = (campaignId: string): Question => ({
  partition: `POOL#${campaignId}`,
  beginsWith: 'ADJUSTMENT#',
});
/** Whose turn it is to count gifts of a campaign. Advice, never a lock: the pool's guard decides. */
export const turnKey = (campaignId: string): Key => ({ pk: `POOL#${campaignId}`, sk: 'TURN' });
/** The seeds of a campaign's random rules, in a partition of their own that few functions may read. */
export const seedsKey = (campaignId: string): Key => ({ pk: `SEED#${campaignId}`, sk: 'SEEDS' });
/** That a donor gave to a campaign at all, and what they have drawn from its rules: counted once, capped exactly. */
export const campaignDonorKey = (campaignId: string, donorId: string): Key => ({
  pk: `DONOR#${donorId}`,
  sk: `CAMPAIGN#${campaignId}`,
});

/** What a charity's own lists say of a donor for one campaign: reach, years, whose people they are. */
export const standingKey = (campaignId: string, donorId: string): Key => ({
  pk: `DONOR#${donorId}`,
  sk: `STANDING#${campaignId}`,
});
/** What a donor has drawn in one year of a sponsor's programme, in all campaigns together. */
export const donorYearKey = (donorId: string, programmeId: string, year: string): Key => ({
  pk: `DONOR#${donorId}`,
  sk: `PROGRAMME#${programmeId}#${year}`,
});

// --- totals: projections, rebuildable from entries ---
const totalsPartition = (campaignId: string): string => `TOTALS#${campaignId}`;
export const campaignTotalsKey = (campaignId: string): Key => ({ pk: totalsPartition(campaignId), sk: 'CAMPAIGN' });
export const unitTotalsKey = (campaignId: string, unitId: string): Key => ({
  pk: totalsPartition(campaignId),
  sk: `UNIT#${unitId}`,
});
export const dayTotalsKey = (campaignId: string, day: LocalDate): Key => ({
  pk: totalsPartition(campaignId),
  sk: `DAY#${day}`,
});
export const totalsOfCampaign = (campaignId: string): Question => ({ partition: totalsPartition(campaignId) });

// --- local runs only ---
/** The demo's clock (docs/decisions/0003-one-clock.md); never written or read on AWS. */
export const demoClockKey: Key = { pk: 'DEMO', sk: 'CLOCK' };
