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
  /** With `beginsWith`: no earlier than this sort key, itself included. */
  readonly from?: string;
  /** With `beginsWith`: no further than this sort key, itself included. */
  readonly upTo?: string;
};

/** Entries of one campaign day are spread over this many index partitions: 8 x 1,000 write units/s, 40 times a city's burst of 200/s. */
export const INTAKE_SHARDS = 8;
/** Width of numbers inside sort keys, so that they sort as numbers: up to 999,999,999,999. */
const SEQUENCE_DIGITS = 12;
const ordinal = (number: number): string => String(number).padStart(SEQUENCE_DIGITS, '0');

/** `2026-09-07` */
const DAY_LENGTH = 10;
/** `2026-09-07T12:34` */
const MINUTE_LENGTH = 16;

/** The one partition of what is few and looked through as a whole. */
const EVERYWHERE = 'all';

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
export const childrenOfOrganisation = (parentId: string): Question => ({
  partition: `ORGANISATION#${parentId}`,
  beginsWith: 'CHILD#',
});

/** Index position of the top of a tree: a deployment serves some tens of them, one partition. */
export const rootIndexKey = (organisationId: string): { indexPk: string; indexSk: string } => ({
  indexPk: `ROOTS#${EVERYWHERE}`,
  indexSk: organisationId,
});
export const allRoots: Question = { index: 'campaign', partition: `ROOTS#${EVERYWHERE}` };

// --- people: a membership under the person, whom a call is checked by, and its copy under the organisation, which lists it ---
export const membershipKey = (personId: string, organisationId: string): Key => ({
  pk: `PERSON#${personId}`,
  sk: `MEMBERSHIP#${organisationId}`,
});
export const membershipsOfPerson = (personId: string): Question => ({
  partition: `PERSON#${personId}`,
  beginsWith: 'MEMBERSHIP#',
});
export const memberKey = (organisationId: string, personId: string): Key => ({
  pk: `ORGANISATION#${organisationId}`,
  sk: `MEMBER#${personId}`,
});
/** From the person `after` on, themselves included. */
export const membersOfOrganisation = (organisationId: string, after?: string): Question => ({
  partition: `ORGANISATION#${organisationId}`,
  beginsWith: 'MEMBER#',
  ...(after === undefined ? {} : { from: `MEMBER#${after}` }),
});

// --- approvals ---
/** By whom an organisation has something of this subject decided, and those below it that have said nothing else. */
export const approvalRouteKey = (organisationId: string, subject: string): Key => ({
  pk: `ORGANISATION#${organisationId}`,
  sk: `APPROVAL-ROUTE#${subject}`,
});
/** The same, one version of it, kept. */
export const approvalRouteVersionKey = (organisationId: string, subject: string, version: number): Key => ({
  pk: `ORGANISATION#${organisationId}`,
  sk: `APPROVAL-ROUTE-VERSION#${subject}#${ordinal(version)}`,
});
/** `round`: of a proposal, or the number of an amendment. */
export const approvalKey = (campaignId: string, subject: string, round: number): Key => ({
  pk: `CAMPAIGN#${campaignId}`,
  sk: `APPROVAL#${subject}#${ordinal(round)}`,
});
export const approvalsOfCampaign = (campaignId: string): Question => ({
  partition: `CAMPAIGN#${campaignId}`,
  beginsWith: 'APPROVAL#',
});
/** The task token on which an approval's workflow waits: a secret, in a partition of its own that few functions may read. */
export const approvalTaskKey = (campaignId: string, subject: string, round: number): Key => ({
  pk: `TASK#${campaignId}`,
  sk: `APPROVAL#${subject}#${ordinal(round)}`,
});
/** Index position of an approval that waits, by the root of its tree of organisations: a few hundred at most, one partition. */
export const approvalIndexKey = (
  rootId: string,
  approval: { readonly begunAt: string; readonly campaignId: string; readonly subject: string; readonly round: number },
): { indexPk: string; indexSk: string } => ({
  indexPk: `APPROVALS#WAITING#${rootId}`,
  indexSk: `${approval.begunAt}#${approval.campaignId}#${approval.subject}#${approval.round}`,
});
/** That a request of the book of spending or goods waits for a second person: beside its request. */
export const confirmationKey = (subject: 'spending' | 'goods', campaignId: string, requestId: string): Key => ({
  pk: subject === 'spending' ? spendingPartition(campaignId) : goodsPartition(campaignId),
  sk: `CONFIRMATION#${requestId}`,
});
/** Index position of one: by tree, in order of entry. Gone with it. */
export const confirmationIndexKey = (
  rootId: string,
  {
    enteredAt,
    campaignId,
    requestId,
  }: { readonly enteredAt: string; readonly campaignId: string; readonly requestId: string },
): { indexPk: string; indexSk: string } => ({
  indexPk: `CONFIRMATIONS#WAITING#${rootId}`,
  indexSk: `${enteredAt}#${campaignId}#${requestId}`,
});
/** What waits for a second person in one tree, oldest first, from the given index position on, itself included. */
export const confirmationsWaiting = (rootId: string, from?: string): Question => ({
  index: 'campaign',
  partition: `CONFIRMATIONS#WAITING#${rootId}`,
  ...(from === undefined ? {} : { beginsWith: '2', from }),
});
/** What waits in one tree, oldest first, from the given index position on, itself included. */
export const approvalsWaiting = (rootId: string, from?: string): Question => ({
  index: 'campaign',
  partition: `APPROVALS#WAITING#${rootId}`,
  // A position begins with a time, and a time with a year of this millennium.
  ...(from === undefined ? {} : { beginsWith: '2', from }),
});
/**
 * That somebody decides for somebody else for a time; the copy under the other lists it there. In a partition of its own:
 * who writes delegations writes no memberships.
 */
export const delegationKey = (fromPersonId: string, delegationId: string): Key => ({
  pk: `DELEGATIONS#${fromPersonId}`,
  sk: `BY#${delegationId}`,
});
export const delegationsBy = (fromPersonId: string): Question => ({
  partition: `DELEGATIONS#${fromPersonId}`,
  beginsWith: 'BY#',
});
export const delegatedKey = (toPersonId: string, delegationId: string): Key => ({
  pk: `DELEGATIONS#${toPersonId}`,
  sk: `TO#${delegationId}`,
});
export const delegationsTo = (toPersonId: string): Question => ({
  partition: `DELEGATIONS#${toPersonId}`,
  beginsWith: 'TO#',
});

// --- audit: one chain of lines for each organisation ---
/** The number and hash of the last line: what the next one is chained to. */
export const auditHeadKey = (organisationId: string): Key => ({ pk: `AUDIT#${organisationId}`, sk: 'HEAD' });
export const auditLineKey = (organisationId: string, number: number): Key => ({
  pk: `AUDIT#${organisationId}`,
  sk: `LINE#${ordinal(number)}`,
});
/** Index position of a head, by the day (UTC) of its last line: where those are found that moved. */
export const auditHeadIndexKey = (at: string, organisationId: string): { indexPk: string; indexSk: string } => ({
  indexPk: `AUDIT-HEADS#${at.slice(0, DAY_LENGTH)}`,
  indexSk: organisationId,
});
/** `day`: any instant of it, in UTC. */
export const auditHeadsMovedOn = (day: string): Question => ({
  index: 'campaign',
  partition: `AUDIT-HEADS#${day.slice(0, DAY_LENGTH)}`,
});
/** The number and hash that a chain had, kept where those who write the chain cannot. */
export const auditAnchorKey = (organisationId: string, number: number): Key => ({
  pk: `ANCHOR#${organisationId}`,
  sk: `AT#${ordinal(number)}`,
});
/** The anchors at this line and later ones. */
export const auditAnchorsFrom = (organisationId: string, number: number): Question => ({
  partition: `ANCHOR#${organisationId}`,
  beginsWith: 'AT#',
  from: `AT#${ordinal(number)}`,
});
/** The lines from this number on. */
export const auditLinesFrom = (organisationId: string, number: number): Question => ({
  partition: `AUDIT#${organisationId}`,
  beginsWith: 'LINE#',
  from: `LINE#${ordinal(number)}`,
});

