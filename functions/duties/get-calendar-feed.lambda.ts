import { membershipsOf } from '../access/membership.store.ts';
import { rolesIn } from '../access/membership.ts';
import type { Instant } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { type HttpAnswer, type HttpDefinition, type HttpRequest, httpFunction, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { organisationDuties } from './calendar.store.ts';
import { findFeed } from './calendar-feed.store.ts';
import { dayOf, opensFeed, readFeedFile } from './calendar-feed.ts';
import { icalendarOf } from './icalendar.ts';

type FeedUse = { readonly table: Table };

/** A calendar program cannot sign in: whoever has the address has the calendar, which says nothing of donors or money. */
async function answerFeed(request: HttpRequest, use: FeedUse, now: Instant): Promise<HttpAnswer> {
  const address = readFeedFile(request.parameters['file'] ?? '');
  const feed = address === undefined ? undefined : await findFeed(use.table, address.feedId);
  if (address === undefined || feed === undefined || !opensFeed(feed, address.secret)) return UNKNOWN;
  const [organisation, memberships] = await Promise.all([
    findOrganisation(use.table, feed.organisationId),
    membershipsOf(use.table, feed.personId),
  ]);
  // Whoever has left the organisation, or is suspended, has left its calendar too.
  if (organisation === undefined || rolesIn(memberships, organisation.path).size === 0) return UNKNOWN;
  const duties = await organisationDuties(use.table, feed.organisationId, now);
  const days = duties.map((duty) => dayOf(duty, feed.language));
  return {
    status: 200,
    headers: {
      'content-type': 'text/calendar; charset=utf-8',
      'cache-control': 'private, max-age=900',
      'x-content-type-options': 'nosniff',
    },
    text: icalendarOf(organisation.name, days, now),
  };
}

/** The same for an address that never was, a wrong secret and a feed that was revoked. */
const UNKNOWN = problem(404, 'unknown-feed', 'There is no such calendar feed.');

export const definition: HttpDefinition<FeedUse> = {
  name: 'get-calendar-feed',
  open: () => ({ table: openTable() }),
  handle: answerFeed,
};
export const handler = httpFunction(definition);
