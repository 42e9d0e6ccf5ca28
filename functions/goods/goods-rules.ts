import type { OfflineGift } from '../donations/offline-gift.ts';
import { type FieldProblem, type Refusal, refuse } from '../kernel/errors.ts';
import { floorRatio, formatMoney, type Minor, minor, subtract } from '../kernel/money.ts';
import { type LocalDate, plusDays } from '../kernel/time.ts';
import { isPayment, type SpendingEntry } from '../spending/spending-entry.ts';
import type { GoodsEntryOf } from './goods-entry.ts';
import { type GoodsLot, onHandAt } from './goods-lot.ts';
import type { GoodsRequest, GoodsRequestOf } from './goods-request.ts';

/** The longest time that something may have waited to be entered: a financial year. An older day is a typing mistake. */
const LONGEST_WAIT_DAYS = 366;

/** Everything that a request is judged by, all of it read after the book of goods and written with it. */
export type GoodsFacts = {
  readonly today: LocalDate;
  readonly missingAttachments: readonly string[];
  /** Of what is about a lot: that lot. */
  readonly lot: GoodsLot | undefined;
  /** Of a return: the issue. */
  readonly issue: GoodsEntryOf<'issued'> | undefined;
  /** Of what was given: the gift, and how much of this good of it came in before. */
  readonly gift: OfflineGift | undefined;
  readonly givenBefore: number;
  /** Of what was bought: the expenditure, how much of it was taken back, and what the goods cost that came in and are not written off. */
  readonly bought: SpendingEntry | undefined;
  readonly reversedMinor: Minor;
  readonly boughtBeforeMinor: Minor;
  /** Of an issue to a person: whether the campaign may help them. */
  readonly isEnrolled: boolean;
};

/** Why a request cannot be booked as things are; `undefined` where it can. */
export function refuseGoods(request: GoodsRequest, facts: GoodsFacts): Refusal | undefined {
  const problems = [
    ...dayProblems(request.on, facts.today),
    ...facts.missingAttachments.map((attachmentId) => ({
      field: 'evidence',
      problem: `names ${attachmentId}, which is no confirmed attachment of this campaign`,
      fix: 'upload and confirm the file, then name its id',
    })),
    ...kindProblems(request, facts),
  ];
  return problems.length === 0
    ? undefined
    : refuse('impossible-goods', 'This cannot be booked of the goods.', problems);
}

function kindProblems(request: GoodsRequest, facts: GoodsFacts): FieldProblem[] {
  switch (request.kind) {
    case 'receive':
      return request.source.kind === 'gift' ? giftProblems(request, facts) : purchaseProblems(request, facts);
    case 'return':
      return returnProblems(request, facts);
    case 'issue':
      return [...stockProblems(request, facts), ...issueProblems(request, facts)];
    case 'move':
      return [
        ...stockProblems(request, facts),
        ...(request.toPlace === request.place
          ? [{ field: 'toPlace', problem: 'is where the goods are', fix: 'name another place' }]
          : []),
      ];
    case 'write-off':
      return stockProblems(request, facts);
  }
}

function dayProblems(day: LocalDate, today: LocalDate): FieldProblem[] {
  if (day > today)
    return [{ field: 'on', problem: `is after today, ${today}`, fix: 'enter what has happened, once it has happened' }];
  if (day >= plusDays(today, -LONGEST_WAIT_DAYS)) return [];
  return [{ field: 'on', problem: `is more than ${LONGEST_WAIT_DAYS} days ago`, fix: 'check the year' }];
}

/** Nothing leaves a place that is not there, and nothing before it came. */
function stockProblems(
  { place, quantity, on }: GoodsRequestOf<'issue'> | GoodsRequestOf<'move'> | GoodsRequestOf<'write-off'>,
  { lot }: GoodsFacts,
): FieldProblem[] {
  if (lot === undefined)
    return [{ field: 'lotId', problem: 'is no lot of this campaign', fix: 'take the id of a lot from the stock list' }];
  const there = onHandAt(lot, place);
  const problems: FieldProblem[] = [];
  if (there === 0)
    problems.push({
      field: 'place',
      problem: 'has none of this lot',
      fix: 'take one of the places that the stock list names for it',
    });
  else if (quantity > there)
    problems.push({
      field: 'quantity',
      problem: `is more than is there, ${there} ${lot.unit}`,
      fix: 'take no more than there is',
    });
  if (on < lot.receivedOn)
    problems.push({ field: 'on', problem: `is before the goods came, ${lot.receivedOn}`, fix: 'check the day' });
  return problems;
}

