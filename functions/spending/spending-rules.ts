import type { BudgetKind } from '../campaigns/budget.ts';
import { type FieldProblem, type Refusal, refuse } from '../kernel/errors.ts';
import { type Currency, formatMoney, type Minor, subtract } from '../kernel/money.ts';
import { dayCount, type LocalDate, plusDays } from '../kernel/time.ts';
import { type CampaignFunds, fundsSentence } from './campaign-funds.ts';
import type { StandingLine } from './spending-book.ts';
import { type EntryOf, isPayment, type SpendingEntry } from './spending-entry.ts';
import type { RequestOf, SpendingRequest } from './spending-request.ts';

/** The longest time that a payment may have waited to be entered: a financial year. An older day is a typing mistake, or a case for the books by hand. */
const LONGEST_WAIT_DAYS = 366;
/** Aid to the same person out of the same line within this time is taken for a slip until somebody says why: aid is granted for a year. */
export const AID_PERIOD_DAYS = 365;

/** A payment of aid, as it is listed under its beneficiary. */
export type AidPayment = {
  readonly campaignId: string;
  readonly number: number;
  readonly lineNo: number;
  readonly paidOn: LocalDate;
  readonly amountMinor: Minor;
};

/** Everything that a request is judged by, all of it read after the book and written with it. */
export type SpendingFacts = {
  readonly lines: readonly StandingLine[];
  readonly funds: CampaignFunds;
  readonly currency: Currency;
  /** The campaign's day. */
  readonly today: LocalDate;
  /** Whether its matching is closed, so that there can be a surplus. */
  readonly isFinalised: boolean;
  /** Whether it was cancelled, and everything goes back to who gave it. */
  readonly goesBack: boolean;
  /** Files that are named and not there. */
  readonly missingAttachments: readonly string[];
  /** Entries that the request's papers were booked by, and that stand. */
  readonly samePapers: readonly number[];
  /** Of an aid's beneficiary: whether they may be paid at all, and what they were paid that stands. */
  readonly isEnrolled: boolean;
  readonly paidBefore: readonly AidPayment[];
  /** Of a reversal: the entry that it names, how much of that was taken back, and how much of the rest is spent on goods that came in. */
  readonly reversed?: {
    readonly entry: SpendingEntry | undefined;
    readonly reversedMinor: Minor;
    readonly inGoodsMinor: Minor;
  };
  /** Of a surplus: why it cannot go where it shall. */
  readonly destinationProblem?: FieldProblem;
};

const ART_56 = 'Charity Law art. 56: another purpose needs the plan to be changed and filed again';
const ART_58 = 'Charity Law art. 58: a surplus goes where the plan says, or to the same or a similar purpose';

/** Why a request cannot be booked as things are; `undefined` where it can. Asked when it is entered, and again when it is decided. */
export function refuseSpending(request: SpendingRequest, facts: SpendingFacts): Refusal | undefined {
  if (facts.goesBack && request.kind !== 'reversal' && request.kind !== 'variance-note')
    return refuse('money-goes-back', 'This campaign was cancelled, and its gifts go back to their donors.');
  switch (request.kind) {
    case 'expenditure':
    case 'aid':
      return refusePayment(request, facts);
    case 'reversal':
      return refuseReversal(request, facts);
    case 'transfer':
      return asRefusal(transferProblems(request, facts));
    case 'surplus':
      return refuseSurplus(request, facts);
    case 'variance-note':
      return asRefusal(lineProblems('lineNo', request.lineNo, facts));
  }
}

const asRefusal = (problems: readonly FieldProblem[]): Refusal | undefined =>
  problems.length === 0 ? undefined : refuse('impossible-spending', 'This cannot be booked.', problems);

function refusePayment(
  request: RequestOf<'expenditure'> | RequestOf<'aid'>,
  facts: SpendingFacts,
): Refusal | undefined {
  const problems = [
    ...lineProblems('lineNo', request.lineNo, facts),
    ...dayProblems('paidOn', request.paidOn, facts.today),
    ...overspending(request, facts),
    ...facts.missingAttachments.map((attachmentId) => ({
      field: 'evidence',
      problem: `names ${attachmentId}, which is no confirmed attachment of this campaign`,
      fix: 'upload and confirm the file, then name its id',
    })),
    ...(request.kind === 'aid' ? aidProblems(request, facts) : []),
  ];
  return asRefusal(problems) ?? refuseRepeated(request, facts) ?? refuseUncovered(request, facts);
}

