import type { Campaign } from '../campaigns/campaign.ts';
import { add, type Minor } from '../kernel/money.ts';
import type { Instant, LocalDate } from '../kernel/time.ts';
import {
  aidPaymentKey,
  boughtGoodsKey,
  spendingBookKey,
  spendingEntryKey,
  spendingPaperKey,
  spendingReversedKey,
} from '../platform/keys.ts';
import type { Item, TransactWrite } from '../platform/table.ts';
import { papersOf } from './evidence.ts';
import { asRead, bookWith, type SpendingBook, standingLines } from './spending-book.ts';
import { type EntryOf, isPayment, type SpendingEntry, spendingEntrySchema } from './spending-entry.ts';
import { requestItem, type StandingRequest } from './spending-request.ts';
import { advanceOf, type SpendingFacts } from './spending-rules.ts';

/** The other campaign of a surplus, and its book; with the name of the organisation that gives. */
export type Counterpart = {
  readonly book: SpendingBook;
  readonly campaign: Campaign;
  readonly giverName: string;
};

type Booking = {
  readonly book: SpendingBook;
  readonly campaign: Campaign;
  readonly counterpart: Counterpart | undefined;
  readonly facts: SpendingFacts;
  /** With the decision in it, where a second person decided. */
  readonly request: StandingRequest;
  /** The entries by which the papers of the payment were booked before. */
  readonly papers: ReadonlyMap<string, readonly number[]>;
  readonly decidedOn: LocalDate;
  readonly now: Instant;
};

/**
 * One transaction that books a request that nothing refuses: its entry, the book guarded by what was read, the request, and
 * whatever is looked up by the next one. An amendment of the budget writes the book too, so that it and a payment never pass each
 * other unseen.
 */
export function bookingWrites(booking: Booking): {
  readonly request: StandingRequest;
  readonly writes: readonly TransactWrite[];
} {
  const { book, campaign, counterpart, request } = booking;
  const entry = entryOf(booking);
  const booked: StandingRequest = { ...request, state: 'booked', number: entry.number };
  const isNew = request.decidedBy === undefined;
  return {
    request: booked,
    writes: [
      {
        put: requestItem(booked),
        when: isNew ? { absent: true } : { equals: { state: 'awaiting-confirmation' } },
      },
      ...entryWrites(book, campaign, entry),
      ...(counterpart === undefined || entry.kind !== 'surplus-out'
        ? []
        : entryWrites(counterpart.book, counterpart.campaign, incoming(entry, campaign, counterpart))),
      ...traces(entry, booking),
    ],
  };
}

function entryWrites(book: SpendingBook, { campaignId, proposal }: Campaign, entry: SpendingEntry): TransactWrite[] {
  const next = bookWith(book, proposal.budgetLines, entry);
  return [
    { put: { ...spendingEntryKey(campaignId, entry.number), ...entry } as Item, when: { absent: true } },
    {
      put: { ...spendingBookKey(campaignId), ...next },
      when: asRead(book),
    },
  ];
}

function entryOf({ book, campaign, counterpart, facts, request, decidedOn, now }: Booking): SpendingEntry {
  const { campaignId } = campaign;
  const {
    type: _type,
    state: _state,
    enteredAt: _at,
    decidedAt: _decidedAt,
    rejection: _rejection,
    ...asked
  } = request;
  const common = { type: 'spending-entry', campaignId, number: book.sequence + 1, bookedAt: now };
  return spendingEntrySchema.parse({
    ...asked,
    ...common,
    ...ofKind(request, { campaign, counterpart, facts, decidedOn, book }),
  });
}

