import type { LocalDate } from '../../functions/kernel/time.ts';
import { tradeBillOf } from '../../local/sandbox/bill.ts';
import type { Book } from '../../local/sandbox/book.ts';
import { fundFlowBillOf } from '../../local/sandbox/fund-flow-bill.ts';
import type { World } from './world.ts';

type Asked = { readonly billDate: LocalDate };

/** What the sandbox's book has of a day, as WeChat Pay gives it: no bill of a day on which nothing moved. */
export const billsOf = (world: World, book: Book) => ({
  fetchTrade: async ({ billDate }: Asked) => {
    const { payments, refunds } = book.dayOf(billDate);
    if (payments.length + refunds.length === 0) return { kind: 'no-statement' };
    return { kind: 'bill', content: tradeBillOf(world.keys, payments, refunds) };
  },
  fetchFunds: async ({ billDate, account }: Asked & { readonly account: string }) => {
    const { movements, balanceMinor } = book.movementsOf(billDate);
    if (account !== 'BASIC' || movements.length === 0) return { kind: 'no-statement' };
    return { kind: 'bill', content: fundFlowBillOf(movements, balanceMinor) };
  },
});