function lineProblems(field: string, lineNo: number, { lines }: SpendingFacts): FieldProblem[] {
  if (lines.some((line) => line.lineNo === lineNo)) return [];
  return [
    {
      field,
      problem: 'is not the number of a line of this budget',
      fix: 'take a lineNo that the campaign’s spending lists',
    },
  ];
}

function dayProblems(field: string, day: LocalDate, today: LocalDate): FieldProblem[] {
  if (day > today)
    return [{ field, problem: `is after today, ${today}`, fix: 'enter what has happened, once it has happened' }];
  if (day >= plusDays(today, -LONGEST_WAIT_DAYS)) return [];
  return [{ field, problem: `is more than ${LONGEST_WAIT_DAYS} days ago`, fix: 'check the year' }];
}

/** No line is spent beyond what it has. */
function overspending(
  { lineNo, amountMinor }: RequestOf<'expenditure'> | RequestOf<'aid'>,
  { lines, currency }: SpendingFacts,
): FieldProblem[] {
  const line = lines.find((one) => one.lineNo === lineNo);
  if (line === undefined) return [];
  const leftMinor = subtract(line.currentMinor, line.spentMinor);
  if (amountMinor <= leftMinor) return [];
  return [
    {
      field: 'amountMinor',
      problem: `is more than line ${lineNo} has left, ${formatMoney(leftMinor, currency)}`,
      fix: 'have a transfer to this line approved first, or take another line',
    },
  ];
}

function aidProblems({ lineNo }: RequestOf<'aid'>, { lines, isEnrolled }: SpendingFacts): FieldProblem[] {
  const line = lines.find((one) => one.lineNo === lineNo);
  return [
    ...(line === undefined || line.kind === 'programme'
      ? []
      : [{ field: 'lineNo', problem: `is a line of ${line.kind}`, fix: 'pay aid out of a line of the programme' }]),
    ...(isEnrolled
      ? []
      : [
          {
            field: 'beneficiaryId',
            problem: 'is no beneficiary of this campaign of whom it is known who they are',
            fix: 'record the beneficiary first, with what shows who they are',
          },
        ]),
  ];
}

/** Nothing is paid twice by a slip: the same paper, and aid to the same person, need a reason. */
function refuseRepeated(
  request: RequestOf<'expenditure'> | RequestOf<'aid'>,
  { samePapers, paidBefore }: SpendingFacts,
): Refusal | undefined {
  if (request.repeatReason !== undefined) return undefined;
  if (samePapers.length > 0)
    return refuse('paper-booked', `This voucher or invoice is in the book, in entry ${samePapers.join(', ')}.`, [
      {
        field: 'repeatReason',
        problem: 'is missing: the same paper was booked before',
        fix: 'check that it is not paid twice; where it is paid in parts, say so',
      },
    ]);
  const before = request.kind === 'aid' ? paidWithinPeriod(request, paidBefore) : undefined;
  if (before === undefined) return undefined;
  return refuse(
    'paid-before',
    `This person was paid out of this line on ${before.paidOn}, in entry ${before.number}.`,
    [
      {
        field: 'repeatReason',
        problem: `is missing: aid to one person within ${AID_PERIOD_DAYS} days`,
        fix: 'check that it is not paid twice; where a second payment was granted, say why',
      },
    ],
  );
}

/** The last payment to the same person out of the same line within a period around this one. */
const paidWithinPeriod = (
  { lineNo, paidOn }: RequestOf<'aid'>,
  paidBefore: readonly AidPayment[],
): AidPayment | undefined =>
  paidBefore.findLast((payment) => payment.lineNo === lineNo && distance(payment.paidOn, paidOn) < AID_PERIOD_DAYS);

const distance = (a: LocalDate, b: LocalDate): number => (a < b ? dayCount(a, b) : dayCount(b, a)) - 1;

/** More than has come in is spent only where it is said, with who lends it. */
function refuseUncovered(
  { amountMinor, advanceReason }: RequestOf<'expenditure'> | RequestOf<'aid'>,
  { funds, currency }: SpendingFacts,
): Refusal | undefined {
  if (amountMinor <= funds.leftMinor || advanceReason !== undefined) return undefined;
  return refuse('not-raised', `This is more than the campaign has. ${fundsSentence(funds, currency)}`, [
    {
      field: 'advanceReason',
      problem: 'is missing: this is more than the campaign has',
      fix: 'wait until it is raised; where somebody lends it, say who and why',
    },
  ]);
}

