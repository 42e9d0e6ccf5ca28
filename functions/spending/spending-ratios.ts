import type { BudgetKind } from '../campaigns/budget.ts';
import { add, type Minor, subtract, sum, ZERO } from '../kernel/money.ts';
import type { LocalDate } from '../kernel/time.ts';
import { type EntryOf, type SpendingEntry, spentBy } from './spending-entry.ts';

/** What a ratio needs to know of one campaign. */
export type CampaignYear = {
  /** Whose campaign it is. */
  readonly organisationId: string;
  readonly entries: readonly SpendingEntry[];
  /** What its gifts brought on each day, match included and refunds taken off; goods included. */
  readonly days: readonly { readonly day: LocalDate; readonly netMinor: Minor }[];
  /** Gifts of goods among them, by the day on which they were received. */
  readonly goods: readonly { readonly day: LocalDate; readonly amountMinor: Minor }[];
};

/** Charity Law art. 61, for foundations that may raise from the public; others take it as a measure. */
export const LEAST_CHARITY_BASIS_POINTS = 7_000;
export const MOST_MANAGEMENT_BASIS_POINTS = 1_000;
const BASIS_POINTS = 10_000n;

export const RATIO_WORDS = {
  en: 'Spending of the year on lines of the programme, divided by the money that came in during the year before (gifts less refunds, and their match, and what campaigns of other organisations handed on; goods and lump sums of sponsors are not in it); and spending on lines of management, divided by all spending of the year. Only what is in the books of campaigns here: salaries, rent and grants that the organisation keeps elsewhere are in neither. Art. 61 sets at least 70 % and at most 10 % for public foundations.',
  'zh-CN':
    '本年项目支出除以上一年的资金收入（捐款减退款，加配捐，加其他机构项目转入的剩余财产；不含实物与一次性配捐）；本年管理费支出除以本年全部支出。仅含本系统各募捐活动账内的数字：机构另账核算的工资、房租、资助等均不在内。慈善法第六十一条对具有公开募捐资格的基金会规定：前者不低于百分之七十，后者不高于百分之十。',
} as const;

/**
 * The two ratios of a year, as far as campaigns know them. In basis points, rounded down; `null` where there is nothing to divide
 * by. Days are those on which money was paid or taken back, and on which gifts were made.
 */
export function spendingRatios(year: number, campaigns: readonly CampaignYear[]) {
  const spent: Record<BudgetKind, Minor> = { programme: ZERO, fundraising: ZERO, management: ZERO };
  for (const { entries } of campaigns)
    for (const entry of entries) {
      const part = spentBy(entry);
      if (part === undefined || !('lineKind' in entry) || yearOf(dayOf(entry)) !== year) continue;
      spent[entry.lineKind] = add(spent[entry.lineKind], part.amountMinor);
    }
  const incomeMinor = sum(campaigns.map((campaign) => incomeOf(campaign, year - 1)));
  const spentMinor = add(add(spent.programme, spent.fundraising), spent.management);
  return {
    year,
    programmeMinor: spent.programme,
    fundraisingMinor: spent.fundraising,
    managementMinor: spent.management,
    spentMinor,
    incomeOfYearBeforeMinor: incomeMinor,
    charityBasisPoints: ratio(spent.programme, incomeMinor),
    managementBasisPoints: ratio(spent.management, spentMinor),
    leastCharityBasisPoints: LEAST_CHARITY_BASIS_POINTS,
    mostManagementBasisPoints: MOST_MANAGEMENT_BASIS_POINTS,
    campaigns: campaigns.length,
    definition: RATIO_WORDS,
  };
}

/** What came to a campaign in a year, in money. */
function incomeOf({ organisationId, entries, days, goods }: CampaignYear, year: number): Minor {
  const received = entries.filter((entry) => isIncome(entry, organisationId));
  const gifts = sum(days.filter(({ day }) => yearOf(day) === year).map(({ netMinor }) => netMinor));
  const inKind = sum(goods.filter(({ day }) => yearOf(day) === year).map(({ amountMinor }) => amountMinor));
  const surplus = sum(
    received.filter(({ decidedOn }) => yearOf(decidedOn) === year).map(({ amountMinor }) => amountMinor),
  );
  return subtract(add(gifts, surplus), inKind);
}

/** What another organisation's campaign handed on is income; what a campaign of the same one did was that when it was given. */
const isIncome = (entry: SpendingEntry, organisationId: string): entry is EntryOf<'surplus-in'> =>
  entry.kind === 'surplus-in' && entry.fromOrganisationId !== undefined && entry.fromOrganisationId !== organisationId;

const ratio = (part: Minor, whole: Minor): number | null =>
  whole <= 0 ? null : Number((BigInt(part) * BASIS_POINTS) / BigInt(whole));

const yearOf = (day: LocalDate): number => Number(day.slice(0, 4));
const dayOf = (entry: Extract<SpendingEntry, { readonly lineKind: BudgetKind }>): LocalDate =>
  entry.kind === 'reversal' ? entry.reversedOn : entry.paidOn;
