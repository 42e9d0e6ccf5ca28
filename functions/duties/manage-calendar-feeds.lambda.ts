import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { createFeed, findFeed, revokeFeed } from './calendar-feed.store.ts';
import { feedRequestSchema } from './calendar-feed.ts';

type FeedUse = { readonly table: Table };

async function answerManageFeeds(request: StaffRequest, use: FeedUse, now: Instant): Promise<HttpAnswer> {
  const personId = request.actor.id;
  const { organisationId = '', feedId = '' } = request.parameters;
  if (request.method === 'DELETE') {
    const feed = await findFeed(use.table, feedId);
    if (feed === undefined || feed.organisationId !== organisationId)
      return problem(404, 'unknown-feed', 'There is no such calendar feed in this organisation.');
    const isTheirs = feed.personId === personId || request.actor.groups.includes('admin');
    if (!isTheirs) return problem(403, 'forbidden', 'A feed is revoked by its owner or by an admin.');
    await revokeFeed(use.table, feed, now);
    return { status: 204 };
  }
  const body = readJsonBody(request, feedRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { language } = body.value;
  const made = await createFeed(use.table, { organisationId, personId, language }, now);
  // The address is shown this once: whoever lost it makes another feed, and revokes this one.
  return { status: 201, body: { feedId: made.feedId, organisationId, language, path: `/calendar-feeds/${made.file}` } };
}

export const definition: StaffDefinition<FeedUse> = {
  name: 'manage-calendar-feeds',
  access: {
    'POST /organisations/{organisationId}/calendar-feeds': {
      roles: ['manager', 'finance', 'approver', 'auditor', 'admin'],
      of: 'organisation',
    },
    'DELETE /organisations/{organisationId}/calendar-feeds/{feedId}': {
      roles: ['manager', 'finance', 'approver', 'auditor', 'admin'],
      of: 'organisation',
    },
  },
  open: () => ({ table: openTable() }),
  handle: answerManageFeeds,
};
export const handler = staffFunction(definition);