function refuseReversal(request: RequestOf<'reversal'>, facts: SpendingFacts): Refusal | undefined {
  const { entry, reversedMinor, inGoodsMinor } = facts.reversed ?? {};
  if (entry === undefined || !isPayment(entry) || reversedMinor === undefined || inGoodsMinor === undefined)
    return asRefusal([
      { field: 'of', problem: 'is not the number of a payment in this book', fix: 'take the number of its entry' },
    ]);
  const leftMinor = subtract(entry.amountMinor, reversedMinor);
  const freeMinor = subtract(leftMinor, inGoodsMinor);
  const money = (amount: Minor): string => formatMoney(amount, facts.currency);
  const problems = dayProblems('reversedOn', request.reversedOn, facts.today);
  if (request.amountMinor > leftMinor)
    problems.push({
      field: 'amountMinor',
      problem: `is more than stands of entry ${entry.number}, ${money(leftMinor)}`,
      fix: 'take back no more than stands',
    });
  else if (request.amountMinor > freeMinor)
    problems.push({
      field: 'amountMinor',
      problem: `leaves less than the goods cost that entry ${entry.number} bought and that came in, ${money(inGoodsMinor)}`,
      fix: 'have the goods that went back to the seller written off first',
    });
  if (request.reversedOn < entry.paidOn)
    problems.push({ field: 'reversedOn', problem: `is before the payment, ${entry.paidOn}`, fix: 'check the day' });
  return asRefusal(problems);
}

/**
 * Which kinds of lines may give to which: what is meant for the programme stays with it, and what is saved on costs may go
 * to it. The other way is another purpose, and a plan to be changed.
 */
export const mayTransfer = (from: BudgetKind, to: BudgetKind): boolean => from === to || to === 'programme';

function transferProblems(
  { fromLineNo, toLineNo, amountMinor }: RequestOf<'transfer'>,
  facts: SpendingFacts,
): FieldProblem[] {
  const from = facts.lines.find(({ lineNo }) => lineNo === fromLineNo);
  const to = facts.lines.find(({ lineNo }) => lineNo === toLineNo);
  if (from === undefined || to === undefined)
    return [...lineProblems('fromLineNo', fromLineNo, facts), ...lineProblems('toLineNo', toLineNo, facts)];
  if (fromLineNo === toLineNo)
    return [{ field: 'toLineNo', problem: 'is the line that gives', fix: 'take another line' }];
  const leftMinor = subtract(from.currentMinor, from.spentMinor);
  return [
    ...(mayTransfer(from.kind, to.kind)
      ? []
      : [
          {
            field: 'toLineNo',
            problem: `is a line of ${to.kind}, and line ${fromLineNo} is one of ${from.kind}`,
            fix: 'amend the plan (change-of-plan), and file it again',
            rule: ART_56,
          },
        ]),
    ...(amountMinor <= leftMinor
      ? []
      : [
          {
            field: 'amountMinor',
            problem: `is more than line ${fromLineNo} has left, ${formatMoney(leftMinor, facts.currency)}`,
            fix: 'transfer no more than is left',
          },
        ]),
  ];
}

function refuseSurplus({ amountMinor }: RequestOf<'surplus'>, facts: SpendingFacts): Refusal | undefined {
  const { funds, currency, isFinalised, destinationProblem } = facts;
  if (!isFinalised || funds.unconfirmedMatchMinor > 0) {
    const why = isFinalised ? 'The matches of this campaign are not confirmed yet' : 'This campaign is not over yet';
    const detail = `${why}, so nobody knows what will be left. ${fundsSentence(funds, currency)}`;
    return refuse('surplus-not-known', detail);
  }
  const tooMuch =
    amountMinor <= funds.leftMinor
      ? []
      : [
          {
            field: 'amountMinor',
            problem: `is more than is left. ${fundsSentence(funds, currency)}`,
            fix: 'send no more than is left',
            rule: ART_58,
          },
        ];
  return asRefusal([...tooMuch, ...(destinationProblem === undefined ? [] : [destinationProblem])]);
}

/** How much of a payment is beyond what the campaign has; `undefined` where it has it. */
export function advanceOf(
  { amountMinor, advanceReason }: RequestOf<'expenditure'> | RequestOf<'aid'>,
  { leftMinor }: CampaignFunds,
): EntryOf<'aid'>['advance'] {
  if (advanceReason === undefined || amountMinor <= leftMinor) return undefined;
  return { amountMinor: leftMinor <= 0 ? amountMinor : subtract(amountMinor, leftMinor), reason: advanceReason };
}
