import { findCampaign } from '../campaigns/campaign.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { meaningOf } from '../campaigns/campaign-state.ts';
import { subPlanSchema } from '../campaigns/sub-plan-link.ts';
import { findCloseout } from '../closeout/closeout.store.ts';
import { goodsEntries } from '../goods/goods-entry.store.ts';
import { type Instant, localDateOf } from '../kernel/time.ts';
import { matchingPoolSchema } from '../matching/matching-pool.ts';
import { poolKey, subPlansOfCampaign } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { lastSignedDay, type SignedDay } from '../proofs/signed-day.store.ts';
import { readCampaignFees } from '../reconciliation/campaign-fees.store.ts';
import { readSpendingBook, spendingEntries } from '../spending/spending-entry.store.ts';
import { type SpendingFigures, spendingFigures } from '../spending/spending-figures.ts';
import { type DisclosureFigures, disclosureFigures } from './disclosure-figures.ts';

/** Sub-plans asked for at once. */
const ASKED_AT_ONCE = 10;

/**
 * What can be published of a campaign now: gifts up to its last signed day, and what was spent as it is in the books today.
 * `undefined` before a day was signed. Reads nothing that gifts are written to.
 */
export async function readDisclosureFigures(
  table: Table,
  campaign: Campaign,
  now: Instant,
): Promise<DisclosureFigures | undefined> {
  const { campaignId } = campaign;
  const [day, pool, spending, feesMinor] = await Promise.all([
    lastSignedDay(table, campaignId),
    table.get(poolKey(campaignId), { stale: true }),
    readSpending(table, campaign),
    readFees(table, campaignId),
  ]);
  if (day === undefined) return undefined;
  const paid = Object.values(matchingPoolSchema.optional().parse(pool)?.paidMinor ?? {});
  return disclosureFigures({
    day: day.statement,
    statementHash: day.hash,
    spendingDay: localDateOf(now, campaign.proposal.window.zone),
    matchPaidMinor: paid.reduce((sum, amountMinor) => sum + amountMinor, 0),
    feesMinor,
    spending,
    subPlans: await subPlansOf(table, campaignId, day),
  });
}

/**
 * What providers charged: by the signed closeout, because people have answered for it; before that, what the daily comparison
 * knows. `null` where nobody has stated it.
 */
async function readFees(table: Table, campaignId: string): Promise<number | null> {
  const [closeout, fees] = await Promise.all([findCloseout(table, campaignId), readCampaignFees(table, campaignId)]);
  if (closeout?.state === 'signed' && closeout.feesMinor !== undefined) return closeout.feesMinor;
  return fees.until === undefined ? null : fees.feesMinor;
}

/** What was spent, by the campaign that was read already; `undefined` where nothing was recorded. */
async function readSpending(table: Table, { campaignId, proposal }: Campaign): Promise<SpendingFigures | undefined> {
  // The book before the entries: a number that it has given is then never missing.
  const book = await readSpendingBook(table, campaignId);
  const [entries, goods] = await Promise.all([spendingEntries(table, campaignId), goodsEntries(table, campaignId)]);
  if (entries.length === 0 && goods.length === 0) return undefined;
  return spendingFigures(proposal.budgetLines, entries, goods, book);
}

/** Sub-plans that the public may see, in the project's own currency, each up to its own last signed day. */
async function subPlansOf(table: Table, campaignId: string, own: SignedDay) {
  const shown = [];
  for await (const item of everyItem(table, subPlansOfCampaign(campaignId))) {
    const link = subPlanSchema.parse(item);
    if (meaningOf(link.status)?.isPublic === true) shown.push(link);
  }
  const parts = [];
  for (let start = 0; start < shown.length; start += ASKED_AT_ONCE)
    parts.push(
      ...(await Promise.all(
        shown.slice(start, start + ASKED_AT_ONCE).map(async ({ campaignId: id, title }) => {
          const day = (await lastSignedDay(table, id))?.statement;
          if (day === undefined || day.currency !== own.statement.currency) return [];
          const { gifts, moneyMinor, moneyBackMinor } = day.toDate;
          return [
            {
              campaignId: id,
              title,
              raised: { gifts, moneyMinor, moneyBackMinor, netMinor: moneyMinor - moneyBackMinor },
            },
          ];
        }),
      )),
    );
  return parts.flat();
}

/** A campaign that the public may see, read without weighing on what orders read. */
export async function findPublicCampaign(table: Table, campaignId: string): Promise<Campaign | undefined> {
  const campaign = await findCampaign(table, campaignId, { stale: true });
  return campaign !== undefined && meaningOf(campaign.status)?.isPublic === true ? campaign : undefined;
}
