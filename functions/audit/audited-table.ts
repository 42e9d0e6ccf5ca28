import { PermanentError, ThrottledError, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { type Patience, realPatience } from '../matching/patience.ts';
import { auditHeadIndexKey, auditHeadKey, auditLineKey } from '../platform/keys.ts';
import {
  addressOf,
  type CancelReason,
  conditionHolds,
  type Item,
  keyOf,
  LARGEST_TRANSACTION,
  readMany,
  type Table,
  type TransactOutcome,
  type TransactWrite,
} from '../platform/table.ts';
import { type AuditHead, type AuditLine, auditHeadSchema, nextLine } from './audit-line.ts';
import { type Before, itemChanges } from './item-changes.ts';

/** Whose trail is written, and what it says of each change. */
export type AuditContext = {
  /** `undefined` until it is known, and nothing can be written until then. */
  readonly organisationId: string | undefined;
  /** A person's id, or `workflow`. */
  readonly by: string;
  /** The route, or what a workflow does. */
  readonly action: string;
  /** The address from which the call came. */
  readonly from?: string;
  readonly now: Instant;
  /**
   * Which changes this organisation's trail tells of; all where it is left out. For what two organisations do together: an audited
   * table over another one's audited table writes both trails in the one transaction, and each tells of its own.
   */
  readonly concerns?: (write: TransactWrite) => boolean;
};

/** The line and the head of the chain. */
const OWN_ACTIONS = 2;
/** What is left of a transaction for whoever writes through an audited table. */
export const LARGEST_AUDITED_TRANSACTION = LARGEST_TRANSACTION - OWN_ACTIONS;

/**
 * A few people of one organisation at once: with full jitter from 20 ms, doubled up to 500 ms, 12 attempts take 2 s on
 * average and 4 s at most, inside a call's 10 s.
 */
const MOST_ATTEMPTS = 12;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

/**
 * The table as it is, but that every change through it appends a line to an organisation's audit trail in the same
 * transaction. Who writes through it sees what they would see without it: conditions, conflicts and lost answers
 * are their own. That another line came first is not: then everything is read again and tried again, and TransientError
 * is thrown when that does not get through.
 *
 * The head of the chain puts the audited changes of one organisation into an order. Items are read after the head and
 * written only with it, so what a line says was there before is what was there, but for what is written past the trail.
 */
export function auditedTable(table: Table, context: AuditContext, patience: Patience = realPatience): Table {
  const { concerns = everything } = context;

  async function pauseBefore(attempt: number): Promise<void> {
    if (attempt >= MOST_ATTEMPTS) throw new TransientError(`the audit trail stayed busy for ${MOST_ATTEMPTS} attempts`);
    await patience.pause(patience.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt));
  }

  /** `no-deed`: nothing was sent, because nothing of it belongs into the trail. */
  async function audited(writes: readonly TransactWrite[]): Promise<TransactOutcome | 'no-deed'> {
    for (let attempt = 0; ; attempt += 1) {
      if (attempt > 0) await pauseBefore(attempt);
      const { organisationId } = context;
      const head = organisationId === undefined ? undefined : await readHead(table, organisationId);
      const told = writes.filter(concerns);
      const changes = itemChanges(told, await readBefore(table, told));
      if (changes.length === 0) return 'no-deed';
      if (organisationId === undefined)
        throw new PermanentError(`${context.action} writes before it is known for which organisation`);
      const { by, action, from, now: at } = context;
      const line = nextLine(head, { organisationId, at, by, action, from, changes });
      const outcome = await table.transact([...writes, ...appended(line, head)]);
      if (outcome.kind === 'committed') return outcome;
      const reasons = outcome.reasons.slice(0, writes.length);
      if (reasons.some((reason) => reason !== 'none')) return { kind: 'cancelled', reasons };
      refuseUnlessBusy(outcome.reasons.slice(writes.length));
    }
  }

  return {
    get: (key, options) => table.get(key, options),
    getMany: (keys) => table.getMany(keys),
    query: (question, options) => table.query(question, options),
    async transact(writes) {
      const outcome = await audited(writes);
      return outcome === 'no-deed' ? table.transact(writes) : outcome;
    },
    async write(write) {
      for (let attempt = 0; ; attempt += 1) {
        if (attempt > 0) await pauseBefore(attempt);
        const outcome = await audited([write]);
        if (outcome === 'no-deed') return table.write(write);
        if (outcome.kind === 'committed') return { kind: 'written' };
        const [reason = 'other'] = outcome.reasons;
        if (reason !== 'condition-failed') refuseUnlessBusy([reason]);
        else {
          const existing = await table.get(keyOf(write));
          // A transaction does not tell what was in its way. If that has gone meanwhile, nothing is.
          if (!conditionHolds(existing, write.when)) return { kind: 'condition-failed', existing };
        }
      }
    },
  };
}

const everything = (): boolean => true;

async function readHead(table: Table, organisationId: string): Promise<AuditHead | undefined> {
  const item = await table.get(auditHeadKey(organisationId));
  return item === undefined ? undefined : auditHeadSchema.parse(item);
}

async function readBefore(table: Table, writes: readonly TransactWrite[]): Promise<Before> {
  const keys = writes.filter((write) => !('check' in write)).map(keyOf);
  const items: readonly Item[] = await readMany(table, keys);
  return new Map(items.map((item) => [addressOf(item), item]));
}

function appended(line: AuditLine, head: AuditHead | undefined): TransactWrite[] {
  const { organisationId, number, hash, at } = line;
  const next: AuditHead = { type: 'audit-head', organisationId, number, hash };
  return [
    { put: { ...auditLineKey(organisationId, number), type: 'audit-line', ...line }, when: { absent: true } },
    {
      put: { ...auditHeadKey(organisationId), ...auditHeadIndexKey(at, organisationId), ...next },
      when: head === undefined ? { absent: true } : { equals: { number: head.number, hash: head.hash } },
    },
  ];
}

/** Returns where another attempt may get through; throws by name what no attempt of ours mends. */
function refuseUnlessBusy(reasons: readonly CancelReason[]): void {
  if (reasons.includes('throttled')) throw new ThrottledError('the audit trail is written too fast');
  if (reasons.some((reason) => reason === 'invalid' || reason === 'other'))
    throw new PermanentError(`the store refused a line of the audit trail: ${reasons.join(', ')}`);
}
