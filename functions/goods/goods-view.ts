import { type CsvCell, csvOf } from '../kernel/csv.ts';
import type { Currency } from '../kernel/money.ts';
import { evidenceText } from '../spending/spending-csv.ts';
import type { GoodsEntry, Recipient } from './goods-entry.ts';
import { type GoodsLot, onHand } from './goods-lot.ts';
import type { StandingGoodsRequest } from './goods-request.ts';

export function goodsEntryView(entry: GoodsEntry) {
  const { type: _type, campaignId: _campaignId, ...shown } = entry;
  return shown;
}

export function goodsRequestView(request: StandingGoodsRequest) {
  const { type: _type, ...shown } = request;
  return shown;
}

/** A lot in the stock list, with what of it is where. */
export function lotView(lot: GoodsLot) {
  const { lotId, item, unit, received, valueMinor, receivedOn, expiresOn, places, outMinor } = lot;
  return {
    lotId,
    item,
    unit,
    received,
    valueMinor,
    receivedOn,
    expiresOn: expiresOn ?? null,
    onHand: onHand(lot),
    onHandMinor: valueMinor - outMinor,
    places,
  };
}

const COLUMNS = [
  'number',
  'bookedAt',
  'kind',
  'day',
  'lotId',
  'item',
  'unit',
  'in',
  'out',
  'value',
  'place',
  'to',
  'reason',
  'evidence',
  'enteredBy',
  'decidedBy',
] as const;

/** The book of goods as CSV, a row each. A move is in neither `in` nor `out`; values are of goods, and never added to money. */
export const goodsCsv = (entries: readonly GoodsEntry[], currency: Currency): string =>
  csvOf([[...COLUMNS], ...entries.map((entry) => rowOf(entry, currency))], { bom: true });

function rowOf(entry: GoodsEntry, currency: Currency): CsvCell[] {
  const comes = entry.kind === 'received' || entry.kind === 'returned';
  const goes = entry.kind === 'issued' || entry.kind === 'written-off';
  return [
    entry.number,
    entry.bookedAt,
    entry.kind,
    dayOf(entry),
    entry.lotId,
    entry.item,
    entry.unit,
    comes ? entry.quantity : '',
    goes ? entry.quantity : '',
    'valueMinor' in entry ? { amountMinor: entry.valueMinor, currency } : '',
    entry.place,
    entry.kind === 'moved' ? entry.toPlace : entry.kind === 'issued' ? recipientText(entry.recipient) : '',
    'reason' in entry ? entry.reason : '',
    entry.evidence.map(evidenceText).join('; '),
    entry.enteredBy,
    entry.decidedBy ?? '',
  ];
}

function dayOf(entry: GoodsEntry): string {
  switch (entry.kind) {
    case 'received':
      return entry.receivedOn;
    case 'issued':
      return entry.issuedOn;
    case 'moved':
      return entry.movedOn;
    case 'written-off':
      return entry.writtenOffOn;
    case 'returned':
      return entry.returnedOn;
  }
}

const recipientText = (recipient: Recipient): string =>
  recipient.kind === 'beneficiary' ? recipient.beneficiaryId : recipient.name;
