import { spendingRequestsWaiting } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { type StandingRequest, standingRequestSchema } from './spending-request.ts';

/** Requests on one page of the list. */
const PAGE_SIZE = 50;
export type WaitingPage = { readonly requests: readonly StandingRequest[]; readonly next: string | undefined };

/** A page of what waits for a second person, in order of entry, after the place `after` (`next` of the page before). */
export async function waitingRequests(
  table: Table,
  campaignId: string,
  after: string | undefined,
): Promise<WaitingPage> {
  // One more than a page tells whether there is another; the place itself, with which the stretch begins, is one more again.
  const { items } = await table.query(spendingRequestsWaiting(campaignId, after), { limit: PAGE_SIZE + 2 });
  const all = items
    .map((item) => standingRequestSchema.parse(item))
    .filter((request) => placeOf(request) !== after && request.state === 'awaiting-confirmation');
  const requests = all.slice(0, PAGE_SIZE);
  const last = requests.at(-1);
  return { requests, next: all.length > PAGE_SIZE && last !== undefined ? placeOf(last) : undefined };
}

const placeOf = ({ enteredAt, requestId }: StandingRequest): string => `${enteredAt}#${requestId}`;
/** A place in the list, as `next` gives it: the time of entry and the id. */
export const WAITING_PLACE = /^\d{4}-\d{2}-\d{2}T[0-9:.]{12}Z#(?:spd|gds)_[a-z0-9]{20}$/;