function issueProblems(
  { on, recipient, evidence }: GoodsRequestOf<'issue'>,
  { lot, isEnrolled }: GoodsFacts,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (lot?.expiresOn !== undefined && lot.expiresOn < on)
    problems.push({
      field: 'lotId',
      problem: `is of goods that expired on ${lot.expiresOn}`,
      fix: 'write them off, and issue another lot',
    });
  if (recipient.kind === 'beneficiary' && !isEnrolled)
    problems.push({
      field: 'recipient.beneficiaryId',
      problem: 'is no beneficiary of this campaign of whom it is known who they are',
      fix: 'record the beneficiary first, with what shows who they are',
    });
  if (recipient.kind === 'beneficiary' && evidence.some(({ kind }) => kind === 'attachment'))
    problems.push({
      field: 'evidence',
      problem: 'names a file, which all staff of the campaign read, of goods for a person',
      fix: 'name the signed list by its number',
    });
  return problems;
}

function returnProblems({ quantity, on }: GoodsRequestOf<'return'>, { issue, lot }: GoodsFacts): FieldProblem[] {
  if (issue === undefined || lot === undefined)
    return [{ field: 'of', problem: 'is not the number of an issue', fix: 'take the number of its entry' }];
  const left = issue.quantity - (lot.returned[issue.number] ?? 0);
  const problems: FieldProblem[] = [];
  if (quantity > left)
    problems.push({
      field: 'quantity',
      problem: `is more than is still out of entry ${issue.number}, ${left} ${lot.unit}`,
      fix: 'take back no more than was issued',
    });
  if (on < issue.issuedOn)
    problems.push({ field: 'on', problem: `is before the issue, ${issue.issuedOn}`, fix: 'check the day' });
  return problems;
}

function giftProblems(
  { source, quantity, on }: GoodsRequestOf<'receive'>,
  { gift, givenBefore }: GoodsFacts,
): FieldProblem[] {
  if (source.kind !== 'gift') return [];
  const good = gift?.goods?.[source.good];
  if (gift === undefined || gift.state !== 'booked' || good === undefined)
    return [
      {
        field: 'source',
        problem: 'is no good of a gift that is in the books of this campaign',
        fix: 'enter the gift in kind and have it confirmed first, then name its offlineId and the place of the good in it, from 0',
      },
    ];
  const left = good.quantity - givenBefore;
  const problems: FieldProblem[] = [];
  if (quantity > left)
    problems.push({
      field: 'quantity',
      problem: `is more than the gift has left, ${left} ${good.unit}`,
      fix: 'receive no more than was given',
    });
  if (on < gift.receivedOn)
    problems.push({ field: 'on', problem: `is before the gift, ${gift.receivedOn}`, fix: 'check the day' });
  return problems;
}

function purchaseProblems(
  { source }: GoodsRequestOf<'receive'>,
  { bought, reversedMinor, boughtBeforeMinor }: GoodsFacts,
): FieldProblem[] {
  if (source.kind !== 'bought') return [];
  if (bought === undefined || !isPayment(bought) || bought.kind !== 'expenditure')
    return [
      {
        field: 'source.expenditure',
        problem: 'is not the number of an expenditure',
        fix: 'book what was paid for the goods first',
      },
    ];
  const leftMinor = subtract(subtract(bought.amountMinor, reversedMinor), boughtBeforeMinor);
  if (source.valueMinor <= leftMinor) return [];
  return [
    {
      field: 'source.valueMinor',
      problem: `is more than entry ${bought.number} has paid for and nothing came for yet, ${formatMoney(leftMinor, 'CNY')}`,
      fix: 'value goods at what was paid for them',
    },
  ];
}

/** What so much of a gift's good is worth: its share of what the whole was assessed at, so that the parts sum to the whole. */
export const valueOfGiven = (
  { assessedMinor, quantity }: { readonly assessedMinor: Minor; readonly quantity: number },
  before: number,
  received: number,
): Minor => minor(floorRatio(assessedMinor, before + received, quantity) - floorRatio(assessedMinor, before, quantity));