/** What an entry says beside what was asked. */
function ofKind(
  request: StandingRequest,
  { campaign, counterpart, facts, decidedOn, book }: Omit<Booking, 'request' | 'papers' | 'now'>,
): object {
  switch (request.kind) {
    case 'expenditure':
    case 'aid': {
      const line = standingLines(book, campaign.proposal.budgetLines).find(({ lineNo }) => lineNo === request.lineNo);
      return { lineItem: line?.item, lineKind: line?.kind, advance: advanceOf(request, facts.funds) };
    }
    case 'reversal': {
      const { entry } = facts.reversed ?? {};
      if (entry === undefined || !isPayment(entry)) return {};
      const { lineNo, lineItem, lineKind } = entry;
      return { lineNo, lineItem, lineKind, ...(entry.kind === 'aid' ? { beneficiaryId: entry.beneficiaryId } : {}) };
    }
    case 'surplus':
      return {
        kind: 'surplus-out',
        destinationName: counterpart?.campaign.proposal.title ?? request.destinationName,
        decidedOn,
        ...(counterpart === undefined ? {} : { counterpart: counterpart.book.sequence + 1 }),
      };
    default:
      return {};
  }
}

/** The same money in the book that it comes to. */
const incoming = (
  entry: EntryOf<'surplus-out'>,
  { proposal }: Campaign,
  { book, giverName }: Counterpart,
): SpendingEntry =>
  spendingEntrySchema.parse({
    ...entry,
    kind: 'surplus-in',
    campaignId: book.campaignId,
    number: book.sequence + 1,
    fromCampaignId: entry.campaignId,
    fromOrganisationId: proposal.organisationId,
    fromName: `${proposal.title} (${giverName})`,
    counterpart: entry.number,
  });

/** What later entries are looked up by: papers, payments of aid, and how much was taken back. */
function traces(entry: SpendingEntry, { facts, papers, now }: Booking): TransactWrite[] {
  if (isPayment(entry))
    return [
      ...paperWrites(entry, papers, (entries) => [...entries, entry.number]),
      ...aidWrites(entry, entry.amountMinor),
    ];
  const paid = facts.reversed?.entry;
  if (entry.kind !== 'reversal' || paid === undefined || !isPayment(paid)) return [];
  const { campaignId } = entry;
  const reversedMinor = add(facts.reversed?.reversedMinor ?? (0 as Minor), entry.amountMinor);
  const isWhole = reversedMinor === paid.amountMinor;
  const inGoodsMinor = facts.reversed?.inGoodsMinor ?? 0;
  return [
    {
      put: {
        ...spendingReversedKey(campaignId, paid.number),
        type: 'spending-reversed',
        campaignId,
        reversedMinor,
        at: now,
      },
    },
    // The book of goods has a guard of its own: what it says was bought is depended on here.
    ...(inGoodsMinor === 0
      ? [{ check: boughtGoodsKey(campaignId, paid.number), when: { absent: true as const } }]
      : [{ check: boughtGoodsKey(campaignId, paid.number), when: { equals: { receivedMinor: inGoodsMinor } } }]),
    ...(isWhole ? paperWrites(paid, papers, (entries) => entries.filter((number) => number !== paid.number)) : []),
    ...aidWrites(paid, (paid.amountMinor - reversedMinor) as Minor),
  ];
}

function paperWrites(
  { campaignId, voucherNo, evidence }: EntryOf<'expenditure'> | EntryOf<'aid'>,
  papers: ReadonlyMap<string, readonly number[]>,
  next: (entries: readonly number[]) => number[],
): TransactWrite[] {
  return papersOf(voucherNo, evidence).map((paper) => ({
    put: {
      ...spendingPaperKey(campaignId, paper),
      type: 'spending-paper',
      campaignId,
      paper,
      entries: next(papers.get(paper) ?? []),
    },
  }));
}

/** A payment of aid under its beneficiary, with what of it stands; none where all of it came back. */
function aidWrites(entry: EntryOf<'expenditure'> | EntryOf<'aid'>, standsMinor: Minor): TransactWrite[] {
  if (entry.kind !== 'aid') return [];
  const { beneficiaryId, campaignId, number, lineNo, paidOn } = entry;
  const key = aidPaymentKey(beneficiaryId, campaignId, number);
  if (standsMinor === 0) return [{ delete: key }];
  return [
    {
      put: { ...key, type: 'aid-payment', beneficiaryId, campaignId, number, lineNo, paidOn, amountMinor: standsMinor },
    },
  ];
}
