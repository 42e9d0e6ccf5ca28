import * as z from 'zod';
import type { Instant } from '../kernel/time.ts';
import {
  auditAnchorKey,
  auditAnchorsFrom,
  auditHeadKey,
  auditHeadsMovedOn,
  auditLineKey,
  auditLinesFrom,
} from '../platform/keys.ts';
import { everyItem, type Item, type Table } from '../platform/table.ts';
import { type AuditHead, type AuditLine, auditHeadSchema, auditLineSchema } from './audit-line.ts';
import type { Anchor, StoredLine } from './verify-chain.ts';

/** Lines read at once: a megabyte, which is what one answer of DynamoDB holds, is some hundreds of them. */
const PAGE_SIZE = 200;

/** An organisation's lines after a number, in order. Throws where one of them was tampered with beyond reading. */
export async function* auditLines(table: Table, organisationId: string, after = 0): AsyncGenerator<AuditLine> {
  for await (const item of everyItem(table, auditLinesFrom(organisationId, after + 1), PAGE_SIZE))
    yield auditLineSchema.parse(contentOf(item));
}

/** The same for whoever looks for tampering: nothing is taken for granted. */
export async function* storedLines(table: Table, organisationId: string, after = 0): AsyncGenerator<StoredLine> {
  for await (const item of everyItem(table, auditLinesFrom(organisationId, after + 1), PAGE_SIZE)) {
    const digits = /^LINE#(\d{12})$/.exec(item.sk)?.[1];
    const parsed = auditLineSchema.safeParse(contentOf(item));
    yield { storedNumber: Number(digits ?? Number.NaN), line: parsed.success ? parsed.data : undefined };
  }
}

/** One line as it stands. */
export async function findLine(table: Table, organisationId: string, number: number): Promise<AuditLine | undefined> {
  const item = await table.get(auditLineKey(organisationId, number));
  return item === undefined ? undefined : auditLineSchema.safeParse(contentOf(item)).data;
}

const contentOf = ({ pk: _pk, sk: _sk, type: _type, ...content }: Item): Record<string, unknown> => content;

export async function findHead(table: Table, organisationId: string): Promise<AuditHead | undefined> {
  const item = await table.get(auditHeadKey(organisationId));
  return item === undefined ? undefined : auditHeadSchema.parse(item);
}

/** The heads of all chains whose last line is of a day (UTC). The index lags by a second or so. */
export async function headsMovedOn(table: Table, day: string): Promise<AuditHead[]> {
  const heads: AuditHead[] = [];
  for await (const item of everyItem(table, auditHeadsMovedOn(day))) heads.push(auditHeadSchema.parse(item));
  return heads;
}

const anchorSchema = z.object({ number: z.number().int(), hash: z.string() });

/** The anchors of an organisation's chain after a line, in order. */
export async function anchorsAfter(table: Table, organisationId: string, after: number): Promise<Anchor[]> {
  const anchors: Anchor[] = [];
  for await (const item of everyItem(table, auditAnchorsFrom(organisationId, after + 1)))
    anchors.push(anchorSchema.parse(item));
  return anchors;
}

/** The newest anchor of an organisation's chain. */
export async function lastAnchor(table: Table, organisationId: string): Promise<Anchor | undefined> {
  const { items } = await table.query(auditAnchorsFrom(organisationId, 1), { limit: 1, descending: true });
  return anchorSchema.optional().parse(items[0]);
}

/** Keeps what a chain's end was, once for ever; whether it is new. An anchor is never changed. */
export async function keepAnchor(
  table: Table,
  { organisationId, number, hash }: AuditHead,
  now: Instant,
): Promise<'kept' | 'there'> {
  const anchor = { ...auditAnchorKey(organisationId, number), type: 'audit-anchor', organisationId, number, hash };
  const outcome = await table.write({ put: { ...anchor, keptAt: now }, when: { absent: true } });
  return outcome.kind === 'written' ? 'kept' : 'there';
}
