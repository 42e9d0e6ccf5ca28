import { type ReceiveStripeUse, definition as receiveStripe } from '../../functions/donations/receive-stripe.lambda.ts';
import { parseStripeSecrets } from '../../functions/donations/stripe-account.ts';
import type { Instant } from '../../functions/kernel/time.ts';
import type { Table } from '../../functions/platform/table.ts';
import { anyHttpFunction } from '../platform/any-http-function.ts';
import { httpEvent, lambdaContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { type Delivery, merchantSecret, NOW } from './stripe-maker.ts';

/** The door as it is deployed, on a table as its grant shows it: one delivery in, the answer out. */
export function stripeDoor(table: Table, secret = JSON.stringify(merchantSecret())) {
  const use: ReceiveStripeUse = {
    table: restrictedTable(table, 'receive-stripe'),
    readSecrets: async () => parseStripeSecrets(secret),
    readDonorKey: async () => 'donor key',
  };
  return async ({ headers, body }: Delivery, now: Instant = NOW) => {
    const handler = anyHttpFunction(receiveStripe, { use, tellTime: async () => now });
    const event = httpEvent({ method: 'POST', path: '/webhooks/stripe', headers, body });
    const result = await handler(event, lambdaContext);
    return { status: result.statusCode ?? 0, body: JSON.parse(result.body ?? 'null') as unknown };
  };
}
