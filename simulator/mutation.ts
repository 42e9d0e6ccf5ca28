import type { FunctionName } from '../functions/manifest.ts';
import type { definition as confirmMatching } from '../functions/matching/confirm-matching.lambda.ts';
import { type GiftRule, isGiftRule, type MatchingRule } from '../functions/matching/matching-rule.ts';
import { type Condition, keyOf, type Table, type TransactWrite, type Write } from '../functions/platform/table.ts';
import type { GivingDayPlan } from './campaign-plan.ts';
import type { Ports } from './world.ts';

/**
 * One deliberate break. It changes what an invocation sends out or gets to see, never a source file: the handlers are
 * the real ones, and the system behaves as if they had been written wrongly.
 */
export type Mutation = {
  readonly name: string;
  readonly breaks: string;
  /** Where it can show at all: a hunt does not play other campaigns. */
  readonly where?: (plan: GivingDayPlan) => boolean;
  /** `store` is the table itself, where nothing fails. */
  readonly ports?: (ports: Ports, of: FunctionName, store: Table) => Ports;
  /** Another confirmation around the real one. */
  readonly confirm?: (definition: typeof confirmMatching) => typeof confirmMatching;
  /** The stream goes on after a batch that failed. */
  readonly losesFailedBatches?: true;
  /** The stream hands refunds to nobody. */
  readonly losesRefundRecords?: true;
};

/** What is sent to the store, as it is changed on the way. */
export type Rewrite = {
  readonly write?: (write: Write) => Write;
  readonly transact?: (writes: readonly TransactWrite[]) => readonly TransactWrite[];
};

const isOne = (only: FunctionName | undefined, of: FunctionName): boolean => only === undefined || only === of;

export const rewriting =
  (rewrite: Rewrite, only?: FunctionName) =>
  (ports: Ports, of: FunctionName): Ports =>
    isOne(only, of)
      ? {
          ...ports,
          table: {
            ...ports.table,
            write: (write) => ports.table.write(rewrite.write?.(write) ?? write),
            transact: (writes) => ports.table.transact(rewrite.transact?.(writes) ?? writes),
          },
        }
      : ports;

/** Another table around the real one. */
export const ported =
  (change: (table: Table, store: Table, ports: Ports) => Partial<Table>, only?: FunctionName) =>
  (ports: Ports, of: FunctionName, store: Table): Ports =>
    isOne(only, of) ? { ...ports, table: { ...ports.table, ...change(ports.table, store, ports) } } : ports;

export const isAbout = (write: TransactWrite, beginning: string, sortKey = ''): boolean => {
  const { pk, sk } = keyOf(write);
  return pk.startsWith(beginning) && sk.startsWith(sortKey);
};

/** The write without one of its conditions. */
function without<W extends TransactWrite>(write: W, lost: keyof Condition, attribute?: string): W {
  const { [lost]: dropped, ...rest } = write.when ?? {};
  if (attribute === undefined || typeof dropped !== 'object') return { ...write, when: rest };
  const kept = Object.fromEntries(Object.entries(dropped).filter(([name]) => name !== attribute));
  return { ...write, when: { ...rest, [lost]: kept } };
}

export const withoutGuard = (
  beginning: string,
  sortKey: string,
  lost: keyof Condition,
  attribute?: string,
): Required<Rewrite> => {
  const stripped = <W extends TransactWrite>(write: W): W =>
    isAbout(write, beginning, sortKey) ? without(write, lost, attribute) : write;
  return { write: stripped, transact: (writes) => writes.map(stripped) };
};

/** Giving days on which some rule of some campaign is like this. */
export const withRule =
  (isLike: (rule: MatchingRule) => boolean) =>
  ({ campaigns }: GivingDayPlan): boolean =>
    campaigns.some(({ campaign }) => campaign.proposal.matching.rules.some(isLike));

/** The same for rules that follow gifts. */
export const withGiftRule = (isLike: (rule: GiftRule) => boolean) =>
  withRule((rule) => isGiftRule(rule) && isLike(rule));

/** Several batches of one campaign are on their way at once, and slowly. */
export const isCrowded = ({ shards, sluggishness }: GivingDayPlan): boolean => shards > 1 && sluggishness.ms > 200;
/** One change after the other. */
export const all = (...rewrites: readonly Rewrite[]): Required<Rewrite> => ({
  write: (write) => rewrites.reduce((sent, rewrite) => rewrite.write?.(sent) ?? sent, write),
  transact: (writes) => rewrites.reduce((sent, rewrite) => rewrite.transact?.(sent) ?? sent, writes),
});

export const forgetting = (beginning: string, sortKey = ''): Rewrite => ({
  transact: (writes) => writes.filter((write) => !isAbout(write, beginning, sortKey)),
});
