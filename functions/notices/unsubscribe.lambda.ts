import { readDonorKey } from '../donations/merchant-secret.gateway.ts';
import type { Instant } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { type HttpAnswer, type HttpDefinition, type HttpRequest, httpFunction, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { unsubscribe } from './suppression.store.ts';
import { UNSUBSCRIBE_SECURITY_POLICY, unsubscribePage } from './unsubscribe-page.ts';
import { readUnsubscribeToken } from './unsubscribe-token.ts';

export type UnsubscribeUse = { readonly table: Table; readonly readDonorKey: () => Promise<string> };

/**
 * GET shows the page, POST unsubscribes: a person's click on its button as well as a mailbox's one click (RFC 8058), which sends
 * `List-Unsubscribe=One-Click` and looks at the status alone. Needs no sign-in, and works as often as it is done.
 */
async function answerUnsubscribe(request: HttpRequest, use: UnsubscribeUse, now: Instant): Promise<HttpAnswer> {
  const token = readUnsubscribeToken(await use.readDonorKey(), request.parameters['token'] ?? '');
  if (token === undefined)
    return problem(404, 'unknown-link', 'This link is not whole. Copy all of it from the letter.');
  const isDone = request.method === 'POST';
  if (isDone) await unsubscribe(use.table, token, now);
  const organisation = await findOrganisation(use.table, token.organisationId);
  return {
    status: 200,
    headers: { 'content-security-policy': UNSUBSCRIBE_SECURITY_POLICY, 'referrer-policy': 'no-referrer' },
    html: unsubscribePage(organisation?.name ?? token.organisationId, isDone),
  };
}

export const definition: HttpDefinition<UnsubscribeUse> = {
  name: 'unsubscribe',
  open: () => ({ table: openTable(), readDonorKey }),
  handle: answerUnsubscribe,
};
export const handler = httpFunction(definition);
