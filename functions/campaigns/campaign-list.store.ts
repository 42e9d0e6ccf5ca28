import { campaignsOfOrganisation } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { type AnyCampaign, anyCampaignOf, statusOf } from './campaign-draft.store.ts';
import type { CampaignStatus } from './campaign-state.ts';

/** Campaigns in one answer. */
export const CAMPAIGNS_PER_PAGE = 50;
/** Campaigns looked at for one answer, where few of them have the status that is asked for: at some 20 KB each, 10 MB. */
const LOOKED_AT = 500;

export type CampaignQuery = {
  /** From the root down to the organisation. */
  readonly path: readonly string[];
  readonly reach: 'here' | 'and-below';
  readonly status: CampaignStatus | undefined;
  /** An earlier answer's `next`. */
  readonly after: string | undefined;
};
export type CampaignPage = { readonly campaigns: readonly AnyCampaign[]; readonly next: string | null };

/**
 * Campaigns of an organisation, or of it and all below it, drafts included: newest first within each organisation.
 * A page may be short, or empty, and still have a `next`, where few campaigns have the status. `undefined`: `after` is not of
 * this list.
 */
export async function listCampaigns(table: Table, query: CampaignQuery): Promise<CampaignPage | undefined> {
  const { path, reach, status, after } = query;
  const position = after === undefined ? undefined : positionOf(after);
  const everything = campaignsOfOrganisation(path, reach);
  // A position outside the list would open what stands beside it.
  if (after !== undefined && position?.startsWith(everything.beginsWith ?? '') !== true) return undefined;
  const question = campaignsOfOrganisation(path, reach, position);
  const campaigns: AnyCampaign[] = [];
  let lookedAt = 0;
  let cursor: string | undefined;
  do {
    const page = await table.query(question, { limit: CAMPAIGNS_PER_PAGE, descending: true, cursor });
    for (const item of page.items) {
      const here = String(item['indexSk']);
      if (here === position) continue;
      const any = anyCampaignOf(item);
      if (status === undefined || statusOf(any) === status) campaigns.push(any);
      lookedAt += 1;
      if (campaigns.length === CAMPAIGNS_PER_PAGE || lookedAt === LOOKED_AT) return { campaigns, next: tokenOf(here) };
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return { campaigns, next: null };
}

const tokenOf = (position: string): string => Buffer.from(position).toString('base64url');
const positionOf = (token: string): string => Buffer.from(token, 'base64url').toString();
