import { derivedId } from '../kernel/ids.ts';
import { add, subtract } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import {
  boughtGoodsKey,
  givenGoodsKey,
  goodsBookKey,
  goodsEntryKey,
  goodsLotKey,
  spendingReversedKey,
} from '../platform/keys.ts';
import type { Item, TransactWrite } from '../platform/table.ts';
import { type GoodsEntry, type GoodsEntryOf, goodsEntrySchema } from './goods-entry.ts';
import { lotOf, lotWith, valueBack, valueOut } from './goods-lot.ts';
import { type GoodsRequestOf, requestItem, type StandingGoodsRequest } from './goods-request.ts';
import { type GoodsFacts, valueOfGiven } from './goods-rules.ts';

type Booking = {
  readonly sequence: number;
  readonly facts: GoodsFacts;
  readonly request: StandingGoodsRequest;
  readonly now: Instant;
};

/** One transaction that books a request that nothing refuses: its entry, its lot, the book guarded by what was read, the request. */
export function goodsWrites(booking: Booking): {
  readonly request: StandingGoodsRequest;
  readonly writes: readonly TransactWrite[];
} {
  const { sequence, facts, request } = booking;
  const { campaignId } = request;
  const entry = entryOf(booking);
  const booked: StandingGoodsRequest = { ...request, state: 'booked', number: entry.number };
  const isNew = request.decidedBy === undefined;
  const lot =
    entry.kind === 'received' ? lotOf(entry) : facts.lot === undefined ? undefined : lotWith(facts.lot, entry);
  return {
    request: booked,
    writes: [
      { put: requestItem(booked), when: isNew ? { absent: true } : { equals: { state: 'awaiting-confirmation' } } },
      { put: { ...goodsEntryKey(campaignId, entry.number), ...entry } as Item, when: { absent: true } },
      {
        put: { ...goodsBookKey(campaignId), type: 'goods-book', campaignId, sequence: entry.number },
        when: sequence === 0 ? { absent: true } : { equals: { sequence } },
      },
      ...(lot === undefined ? [] : [{ put: { ...goodsLotKey(campaignId, entry.lotId), ...lot } as Item }]),
      ...(request.kind === 'receive' ? sourceWrites(request, facts) : []),
      ...(entry.kind === 'written-off' ? freeingWrites(entry, facts) : []),
    ],
  };
}

function entryOf({ sequence, facts, request, now }: Booking): GoodsEntry {
  const { campaignId, requestId, enteredBy, decidedBy, onBehalfOf, quantity, on, evidence } = request;
  const { lot, issue } = facts;
  const common = {
    type: 'goods-entry',
    campaignId,
    number: sequence + 1,
    requestId,
    enteredBy,
    ...(decidedBy === undefined ? {} : { decidedBy }),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    bookedAt: now,
    quantity,
    evidence,
    lotId: lot?.lotId,
    item: lot?.item,
    unit: lot?.unit,
  };
  const valueMinor = lot === undefined ? undefined : valueOut(lot, quantity);
  switch (request.kind) {
    case 'receive':
      return goodsEntrySchema.parse({ ...common, ...received(request, facts), kind: 'received', receivedOn: on });
    case 'issue': {
      const { place, recipient } = request;
      return goodsEntrySchema.parse({ ...common, kind: 'issued', place, recipient, issuedOn: on, valueMinor });
    }
    case 'move': {
      const { place, toPlace } = request;
      return goodsEntrySchema.parse({ ...common, kind: 'moved', place, toPlace, movedOn: on });
    }
    case 'write-off': {
      const { place, reason } = request;
      return goodsEntrySchema.parse({ ...common, kind: 'written-off', place, reason, writtenOffOn: on, valueMinor });
    }
    case 'return': {
      const { of, reason } = request;
      const back = lot === undefined ? undefined : valueBack(lot, quantity);
      const fields = { place: issue?.place, of, reason, returnedOn: on, valueMinor: back };
      return goodsEntrySchema.parse({ ...common, kind: 'returned', ...fields });
    }
  }
}

/** What came in, what it is worth, and the id of the lot that it is. */
function received(
  request: GoodsRequestOf<'receive'> & StandingGoodsRequest,
  { gift, givenBefore }: GoodsFacts,
): object {
  const { source, place, expiresOn, campaignId, requestId, quantity } = request;
  const shared = {
    place,
    lotId: derivedId('lot', campaignId, requestId),
    ...(expiresOn === undefined ? {} : { expiresOn }),
  };
  if (source.kind === 'bought') {
    const { item, unit, valueMinor, basisReference, expenditure } = source;
    return {
      ...shared,
      source: { kind: 'bought', expenditure },
      item,
      unit,
      valueMinor,
      basis: 'invoice',
      basisReference,
    };
  }
  const good = gift?.goods?.[source.good];
  if (good === undefined) return shared;
  const { item, unit, basis, basisReference } = good;
  return {
    ...shared,
    source,
    item,
    unit,
    basis,
    basisReference,
    valueMinor: valueOfGiven(good, givenBefore, quantity),
  };
}

/** What was written off of a purchase went back, or was never what was paid for: that much may be taken back of the expenditure, or come anew. */
function freeingWrites({ campaignId, valueMinor }: GoodsEntryOf<'written-off'>, facts: GoodsFacts): TransactWrite[] {
  const { lot, boughtBeforeMinor } = facts;
  if (lot?.bought === undefined) return [];
  const receivedMinor = subtract(boughtBeforeMinor, valueMinor);
  return [{ put: { ...boughtGoodsKey(campaignId, lot.bought), type: 'goods-bought', campaignId, receivedMinor } }];
}

/** How much of its source has come in; and of a purchase, that as much of it stands as was read. */
function sourceWrites(
  { campaignId, source, quantity }: GoodsRequestOf<'receive'> & StandingGoodsRequest,
  { givenBefore, boughtBeforeMinor, reversedMinor }: GoodsFacts,
): TransactWrite[] {
  if (source.kind === 'gift') {
    const key = givenGoodsKey(campaignId, source.offlineId, source.good);
    return [{ put: { ...key, type: 'goods-given', campaignId, received: givenBefore + quantity } }];
  }
  const { expenditure, valueMinor } = source;
  const receivedMinor = add(boughtBeforeMinor, valueMinor);
  return [
    { put: { ...boughtGoodsKey(campaignId, expenditure), type: 'goods-bought', campaignId, receivedMinor } },
    {
      check: spendingReversedKey(campaignId, expenditure),
      when: reversedMinor === 0 ? { absent: true } : { equals: { reversedMinor } },
    },
  ];
}
