import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { readDonorKey } from '../donations/merchant-secret.gateway.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { readIdempotencyKey } from '../platform/idempotency-key.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { createFeed, findFeed, revokeFeed } from './calendar-feed.store.ts';
import { feedRequestSchema } from './calendar-feed.ts';

type FeedUse = {
  readonly table: Table;
  /** The key that secrets of feeds follow from. */
  readonly readFeedKey: () => Promise<string>;
};

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
  const idempotency = readIdempotencyKey(request);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const { language } = body.value;
  const identity = { idempotencyKey: idempotency.key, feedKey: await use.readFeedKey() };
  const made = await createFeed(use.table, { organisationId, personId, language }, identity, now);
  if (made.kind === 'refused') return refusalAnswer(409, made);
  // The address is shown to who made it and nowhere else: whoever lost it makes another feed, and revokes this one.
  return {
    status: made.kind === 'made' ? 201 : 200,
    body: { feedId: made.feedId, organisationId, language, path: `/calendar-feeds/${made.file}` },
  };
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
  open: () => ({ table: openTable(), readFeedKey: readDonorKey }),
  handle: answerManageFeeds,
};
export const handler = staffFunction(definition);