// --- campaigns ---
const campaignPartition = (campaignId: string): string => `CAMPAIGN#${campaignId}`;
export const campaignKey = (campaignId: string): Key => ({ pk: campaignPartition(campaignId), sk: 'CAMPAIGN' });
/**
 * Index position of a campaign, drafts included: by the tree that its organisation stands in, then by the way down to it, then
 * by time. So one question answers for an organisation alone and one for all below it. A tree's campaigns are some thousands a
 * year: one partition.
 */
export const campaignIndexKey = (
  path: readonly string[],
  createdAt: string,
  campaignId: string,
): { indexPk: string; indexSk: string } => ({
  indexPk: `ORGANISATION#${path[0] ?? ''}#CAMPAIGNS`,
  indexSk: `${path.join('/')}/#${createdAt}#${campaignId}`,
});
/** Campaigns of the organisation at the end of a path, or of it and all below; no further than the index position `upTo`. */
export const campaignsOfOrganisation = (
  path: readonly string[],
  reach: 'here' | 'and-below',
  upTo?: string,
): Question => ({
  index: 'campaign',
  partition: `ORGANISATION#${path[0] ?? ''}#CAMPAIGNS`,
  beginsWith: `${path.join('/')}/${reach === 'here' ? '#' : ''}`,
  ...(upTo === undefined ? {} : { upTo }),
});
/** That a campaign is a sub-plan of another. */
export const subPlanKey = (parentCampaignId: string, campaignId: string): Key => ({
  pk: campaignPartition(parentCampaignId),
  sk: `SUB-PLAN#${campaignId}`,
});
export const subPlansOfCampaign = (campaignId: string): Question => ({
  partition: campaignPartition(campaignId),
  beginsWith: 'SUB-PLAN#',
});
export const teamKey = (campaignId: string, teamId: string): Key => ({
  pk: campaignPartition(campaignId),
  sk: `TEAM#${teamId}`,
});
/** Every team of a campaign in order of their ids, from one on, itself included. */
export const teamsOfCampaign = (campaignId: string, from?: string): Question => ({
  partition: campaignPartition(campaignId),
  beginsWith: 'TEAM#',
  ...(from === undefined ? {} : { from: `TEAM#${from}` }),
});
/** How many teams a campaign may still have, and how many may still wait. */
export const teamRoomKey = (campaignId: string): Key => ({ pk: campaignPartition(campaignId), sk: 'TEAM-ROOM' });
/** How to reach a team's captain, apart from the team, which everybody may see. */
export const teamContactKey = (campaignId: string, teamId: string): Key => ({
  pk: campaignPartition(campaignId),
  sk: `CAPTAIN#${teamId}`,
});
export const attachmentKey = (campaignId: string, attachmentId: string): Key => ({
  pk: campaignPartition(campaignId),
  sk: `ATTACHMENT#${attachmentId}`,
});
export const attachmentsOfCampaign = (campaignId: string): Question => ({
  partition: campaignPartition(campaignId),
  beginsWith: 'ATTACHMENT#',
});
export const proposalTemplateKey = (organisationId: string, templateId: string): Key => ({
  pk: `ORGANISATION#${organisationId}`,
  sk: `PROPOSAL-TEMPLATE#${templateId}`,
});
export const proposalTemplatesOf = (organisationId: string): Question => ({
  partition: `ORGANISATION#${organisationId}`,
  beginsWith: 'PROPOSAL-TEMPLATE#',
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
/** What a campaign's duties follow from, and which of them are done. */
export const calendarKey = (campaignId: string): Key => ({ pk: campaignPartition(campaignId), sk: 'CALENDAR' });
/** The same of an organisation's own duties. */
export const organisationCalendarKey = (organisationId: string): Key => ({
  pk: `ORGANISATION#${organisationId}`,
  sk: 'CALENDAR',
});
/** The claim of one mail to one person about an organisation; the address is in the key only as a fingerprint. */
export const organisationNoticeKey = (organisationId: string, noticeKind: string, recipient: string): Key => ({
  pk: `ORGANISATION#${organisationId}`,
  sk: `NOTICE#${noticeKind}#${recipient}`,
});
/**
 * Index position of a calendar: all of them in one partition, by organisation, because people make a few campaigns a week
 * and what is near is looked up in all of them. An organisation's own stands first.
 */
export const calendarIndexKey = (organisationId: string, campaignId = ''): { indexPk: string; indexSk: string } => ({
  indexPk: `CALENDARS#${EVERYWHERE}`,
  indexSk: `${organisationId}#${campaignId}`,
});
export const allCalendars: Question = { index: 'campaign', partition: `CALENDARS#${EVERYWHERE}` };
export const calendarsOfOrganisation = (organisationId: string): Question => ({
  ...allCalendars,
  beginsWith: `${organisationId}#`,
});
/** An address under which a calendar program reads an organisation's duties. */
export const calendarFeedKey = (feedId: string): Key => ({ pk: `FEED#${feedId}`, sk: 'FEED' });
/** One amendment of a campaign's plan. */
export const amendmentKey = (campaignId: string, number: number): Key => ({
  pk: campaignPartition(campaignId),
  sk: `AMENDMENT#${ordinal(number)}`,
});
export const amendmentsOfCampaign = (campaignId: string): Question => ({
  partition: campaignPartition(campaignId),
  beginsWith: 'AMENDMENT#',
});
/** That one gift is to be given back for one cause, and how far that has come. */
export const refundRequestKey = (giftId: string, cause: string): Key => ({
  pk: `GIFT#${giftId}`,
  sk: `REFUND-REQUEST#${cause}`,
});
/** How far a campaign's closeout report has come: the draft that waits, or the one that was signed. */
export const closeoutKey = (campaignId: string): Key => ({ pk: campaignPartition(campaignId), sk: 'CLOSEOUT' });
/** What only people can say in that report. */
export const closeoutStatementKey = (campaignId: string): Key => ({
  pk: campaignPartition(campaignId),
  sk: 'CLOSEOUT-STATEMENT',
});
/** One addendum to a signed report. */
export const reportAddendumKey = (campaignId: string, number: number): Key => ({
  pk: campaignPartition(campaignId),
  sk: `REPORT-ADDENDUM#${ordinal(number)}`,
});
/** The addendum that is being signed. */
export const addendumDraftKey = (campaignId: string): Key => ({
  pk: campaignPartition(campaignId),
  sk: 'ADDENDUM-DRAFT',
});
/** Addenda of a campaign's report, from this number on. */
export const reportAddendaFrom = (campaignId: string, number: number): Question => ({
  partition: campaignPartition(campaignId),
  beginsWith: 'REPORT-ADDENDUM#',
  from: `REPORT-ADDENDUM#${ordinal(number)}`,
});
/** That a signed report (`number` 0) or an addendum to it still has to be mailed. */
export const reportToMailKey = (organisationId: string, campaignId: string, number: number): Key => ({
  pk: `ORGANISATION#${organisationId}`,
  sk: `REPORT-TO-MAIL#${campaignId}#${ordinal(number)}`,
});
export const reportsToMail = (organisationId: string): Question => ({
  partition: `ORGANISATION#${organisationId}`,
  beginsWith: 'REPORT-TO-MAIL#',
});

// --- intake ---
export const intentKey = (orderNo: string): Key => ({ pk: `ORDER#${orderNo}`, sk: 'INTENT' });
export const donorContactKey = (orderNo: string): Key => ({ pk: `ORDER#${orderNo}`, sk: 'CONTACT' });

/**
 * Index position of an order that was made at a provider: by the minute it was made in (UTC), so that a sweep finds the
 * orders of a minute. A minute of 1,000 orders a second is the index's own limit.
 */
export const orderIndexKey = (createdAt: string, orderNo: string): { indexPk: string; indexSk: string } => ({
  indexPk: `ORDERS#${createdAt.slice(0, MINUTE_LENGTH)}`,
  indexSk: orderNo,
});
/** `minute`: any instant of it. */
export const ordersOfMinute = (minute: string): Question => ({
  index: 'campaign',
  partition: `ORDERS#${minute.slice(0, MINUTE_LENGTH)}`,
});
/** How far something that runs again and again has come. */
export const sweepKey = (sweep: string): Key => ({ pk: `SWEEP#${sweep}`, sk: 'SWEEP' });

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
/** What one row of a bill says of a refund, where refunds are booked by their sum (refund-entry.store.ts). */
export const billedRefundKey = (giftId: string, refundId: string): Key => ({
  pk: `GIFT#${giftId}`,
  sk: `BILLED#${refundId}`,
});
export const billedRefundsOfGift = (giftId: string): Question => ({
  partition: `GIFT#${giftId}`,
  beginsWith: 'BILLED#',
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
/** What was settled about one gift. */
export const settlementsOfGift = (giftId: string): Question => ({
  partition: `GIFT#${giftId}`,
  beginsWith: 'SETTLEMENT#',
});
/** Whether an item stands under a gift. */
export const isOfGift = (pk: string): boolean => pk.startsWith('GIFT#');
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

/** Money in a currency that is not booked here, under the gift that it would have been. */
export const unbookedMoneyKey = (giftId: string, what: string, reference: string): Key => ({
  pk: `GIFT#${giftId}`,
  sk: `ENTRY#UNBOOKED#${what}#${reference}`,
});
/** Index position of such money, in order of time. It is rare: one partition. */
export const unbookedIndexKey = (occurredAt: string, reference: string): { indexPk: string; indexSk: string } => ({
  indexPk: `CAMPAIGN#${UNASSIGNED}#UNBOOKED`,
  indexSk: `${occurredAt}#${reference}`,
});
export const unbookedMoney: Question = { index: 'campaign', partition: `CAMPAIGN#${UNASSIGNED}#UNBOOKED` };

/** How money that came for no campaign stands: beside its entry, under the gift. */
export const unassignedMoneyKey = (giftId: string): Key => ({ pk: `GIFT#${giftId}`, sk: 'UNASSIGNED' });
/** An entry as it was when its money was of no campaign, kept when a person assigns it. */
export const arrivalKey = (giftId: string): Key => ({ pk: `GIFT#${giftId}`, sk: 'ENTRY#ARRIVAL' });
/** That money of no campaign was assigned to one: its absence is what lets it be assigned once. */
export const assignmentKey = (giftId: string): Key => ({ pk: `GIFT#${giftId}`, sk: 'ENTRY#ASSIGNMENT' });
/**
 * Index position of unassigned money that is not done with, in order of payment. One partition takes 1,000 writes a second, five
 * times a city's burst, were all of it unassigned.
 */
export const unassignedIndexKey = (occurredAt: string, giftId: string): { indexPk: string; indexSk: string } => ({
  indexPk: `CAMPAIGN#${UNASSIGNED}#MONEY`,
  indexSk: `${occurredAt}#${giftId}`,
});
/** Unassigned money that is not done with, from a position on, itself included. */
export const unassignedMoneyFrom = (from?: string): Question => ({
  index: 'campaign',
  partition: `CAMPAIGN#${UNASSIGNED}#MONEY`,
  // A position begins with a time, and a time with a year of this millennium.
  ...(from === undefined ? {} : { beginsWith: '2', from }),
});

/** What a provider says of one regular gift: everything of a mandate stands together, in order of time. */
export const regularGiftEventKey = (
  provider: string,
  mandateReference: string,
  occurredAt: string,
  subject: string,
): Key => ({ pk: `MANDATE#${provider}#${mandateReference}`, sk: `EVENT#${occurredAt}#${subject}` });
export const eventsOfMandate = (provider: string, mandateReference: string): Question => ({
  partition: `MANDATE#${provider}#${mandateReference}`,
  beginsWith: 'EVENT#',
});

/** Whose gifts a payer's are, where somebody has verified that they are another donor. In a partition of its own, which doors read. */
export const donorLinkKey = (payerId: string): Key => ({ pk: `LINK#${payerId}`, sk: 'LINK' });
/** One change of a payer's link, kept. */
export const donorLinkStepKey = (payerId: string, number: number): Key => ({
  pk: `LINK#${payerId}`,
  sk: `STEP#${ordinal(number)}`,
});
/** How many payers are linked to a donor. */
export const linkedDonorsKey = (donorId: string): Key => ({ pk: `LINK#${donorId}`, sk: 'LINKED' });

/** A regular gift as it stands, made from its agreement and its events. */
export const mandateKey = (mandateId: string): Key => ({ pk: `MANDATE#${mandateId}`, sk: 'MANDATE' });
/** Index position of a mandate whose next charge is expected on a day. */
export const mandateIndexKey = (nextOn: LocalDate, mandateId: string): { indexPk: string; indexSk: string } => ({
  indexPk: `MANDATES#${nextOn}`,
  indexSk: mandateId,
});
/** Index position of one that its donor has cancelled and its provider has not ended yet. They leave it within minutes. */
export const cancellingMandateIndexKey = (mandateId: string): { indexPk: string; indexSk: string } => ({
  indexPk: 'MANDATES#CANCELLING',
  indexSk: mandateId,
});
export const mandatesCancelling = (after?: string): Question => mandatesOf('MANDATES#CANCELLING', after);
export const mandatesDueOn = (day: LocalDate, after?: string): Question => mandatesOf(`MANDATES#${day}`, after);
const mandatesOf = (partition: string, after: string | undefined): Question => ({
  index: 'campaign',
  partition,
  ...(after === undefined ? {} : { beginsWith: 'mdt_', from: after }),
});

/** A gift that a person entered, from its entry to the books. */
export const offlineGiftKey = (offlineId: string): Key => ({ pk: `OFFLINE#${offlineId}`, sk: 'OFFLINE' });
/** Index position of one that is not final: by campaign, in order of entry. People enter them: one partition a campaign. */
export const offlineGiftIndexKey = (
  campaignId: string,
  enteredAt: string,
  offlineId: string,
): { indexPk: string; indexSk: string } => ({
  indexPk: `CAMPAIGN#${campaignId}#OFFLINE`,
  indexSk: `AT#${enteredAt}#${offlineId}`,
});
/** From the place `after` on (time of entry and id), itself included. */
/** Index position of one in the books: by campaign and by the day it was received, where a bank statement looks for it. */
export const offlineGiftDayKey = (
  campaignId: string,
  receivedOn: LocalDate,
  offlineId: string,
): { indexPk: string; indexSk: string } => ({
  indexPk: `CAMPAIGN#${campaignId}#OFFLINE`,
  indexSk: `DAY#${receivedOn}#${offlineId}`,
});
/** All that was entered by hand in a campaign, in the books or waiting; a rejected one is not among them. */
export const offlineGiftsOfCampaign = (campaignId: string): Question => ({
  index: 'campaign',
  partition: `CAMPAIGN#${campaignId}#OFFLINE`,
});
/** Those in the books from the day `from` on, in order of the days. */
export const offlineGiftsReceived = (campaignId: string, from: LocalDate): Question => ({
  index: 'campaign',
  partition: `CAMPAIGN#${campaignId}#OFFLINE`,
  beginsWith: 'DAY#',
  from: `DAY#${from}`,
});
/** How much money was entered by hand of one donor and one day. */
export const offlineDayKey = (campaignId: string, receivedOn: LocalDate, donorId: string): Key => ({
  pk: `OFFLINE#${campaignId}#${receivedOn}`,
  sk: `DONOR#${donorId}`,
});
export const offlineGiftsWaiting = (campaignId: string, after?: string): Question => ({
  index: 'campaign',
  partition: `CAMPAIGN#${campaignId}#OFFLINE`,
  beginsWith: 'AT#',
  ...(after === undefined ? {} : { from: `AT#${after}` }),
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
/** The same from an index position on, itself included. */
export const donationsOfCampaignDayFrom = (
  campaignId: string,
  day: LocalDate,
  shard: number,
  from: string | undefined,
): Question => ({
  ...donationsOfCampaignDay(campaignId, day, shard),
  // A position begins with a time, and a time with a year of this millennium.
  ...(from === undefined ? {} : { beginsWith: '2', from }),
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
/** The journal from the page that begins with gift number `sequence` on. */
export const journalOfPoolFrom = (campaignId: string, sequence: number): Question => ({
  ...journalOfPool(campaignId),
  from: `JOURNAL#${ordinal(sequence)}`,
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
/** A pool's adjustments from this number on. */
export const adjustmentsOfPoolFrom = (campaignId: string, number: number): Question => ({
  ...adjustmentsOfPool(campaignId),
  from: `ADJUSTMENT#${ordinal(number)}`,
});
/** One payment of a sponsor for one rule, by the reference under which it came. */
export const matchPaymentKey = (campaignId: string, ruleId: string, reference: string): Key => ({
  pk: `POOL#${campaignId}`,
  sk: `PAYMENT#${ruleId}#${reference}`,
});
export const matchPaymentsOfPool = (campaignId: string): Question => ({
  partition: `POOL#${campaignId}`,
  beginsWith: 'PAYMENT#',
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

/**
 * Which gift an order was paid by, for campaigns in which a donor may ask for an employer's match. Apart from the order
 * itself, so that who counts gifts cannot reach donors' contacts.
 */
export const orderGiftKey = (orderNo: string): Key => ({ pk: `PAID#${orderNo}`, sk: 'GIFT' });
/** A donor's claim for an employer's match: one for each gift and rule. */
export const claimKey = (giftId: string, ruleId: string): Key => ({ pk: `GIFT#${giftId}`, sk: `CLAIM#${ruleId}` });
/** Index position of a claim: by campaign and whether it is decided, in order of time. Claims are few: one partition each. */
export const claimIndexKey = (
  campaignId: string,
  isDecided: boolean,
  claim: { readonly requestedAt: string; readonly giftId: string; readonly ruleId: string },
): { indexPk: string; indexSk: string } => ({
  indexPk: `CAMPAIGN#${campaignId}#CLAIMS#${isDecided ? 'DECIDED' : 'PENDING'}`,
  indexSk: `${claim.requestedAt}#${claim.giftId}#${claim.ruleId}`,
});
/** Claims that wait for a decision, from the given index position on, itself included. */
export const pendingClaimsOfCampaign = (campaignId: string, from?: string): Question => ({
  index: 'campaign',
  partition: `CAMPAIGN#${campaignId}#CLAIMS#PENDING`,
  // A position begins with a time, and a time with a year of this millennium.
  ...(from === undefined ? {} : { beginsWith: '2', from }),
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
/** Of teams, in a partition of their own: there may be two thousand, and who asks for a campaign's figures asks for none of them. */
const teamTotalsPartition = (campaignId: string): string => `TOTALS#${campaignId}#TEAMS`;
export const teamTotalsKey = (campaignId: string, teamId: string): Key => ({
  pk: teamTotalsPartition(campaignId),
  sk: `TEAM#${teamId}`,
});
export const teamTotalsOfCampaign = (campaignId: string): Question => ({ partition: teamTotalsPartition(campaignId) });
export const totalsOfCampaign = (campaignId: string): Question => ({ partition: totalsPartition(campaignId) });

// --- spending: what was done with the money, one book a campaign ---
const spendingPartition = (campaignId: string): string => `SPENDING#${campaignId}`;
/** The sums of a campaign's spending, and the guard of every entry. */
export const spendingBookKey = (campaignId: string): Key => ({ pk: spendingPartition(campaignId), sk: 'BOOK' });
export const spendingEntryKey = (campaignId: string, number: number): Key => ({
  pk: spendingPartition(campaignId),
  sk: `ENTRY#${ordinal(number)}`,
});
export const spendingEntriesOf = (campaignId: string): Question => ({
  partition: spendingPartition(campaignId),
  beginsWith: 'ENTRY#',
});
/** The entries from this number on. */
export const spendingEntriesFrom = (campaignId: string, number: number): Question => ({
  ...spendingEntriesOf(campaignId),
  from: `ENTRY#${ordinal(number)}`,
});
/** What a person has asked to be booked, until it is. */
export const spendingRequestKey = (campaignId: string, requestId: string): Key => ({
  pk: spendingPartition(campaignId),
  sk: `REQUEST#${requestId}`,
});
/** Index position of a request that waits: by campaign, in order of time. People make them: one partition a campaign. */
export const spendingRequestIndexKey = (
  campaignId: string,
  requestedAt: string,
  requestId: string,
): { indexPk: string; indexSk: string } => ({
  indexPk: `${spendingPartition(campaignId)}#WAITING`,
  indexSk: `${requestedAt}#${requestId}`,
});
/** Requests that wait for a second person, from the given index position on, itself included. */
export const spendingRequestsWaiting = (campaignId: string, from?: string): Question => ({
  index: 'campaign',
  partition: `${spendingPartition(campaignId)}#WAITING`,
  // A position begins with a time, and a time with a year of this millennium.
  ...(from === undefined ? {} : { beginsWith: '2', from }),
});
/** How much of an entry was taken back. */
export const spendingReversedKey = (campaignId: string, number: number): Key => ({
  pk: spendingPartition(campaignId),
  sk: `REVERSED#${ordinal(number)}`,
});
/** That a paper (a voucher, an invoice) has been booked; its number only as a fingerprint. */
export const spendingPaperKey = (campaignId: string, paper: string): Key => ({
  pk: spendingPartition(campaignId),
  sk: `PAPER#${paper}`,
});
/** How much was asked for to one payee on one day; the payee only as a fingerprint. */
export const spendingPayeeDayKey = (campaignId: string, day: LocalDate, payee: string): Key => ({
  pk: spendingPartition(campaignId),
  sk: `PAYEE#${day}#${payee}`,
});
/** That a person may be paid aid by this campaign: no more than their id. Who they are stands in a partition of its own. */
export const enrolmentKey = (campaignId: string, beneficiaryId: string): Key => ({
  pk: spendingPartition(campaignId),
  sk: `ENROLMENT#${beneficiaryId}`,
});
/** Who a beneficiary is: sensitive, in a partition that one function reads. */
export const beneficiaryKey = (beneficiaryId: string): Key => ({ pk: `BENEFICIARY#${beneficiaryId}`, sk: 'RECORD' });
/** That somebody has read who a beneficiary is, and why. */
export const beneficiaryReadingKey = (beneficiaryId: string, at: string, personId: string): Key => ({
  pk: `BENEFICIARY#${beneficiaryId}`,
  sk: `READING#${at}#${personId}`,
});
/** That it is known who somebody is, and until when: all that those who pay learn of it. */
export const onRecordKey = (beneficiaryId: string): Key => ({ pk: `AID#${beneficiaryId}`, sk: 'ON-RECORD' });
/** One payment of aid, under the person's id, in whatever campaign. */
export const aidPaymentKey = (beneficiaryId: string, campaignId: string, number: number): Key => ({
  pk: `AID#${beneficiaryId}`,
  sk: `PAID#${campaignId}#${ordinal(number)}`,
});
export const aidPaymentsOf = (beneficiaryId: string): Question => ({
  partition: `AID#${beneficiaryId}`,
  beginsWith: 'PAID#',
});

// --- goods: one book a campaign ---
const goodsPartition = (campaignId: string): string => `GOODS#${campaignId}`;
/** The number of entries so far: the guard of every entry. */
export const goodsBookKey = (campaignId: string): Key => ({ pk: goodsPartition(campaignId), sk: 'BOOK' });
export const goodsEntryKey = (campaignId: string, number: number): Key => ({
  pk: goodsPartition(campaignId),
  sk: `ENTRY#${ordinal(number)}`,
});
export const goodsEntriesOf = (campaignId: string): Question => ({
  partition: goodsPartition(campaignId),
  beginsWith: 'ENTRY#',
});
/** The entries from this number on. */
export const goodsEntriesFrom = (campaignId: string, number: number): Question => ({
  ...goodsEntriesOf(campaignId),
  from: `ENTRY#${ordinal(number)}`,
});
/** What came in at once, of one kind and one date of expiry, and how much of it is still there, by place. */
export const goodsLotKey = (campaignId: string, lotId: string): Key => ({
  pk: goodsPartition(campaignId),
  sk: `LOT#${lotId}`,
});
export const goodsLotsOf = (campaignId: string): Question => ({
  partition: goodsPartition(campaignId),
  beginsWith: 'LOT#',
});
/** What a person has asked to be booked, until it is. */
export const goodsRequestKey = (campaignId: string, requestId: string): Key => ({
  pk: goodsPartition(campaignId),
  sk: `REQUEST#${requestId}`,
});
/** Index position of a request that waits for a second person. */
export const goodsRequestIndexKey = (
  campaignId: string,
  requestedAt: string,
  requestId: string,
): { indexPk: string; indexSk: string } => ({
  indexPk: `${goodsPartition(campaignId)}#WAITING`,
  indexSk: `${requestedAt}#${requestId}`,
});
/** Requests that wait for a second person, oldest first. */
export const goodsRequestsWaiting = (campaignId: string): Question => ({
  index: 'campaign',
  partition: `${goodsPartition(campaignId)}#WAITING`,
});
/** How much of the goods that one expenditure paid for have come in, by what they cost. */
export const boughtGoodsKey = (campaignId: string, expenditure: number): Key => ({
  pk: goodsPartition(campaignId),
  sk: `BOUGHT#${ordinal(expenditure)}`,
});

/** How much of one of a gift's goods has come in. */
export const givenGoodsKey = (campaignId: string, offlineId: string, good: number): Key => ({
  pk: goodsPartition(campaignId),
  sk: `GIVEN#${offlineId}#${ordinal(good)}`,
});

// --- statements: files that people upload ---
/** How an organisation's files of one kind are read. */
export const statementMappingKey = (organisationId: string, mappingId: string): Key => ({
  pk: `ORGANISATION#${organisationId}`,
  sk: `STATEMENT-MAPPING#${mappingId}`,
});
export const statementMappingsOf = (organisationId: string): Question => ({
  partition: `ORGANISATION#${organisationId}`,
  beginsWith: 'STATEMENT-MAPPING#',
});
export const statementImportKey = (importId: string): Key => ({ pk: `STATEMENT#${importId}`, sk: 'IMPORT' });
/** What became of the rows of one part, written once when all of them are booked. */
export const statementPartKey = (importId: string, part: number): Key => ({
  pk: `STATEMENT#${importId}`,
  sk: `PART#${ordinal(part)}`,
});
export const statementPartsOf = (importId: string): Question => ({
  partition: `STATEMENT#${importId}`,
  beginsWith: 'PART#',
});

// --- an organisation's public address, which letters, receipts and pages name ---
export const publicAddressKey = (organisationId: string): Key => ({
  pk: `ORGANISATION#${organisationId}`,
  sk: 'PUBLIC-ADDRESS',
});

// --- notices: how donors are written to ---
export const noticeSettingsKey = (organisationId: string): Key => ({
  pk: `ORGANISATION#${organisationId}`,
  sk: 'NOTICE-SETTINGS',
});
export const letterTemplateKey = (organisationId: string, kind: string, language: string): Key => ({
  pk: `ORGANISATION#${organisationId}`,
  sk: `LETTER-TEMPLATE#${kind}#${language}`,
});
export const letterTemplatesOf = (organisationId: string): Question => ({
  partition: `ORGANISATION#${organisationId}`,
  beginsWith: 'LETTER-TEMPLATE#',
});
/** That an address is not written to any more, by its keyed hash. */
export const suppressionKey = (contactHash: string): Key => ({ pk: `CONTACT#${contactHash}`, sk: 'SUPPRESSION' });
/** That whoever reads mail at an address wants no letters of a group from an organisation. */
export const unsubscriptionKey = (contactHash: string, organisationId: string, group: string): Key => ({
  pk: `CONTACT#${contactHash}`,
  sk: `UNSUBSCRIBED#${organisationId}#${group}`,
});
type WechatSubscription = { readonly subscriberHash: string; readonly appId: string; readonly templateId: string };
/** What a user of WeChat said about messages of a template, each word by its moment. */
export const wechatConsentKey = ({ subscriberHash, appId, templateId }: WechatSubscription, givenAt: string): Key => ({
  pk: `CONTACT#${subscriberHash}`,
  sk: `WECHAT#${appId}#${templateId}#${givenAt}#GIVEN`,
});
export const wechatRefusalKey = (
  { subscriberHash, appId, templateId }: WechatSubscription,
  refusedAt: string,
  by: string,
): Key => ({
  pk: `CONTACT#${subscriberHash}`,
  sk: `WECHAT#${appId}#${templateId}#${refusedAt}#REFUSED#${by}`,
});
export const wechatWordsOf = ({ subscriberHash, appId, templateId }: WechatSubscription): Question => ({
  partition: `CONTACT#${subscriberHash}`,
  beginsWith: `WECHAT#${appId}#${templateId}#`,
});
/** How many addresses are not written to, by reason. */
export const suppressionCountsKey: Key = { pk: `SUPPRESSIONS#${EVERYWHERE}`, sk: 'COUNTS' };
/** By which of their gifts a donor is told what is told once to each address. */
export const toldContactKey = (campaignId: string, subject: string, contactHash: string): Key => ({
  pk: `TOLD#${campaignId}`,
  sk: `${subject}#${contactHash}`,
});
/** A notice that waits for its time: all together in order of it, and under its campaign in the index, where they are counted. */
export const heldNoticeKey = (until: string, noticeId: string): Key => ({
  pk: `HELD-NOTICES#${EVERYWHERE}`,
  sk: `AT#${until}#${noticeId}`,
});
export const heldNoticeIndexKey = (campaignId: string, noticeId: string): { indexPk: string; indexSk: string } => ({
  indexPk: `CAMPAIGN#${campaignId}#HELD-NOTICES`,
  indexSk: noticeId,
});
export const heldNoticesUpTo = (until: string): Question => ({
  partition: `HELD-NOTICES#${EVERYWHERE}`,
  beginsWith: 'AT#',
  // Whatever follows a time in a key sorts before this.
  upTo: `AT#${until}~`,
});
export const heldNoticesOfCampaign = (campaignId: string): Question => ({
  index: 'campaign',
  partition: `CAMPAIGN#${campaignId}#HELD-NOTICES`,
});
/** When the next mail may be handed over, and how many more today: one item that all senders share. */
export const sendingPaceKey: Key = { pk: `PACE#${EVERYWHERE}`, sk: 'MAIL' };
/** Index position of a notice that does not follow from the journal alone, such as a receipt's: by campaign and kind. */
export const noticeIndexKey = (
  campaignId: string,
  kind: string,
  giftId: string,
  notice: string,
): { indexPk: string; indexSk: string } => ({
  indexPk: `CAMPAIGN#${campaignId}#NOTICES#${kind}`,
  indexSk: `${giftId}#${notice}`,
});
export const noticesOfCampaign = (campaignId: string, kind: string): Question => ({
  index: 'campaign',
  partition: `CAMPAIGN#${campaignId}#NOTICES#${kind}`,
});
/** What is known of the notices of one kind in a campaign, up to a place in its journal. */
export const noticeFiguresKey = (campaignId: string, subject: string): Key => ({
  pk: `NOTICE-FIGURES#${campaignId}`,
  sk: subject,
});
/** Every kind of notice that a campaign's donors were to be told. */
export const noticeFiguresOf = (campaignId: string): Question => ({ partition: `NOTICE-FIGURES#${campaignId}` });

// --- disclosure: what is published about a campaign, and the days that were signed ---
export const disclosureEntryKey = (campaignId: string, number: number): Key => ({
  pk: `DISCLOSURE#${campaignId}`,
  sk: `ENTRY#${ordinal(number)}`,
});
export const disclosuresOfCampaign = (campaignId: string): Question => ({
  partition: `DISCLOSURE#${campaignId}`,
  beginsWith: 'ENTRY#',
});
/** What is drafted for a duty. It is never changed: once the duty is done it is shown no more. */
export const disclosureDraftKey = (campaignId: string, dutyId: string): Key => ({
  pk: `DISCLOSURE#${campaignId}`,
  sk: `DRAFT#${dutyId}`,
});
export const disclosureDraftsOf = (campaignId: string): Question => ({
  partition: `DISCLOSURE#${campaignId}`,
  beginsWith: 'DRAFT#',
});
/** How an organisation publishes. */
export const disclosureSettingsKey = (organisationId: string): Key => ({
  pk: `ORGANISATION#${organisationId}`,
  sk: 'DISCLOSURE-SETTINGS',
});
/** One signed day of a campaign, by its number in the chain. */
export const signedDayKey = (campaignId: string, number: number): Key => ({
  pk: `SIGNED#${campaignId}`,
  sk: `DAY#${ordinal(number)}`,
});
export const signedDaysOf = (campaignId: string, from = 1): Question => ({
  partition: `SIGNED#${campaignId}`,
  beginsWith: 'DAY#',
  from: `DAY#${ordinal(from)}`,
});
/** Which day holds the gifts, or the changes, up to a number; only days that hold any. */
export const signedSpanKey = (campaignId: string, of: 'GIFTS' | 'CHANGES', last: number): Key => ({
  pk: `SIGNED#${campaignId}`,
  sk: `${of}#${ordinal(last)}`,
});
/** The first span that reaches as far as a number is the one that holds it. */
export const signedSpansFrom = (campaignId: string, of: 'GIFTS' | 'CHANGES', number: number): Question => ({
  partition: `SIGNED#${campaignId}`,
  beginsWith: `${of}#`,
  from: `${of}#${ordinal(number)}`,
});
/** The public keys that days were signed with: one for years. */
export const proofKeyKey = (fingerprint: string): Key => ({ pk: `PROOF-KEYS#${EVERYWHERE}`, sk: `KEY#${fingerprint}` });
export const proofKeys: Question = { partition: `PROOF-KEYS#${EVERYWHERE}`, beginsWith: 'KEY#' };

// --- receipts: one series without gaps for each organisation and year ---
/** What an organisation's receipts say of itself, and for which gifts they are issued without being asked. */
export const receiptSettingsKey = (organisationId: string): Key => ({
  pk: `ORGANISATION#${organisationId}`,
  sk: 'RECEIPT-SETTINGS',
});
/** Whose receipts begin with this code: no two organisations' may. */
export const receiptCodeKey = (codePrefix: string): Key => ({ pk: `RECEIPT-CODE#${codePrefix}`, sk: 'OWNER' });
const receiptSeriesPartition = (organisationId: string, year: number): string => `RECEIPTS#${organisationId}#${year}`;
/** The last number of a series and the sums of all that is in it. */
export const receiptSeriesKey = (organisationId: string, year: number): Key => ({
  pk: receiptSeriesPartition(organisationId, year),
  sk: 'HEAD',
});
/** Index position of a series: all of them in one partition, some hundred a year. */
export const receiptSeriesIndexKey = (organisationId: string, year: number): { indexPk: string; indexSk: string } => ({
  indexPk: `RECEIPT-SERIES#${EVERYWHERE}`,
  indexSk: `${year}#${organisationId}`,
});
/** The series of a year and later ones. */
export const receiptSeriesSince = (year: number): Question => ({
  index: 'campaign',
  partition: `RECEIPT-SERIES#${EVERYWHERE}`,
  // A position begins with a year of this millennium.
  beginsWith: '2',
  from: `${year}#`,
});
export const receiptKey = (organisationId: string, year: number, number: number): Key => ({
  pk: receiptSeriesPartition(organisationId, year),
  sk: `NO#${ordinal(number)}`,
});
/** The receipts of a series in the order of their numbers, from one on and up to one, both included. */
export const receiptsOfSeries = (
  organisationId: string,
  year: number,
  { from, upTo }: { readonly from?: number; readonly upTo?: number } = {},
): Question => ({
  partition: receiptSeriesPartition(organisationId, year),
  beginsWith: 'NO#',
  ...(from === undefined ? {} : { from: `NO#${ordinal(from)}` }),
  ...(upTo === undefined ? {} : { upTo: `NO#${ordinal(upTo)}` }),
});
/**
 * That no receipt was issued for a gift, because its donor gave no name or wants none (Charity Law art. 38). `generation`: how many receipts
 * the gift had had by then, so that it may be recorded again after one that was void.
 */
export const receiptWaiverKey = (organisationId: string, year: number, giftId: string, generation: number): Key => ({
  pk: receiptSeriesPartition(organisationId, year),
  sk: `WAIVER#${giftId}#${generation}`,
});
/** In order of the gifts' ids, from one on, itself included. */
export const receiptWaiversOfSeries = (organisationId: string, year: number, after?: string): Question => ({
  partition: receiptSeriesPartition(organisationId, year),
  beginsWith: 'WAIVER#',
  ...(after === undefined ? {} : { from: `WAIVER#${after}` }),
});
/** That a receipt was handed out on paper. `key`: that of the request which did it. */
export const receiptHandOutKey = (organisationId: string, year: number, number: number, key: string): Key => ({
  pk: receiptSeriesPartition(organisationId, year),
  sk: `HAND-OUT#${ordinal(number)}#${key}`,
});
/** Index position of a receipt, by its id. */
export const receiptIndexKey = (receiptId: string): { indexPk: string; indexSk: string } => ({
  indexPk: `RECEIPT#${receiptId}`,
  indexSk: 'RECEIPT',
});
export const receiptById = (receiptId: string): Question => ({ index: 'campaign', partition: `RECEIPT#${receiptId}` });
/** Which receipt of a gift is valid now, if one is. */
export const giftReceiptKey = (giftId: string): Key => ({ pk: `GIFT#${giftId}`, sk: 'RECEIPT' });
/** That a donor has asked for the receipt of their order. */
export const receiptRequestKey = (orderNo: string): Key => ({ pk: `ORDER#${orderNo}`, sk: 'RECEIPT-REQUEST' });
/** How often somebody has tried to ask for the receipt of an order. */
export const receiptTriesKey = (orderNo: string): Key => ({ pk: `ORDER#${orderNo}`, sk: 'RECEIPT-TRIES' });
/** Index position of such a request until it is met, oldest first. */
export const receiptRequestIndexKey = (
  organisationId: string,
  requestedAt: string,
  orderNo: string,
): { indexPk: string; indexSk: string } => ({
  indexPk: `RECEIPT-REQUESTS#${organisationId}`,
  indexSk: `${requestedAt}#${orderNo}`,
});
/** What was asked for and not issued yet, from the given index position on, itself included. */
export const receiptRequestsOf = (organisationId: string, from?: string): Question => ({
  index: 'campaign',
  partition: `RECEIPT-REQUESTS#${organisationId}`,
  // A position begins with a time, and a time with a year of this millennium.
  ...(from === undefined ? {} : { beginsWith: '2', from }),
});
/** Receipts for all gifts of some campaigns, issued in one go. */
export const receiptBatchKey = (batchId: string): Key => ({ pk: `RECEIPT-BATCH#${batchId}`, sk: 'BATCH' });
/** How far such a batch has come with one campaign. */
export const receiptBatchPartKey = (batchId: string, campaignId: string): Key => ({
  pk: `RECEIPT-BATCH#${batchId}`,
  sk: `PART#${campaignId}`,
});
export const partsOfReceiptBatch = (batchId: string): Question => ({
  partition: `RECEIPT-BATCH#${batchId}`,
  beginsWith: 'PART#',
});
/** Index position of a batch: of its organisation, in order of time. */
export const receiptBatchIndexKey = (
  organisationId: string,
  createdAt: string,
  batchId: string,
): { indexPk: string; indexSk: string } => ({
  indexPk: `RECEIPT-BATCHES#${organisationId}`,
  indexSk: `${createdAt}#${batchId}`,
});
export const receiptBatchesOf = (organisationId: string): Question => ({
  index: 'campaign',
  partition: `RECEIPT-BATCHES#${organisationId}`,
});
/** Index position of the mark that there are refunds of a gift: by the day (UTC) on which the last of them was recorded. */
export const refundedIndexKey = (recordedAt: string, giftId: string): { indexPk: string; indexSk: string } => ({
  indexPk: `REFUNDED#${recordedAt.slice(0, DAY_LENGTH)}`,
  indexSk: giftId,
});
/** The gifts of which a refund was recorded on a day (UTC), in order of their ids, from one on. */
export const giftsRefundedOn = (day: string, after?: string): Question => ({
  index: 'campaign',
  partition: `REFUNDED#${day.slice(0, DAY_LENGTH)}`,
  ...(after === undefined ? {} : { beginsWith: 'gft_', from: after }),
});
// --- schedules: what runs again and again, and when it ran ---
/** When one job runs for one organisation, where somebody has said so. */
export const scheduleKey = (organisationId: string, job: string): Key => ({
  pk: `SCHEDULE#${organisationId}`,
  sk: `JOB#${job}`,
});
export const schedulesOf = (organisationId: string): Question => ({
  partition: `SCHEDULE#${organisationId}`,
  beginsWith: 'JOB#',
});
/** What EventBridge Scheduler was last told of a schedule. Apart from the schedule, which people change and this is no change of. */
export const scheduleCopyKey = (organisationId: string, job: string): Key => ({
  pk: `SCHEDULE#${organisationId}`,
  sk: `COPY#${job}`,
});
/** Index position of a schedule: a handful for each root, and all are looked through every hour. One partition. */
export const scheduleIndexKey = (organisationId: string, job: string): { indexPk: string; indexSk: string } => ({
  indexPk: `SCHEDULES#${EVERYWHERE}`,
  indexSk: `${organisationId}#${job}`,
});
export const allSchedules: Question = { index: 'campaign', partition: `SCHEDULES#${EVERYWHERE}` };
/** Runs of a job for one organisation, or for the whole system, whose place no organisation's id can take. */
const runsPartition = (organisationId: string | undefined, job: string): string =>
  `RUNS#${organisationId ?? 'SYSTEM'}#${job}`;
/** One run, by the instant it was due at; `requestId` tells runs that people asked for from the one that is due then. */
export const jobRunKey = (organisationId: string | undefined, job: string, dueAt: string, requestId?: string): Key => ({
  pk: runsPartition(organisationId, job),
  sk: `RUN#${dueAt}${requestId === undefined ? '' : `#${requestId}`}`,
});
/** No later than the position `upTo`, itself included. */
export const runsOfJob = (organisationId: string | undefined, job: string, upTo?: string): Question => ({
  partition: runsPartition(organisationId, job),
  beginsWith: 'RUN#',
  ...(upTo === undefined ? {} : { upTo: `RUN#${upTo}` }),
});
/** That a person asked for a run: a repeat of the request finds the run it made. */
export const runRequestKey = (organisationId: string | undefined, job: string, requestId: string): Key => ({
  pk: runsPartition(organisationId, job),
  sk: `REQUEST#${requestId}`,
});
// --- reconciliation: what does not agree, and who looks into it ---
const reconciliationPartition = (campaignId: string): string => `RECONCILIATION#${campaignId}`;
export const reconciliationItemKey = (campaignId: string, itemId: string): Key => ({
  pk: reconciliationPartition(campaignId),
  sk: `ITEM#${itemId}`,
});
/** Every item of a campaign, from one on, itself included. */
export const reconciliationItemsOf = (campaignId: string, from?: string): Question => ({
  partition: reconciliationPartition(campaignId),
  beginsWith: 'ITEM#',
  ...(from === undefined ? {} : { from: `ITEM#${from}` }),
});
/** What somebody said of an item, by its number: never changed. */
export const reconciliationCommentKey = (campaignId: string, itemId: string, number: number): Key => ({
  pk: reconciliationPartition(campaignId),
  sk: `COMMENT#${itemId}#${ordinal(number)}`,
});
export const reconciliationCommentsOf = (campaignId: string, itemId: string): Question => ({
  partition: reconciliationPartition(campaignId),
  beginsWith: `COMMENT#${itemId}#`,
});
/** How often a campaign's items were found anew, and who has signed them over. */
export const reconciliationStandingKey = (campaignId: string): Key => ({
  pk: reconciliationPartition(campaignId),
  sk: 'STANDING',
});
/** Index position of an item: by organisation and whether it is open, then by whose it is. Discrepancies are few: one partition each. */
export const reconciliationItemIndexKey = (
  organisationId: string,
  isOpen: boolean,
  item: { readonly assignee: string; readonly foundAt: string; readonly itemId: string },
): { indexPk: string; indexSk: string } => ({
  indexPk: `RECONCILING#${organisationId}#${isOpen ? 'OPEN' : 'DONE'}`,
  indexSk: `BY#${item.assignee}#${item.foundAt}#${item.itemId}`,
});
/** Items of an organisation, of one assignee or of all, from an index position on, itself included. */
export const reconciliationInbox = (
  organisationId: string,
  isOpen: boolean,
  assignee?: string,
  from?: string,
): Question => ({
  index: 'campaign',
  partition: `RECONCILING#${organisationId}#${isOpen ? 'OPEN' : 'DONE'}`,
  beginsWith: assignee === undefined ? 'BY#' : `BY#${assignee}#`,
  ...(from === undefined ? {} : { from }),
});
/**
 * What a provider keeps of a campaign's payments by the statement of one account and day. A partition of its own: the public account
 * reads it, and nothing of what people say of discrepancies.
 */
export const campaignDayFeesKey = (campaignId: string, day: LocalDate, provider: string, merchantId: string): Key => ({
  pk: `FEES#${campaignId}`,
  sk: `${day}#${provider}#${merchantId}`,
});
export const feesOfCampaign = (campaignId: string): Question => ({ partition: `FEES#${campaignId}` });
/** How one account of ours at a provider stands for one Beijing day. */
export const reconciledDayKey = (day: LocalDate, provider: string, merchantId: string): Key => ({
  pk: `RECONCILED#${day}`,
  sk: `${provider}#${merchantId}`,
});
export const accountsOfReconciledDay = (day: LocalDate): Question => ({ partition: `RECONCILED#${day}` });
/** What left an account of ours for the bank, by the month: a view and the nightly look read two or three of them. */
export const payoutKey = (day: LocalDate, payoutId: string): Key => ({
  pk: `PAYOUTS#${day.slice(0, 7)}`,
  sk: `${day}#${payoutId}`,
});
export const payoutsOfMonth = (month: string): Question => ({ partition: `PAYOUTS#${month}` });
/** That a row of the bank's statement is spoken for: it is one payout's. */
export const bankRowKey = (day: LocalDate, reference: string): Key => ({ pk: `PAYOUTS#BANK#${day}`, sk: reference });

// --- the bank: what its statements say ---
const bankPartition = (organisationId: string, day: LocalDate): string => `BANK#${organisationId}#${day.slice(0, 7)}`;
/** A row of a statement that is no gift of its own, by the organisation, the month and the day. */
export const bankStatementRowKey = (organisationId: string, day: LocalDate, rowId: string): Key => ({
  pk: bankPartition(organisationId, day),
  sk: `ROW#${day}#${rowId}`,
});
/** The rows of one month of all accounts of an organisation, after the place `after` of the list (`day#row`). */
export const bankRowsOfMonth = (organisationId: string, day: LocalDate, after?: string): Question => ({
  partition: bankPartition(organisationId, day),
  beginsWith: 'ROW#',
  ...(after === undefined ? {} : { from: `ROW#${after}` }),
});
/** What a statement says of one day of one account. */
export const bankDayKey = (organisationId: string, day: LocalDate, account: string): Key => ({
  pk: bankPartition(organisationId, day),
  sk: `DAY#${day}#${account}`,
});
export const bankDaysOfMonth = (organisationId: string, day: LocalDate): Question => ({
  partition: bankPartition(organisationId, day),
  beginsWith: 'DAY#',
});
/** Every account at a bank of which there is a statement: some hundreds, read by the hourly look. */
export const bankAccountKey = (organisationId: string, account: string): Key => ({
  pk: 'BANK#ACCOUNTS',
  sk: `${organisationId}#${account}`,
});
export const bankAccounts = (): Question => ({ partition: 'BANK#ACCOUNTS' });

// --- old projects that are closed in one exercise ---
const legacyPartition = (exerciseId: string): string => `LEGACY#${exerciseId}`;
/** How an organisation's old lists are read, and what its projects' files must hold. */
export const legacySettingsKey = (organisationId: string): Key => ({
  pk: `ORGANISATION#${organisationId}`,
  sk: 'LEGACY-SETTINGS',
});
export const legacyExerciseKey = (exerciseId: string): Key => ({ pk: legacyPartition(exerciseId), sk: 'EXERCISE' });
/** Index position of an exercise: an organisation has one in some years. */
export const legacyExerciseIndexKey = (
  organisationId: string,
  createdAt: string,
): { indexPk: string; indexSk: string } => ({ indexPk: `LEGACY-EXERCISES#${organisationId}`, indexSk: createdAt });
export const legacyExercisesOf = (organisationId: string): Question => ({
  index: 'campaign',
  partition: `LEGACY-EXERCISES#${organisationId}`,
});
export const legacyFileKey = (exerciseId: string, fileId: string): Key => ({
  pk: legacyPartition(exerciseId),
  sk: `FILE#${fileId}`,
});
export const legacyFilesOf = (exerciseId: string): Question => ({
  partition: legacyPartition(exerciseId),
  beginsWith: 'FILE#',
});
export const legacyProjectKey = (exerciseId: string, projectId: string): Key => ({
  pk: legacyPartition(exerciseId),
  sk: `PROJECT#${projectId}`,
});
export const legacyProjectsOf = (exerciseId: string): Question => ({
  partition: legacyPartition(exerciseId),
  beginsWith: 'PROJECT#',
});
/** What a person decided of two projects that may be one. */
export const legacyPairKey = (exerciseId: string, pairId: string): Key => ({
  pk: legacyPartition(exerciseId),
  sk: `PAIR#${pairId}`,
});
export const legacyPairsOf = (exerciseId: string): Question => ({
  partition: legacyPartition(exerciseId),
  beginsWith: 'PAIR#',
});
/** One decision on many projects. */
export const legacyDecisionKey = (exerciseId: string, number: number): Key => ({
  pk: legacyPartition(exerciseId),
  sk: `DECISION#${ordinal(number)}`,
});
export const legacyDecisionsOf = (exerciseId: string): Question => ({
  partition: legacyPartition(exerciseId),
  beginsWith: 'DECISION#',
});
/** That one project is closed: once for ever. */
export const legacyClosingKey = (exerciseId: string, projectId: string): Key => ({
  pk: legacyPartition(exerciseId),
  sk: `CLOSING#${projectId}`,
});
export const legacyClosingsOf = (exerciseId: string): Question => ({
  partition: legacyPartition(exerciseId),
  beginsWith: 'CLOSING#',
});
/** Why one project could not be closed in one round. */
export const legacyFailureKey = (exerciseId: string, round: number, projectId: string): Key => ({
  pk: legacyPartition(exerciseId),
  sk: `FAILURE#${ordinal(round)}#${projectId}`,
});
export const legacyFailuresOf = (exerciseId: string, round: number): Question => ({
  partition: legacyPartition(exerciseId),
  beginsWith: `FAILURE#${ordinal(round)}#`,
});
/** The summary of one round, once. */
export const legacySummaryKey = (exerciseId: string, round: number): Key => ({
  pk: legacyPartition(exerciseId),
  sk: `SUMMARY#${ordinal(round)}`,
});
export const legacyNoticeKey = (exerciseId: string, noticeKind: string, recipient: string): Key => ({
  pk: legacyPartition(exerciseId),
  sk: `NOTICE#${noticeKind}#${recipient}`,
});

// --- local runs only ---
/** The demo's clock (docs/decisions/0003-one-clock.md); never written or read on AWS. */
export const demoClockKey: Key = { pk: 'DEMO', sk: 'CLOCK' };
