import type { LocalDate } from '../kernel/time.ts';
import type { Table } from '../platform/table.ts';

/** What is read of a campaign's spending (functions/spending): the part of its figures that is published. */
export type SpendingFigures = {
  readonly lines: readonly {
    readonly lineNo: number;
    readonly item: string;
    readonly kind: 'programme' | 'fundraising' | 'management';
    readonly plannedMinor: number;
    readonly transferredMinor: number;
    readonly spentMinor: number;
    readonly varianceReason?: string;
  }[];
  readonly spentMinor: number;
  readonly aid: { readonly beneficiaries: number; readonly payments: number; readonly amountMinor: number };
  readonly goodsIssuedMinor: number;
  readonly surplus?: { readonly amountMinor: number; readonly destination: string; readonly decidedOn: LocalDate };
};

/** Nothing is recorded of what was spent. */
export const readSpending = async (_table: Table, _campaignId: string): Promise<SpendingFigures | undefined> =>
  undefined;
