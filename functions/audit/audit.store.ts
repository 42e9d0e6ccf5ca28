import { auditLinesFrom } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { type AuditLine, auditLineSchema } from './audit-line.ts';

/** An organisation's lines after a number, in order, page by page. */
export async function* auditLines(table: Table, organisationId: string, after = 0): AsyncGenerator<AuditLine> {
  for await (const item of everyItem(table, auditLinesFrom(organisationId, after + 1), 100))
    yield auditLineSchema.parse(item);
}
