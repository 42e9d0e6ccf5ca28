import * as z from 'zod';
import { readDonorKey } from '../donations/merchant-secret.gateway.ts';
import type { Instant } from '../kernel/time.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { contactHashOf } from './contact-hash.ts';
import { mailEventSchema, reportsOf } from './delivery-event.ts';
import { noteReport } from './suppression.store.ts';

export type RecordDeliveryUse = { readonly table: Table; readonly readDonorKey: () => Promise<string> };
// The envelope holds more than is read; what is not one of the two events is a rule that lets too much through.
const inputSchema = z.looseObject({ 'detail-type': z.string(), detail: z.looseObject({}) });
type Input = z.infer<typeof inputSchema>;

/** Remembers, by their hashes, the addresses that mail came back from for good or whose readers complained. */
async function recordDeliveryEvent(
  input: Input,
  use: RecordDeliveryUse,
  now: Instant,
): Promise<{ readonly kind: 'recorded' | 'ignored' }> {
  const event = mailEventSchema.safeParse(input);
  if (!event.success) {
    log.warn('a mail event of another kind', { detailType: input['detail-type'] });
    return { kind: 'ignored' };
  }
  const donorKey = await use.readDonorKey();
  for (const { address, report } of reportsOf(event.data)) {
    const outcome = await noteReport(use.table, contactHashOf(donorKey, address), report, now);
    if (outcome !== 'known') count(report.kind === 'complained' ? METRICS.mailComplained : METRICS.mailBounced);
    log.info('delivery report noted', { report: report.kind, outcome });
  }
  return { kind: 'recorded' };
}

export const definition: TaskDefinition<Input, RecordDeliveryUse> = {
  name: 'record-delivery-event',
  input: inputSchema,
  open: () => ({ table: openTable(), readDonorKey }),
  handle: recordDeliveryEvent,
};
export const handler = taskFunction(definition);
