import { randomBytes } from 'node:crypto';
import { calendarUpdate } from '../duties/calendar.ts';
import { refuseUnfiled } from '../filing/filing.ts';
import { PermanentError, type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import type { MatchingPlan } from '../matching/matching-plan.ts';
import { openingPoolItem } from '../matching/matching-pool.ts';
import { SEED_BYTES, seedHashOf } from '../matching/rules/luck.ts';
import { campaignKey, seedsKey, transitionKey, transitionsOfCampaign } from '../platform/keys.ts';
import { everyItem, type Table, type TransactWrite, type Value } from '../platform/table.ts';
import { type Campaign, campaignSchema, type Transition, transitionSchema } from './campaign.ts';
import { isCampaignId } from './campaign-id.ts';
import { type CampaignStatus, illegalStepReason, isLegalStep, meaningOf } from './campaign-state.ts';
import { subPlanWrites } from './sub-plan-link.ts';

/** `stale` for public readers, who must never weigh on the item that orders read. */
export async function findCampaign(
  table: Table,
  campaignId: string,
  options: { readonly stale?: boolean } = {},
): Promise<Campaign | undefined> {
  if (!isCampaignId(campaignId)) return undefined;
  const item = await table.get(campaignKey(campaignId), options);
  // A draft is a kind of item of its own, which only those who write it look for.
  return item?.type === 'campaign' ? campaignSchema.parse(item) : undefined;
}

/** For workflow tasks, which only ever speak of campaigns that exist. Throws PermanentError otherwise. */
export async function readCampaign(table: Table, campaignId: string): Promise<Campaign> {
  const campaign = await findCampaign(table, campaignId);
  if (campaign === undefined) throw new PermanentError(`there is no campaign ${campaignId}`);
  return campaign;
}

export async function transitionsOf(table: Table, campaignId: string): Promise<Transition[]> {
  const transitions: Transition[] = [];
  for await (const item of everyItem(table, transitionsOfCampaign(campaignId)))
    transitions.push(transitionSchema.parse(item));
  return transitions;
}

export type MoveDetails = {
  readonly by: string;
  readonly now: Instant;
  readonly reason?: string | undefined;
  /** Attributes of the campaign that change with the step. */
  readonly set?: Readonly<Record<string, Value>>;
  /** Where the secret seeds of random rules come from; replaced by tests. */
  readonly freshSeed?: () => string;
};
export type MoveOutcome = { readonly kind: 'moved' } | { readonly kind: 'already-there' } | Refusal;

const freshSeed = (): string => randomBytes(SEED_BYTES).toString('hex');

/** A secret seed for every random rule of a plan; `undefined` where none draws lots. */
function seedsFor(plan: MatchingPlan, fresh: () => string): Record<string, string> | undefined {
  const ids = plan.rules.filter(({ kind }) => kind === 'random').map(({ id }) => id);
  return ids.length === 0 ? undefined : Object.fromEntries(ids.map((id) => [id, fresh()]));
}

const hashesOf = (seeds: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(seeds).map(([ruleId, seed]) => [ruleId, seedHashOf(seed)]));

/**
 * Takes one step, with its line in the history, and what belongs to it: a campaign that is approved gets the seeds of its
 * random rules, of which the hashes are public from then on; one that opens gets its full pool in the same transaction, so
 * that no gift can ever find it open without one; and from the approval on its calendar of duties goes with every step.
 * Refuses what is not a legal step, and to open what is not filed as the law asks (functions/filing/filing.ts).
 * Throws TransientError when somebody else changed the campaign meanwhile.
 */
export async function moveCampaign(
  table: Table,
  campaign: Campaign,
  to: CampaignStatus,
  details: MoveDetails,
): Promise<MoveOutcome> {
  const { campaignId, status: from, version, proposal } = campaign;
  if (from === to) return { kind: 'already-there' };
  if (!isLegalStep(from, to)) return refuse('illegal-step', illegalStepReason(from, to));
  const { by, now, reason } = details;
  const next = campaignSchema.parse({ ...campaign, ...details.set, status: to });
  // The one place through which every way to `open` leads, be it the workflow's or a person's.
  const unfiled = to === 'open' ? refuseUnfiled(next, now) : undefined;
  if (unfiled !== undefined) return unfiled;
  const number = version + 1;
  const transition: Transition = {
    type: 'transition',
    campaignId,
    number,
    from,
    to,
    at: now,
    by,
    ...(reason === undefined ? {} : { reason }),
  };
  // One that was paused opens again with the pool it has.
  const opens = to === 'open' && from !== 'paused';
  const seeds = to === 'approved' ? seedsFor(proposal.matching, details.freshSeed ?? freshSeed) : undefined;
  const changed = {
    ...details.set,
    reached: { ...campaign.reached, [to]: now },
    ...(opens ? { openedAt: now } : {}),
  };
  const writes: TransactWrite[] = [
    {
      update: campaignKey(campaignId),
      // A step that is taken shows that what needed attention was mended.
      set: {
        attention: null,
        ...changed,
        ...(seeds === undefined ? {} : { seedHashes: hashesOf(seeds) }),
        status: to,
        version: number,
        updatedAt: now,
      },
      when: { equals: { status: from, version } },
    },
    { put: { ...transitionKey(campaignId, number), ...transition }, when: { absent: true } },
    ...subPlanWrites({ ...campaign, ...details.set } as Campaign, to),
  ];
  if (meaningOf(to)?.isPublic === true) writes.push(calendarUpdate(campaignSchema.parse({ ...next, ...changed })));
  if (seeds !== undefined)
    writes.push({ put: { ...seedsKey(campaignId), type: 'seeds', campaignId, seeds }, when: { absent: true } });
  if (opens) {
    writes.push({
      put: openingPoolItem(campaignId, proposal.matching, proposal.window, proposal.currency),
      when: { absent: true },
    });
  }
  const outcome = await table.transact(writes);
  if (outcome.kind === 'committed') return { kind: 'moved' };
  throw new TransientError(`campaign ${campaignId} changed while it was being moved to ${to}`);
}

/** Marks that the workflow could not go on by itself, without changing the campaign's state. */
export async function flagCampaign(
  table: Table,
  campaignId: string,
  attention: { phase: string; reason: string; at: Instant },
): Promise<void> {
  await table.write({ update: campaignKey(campaignId), set: { attention }, when: { equals: { type: 'campaign' } } });
}
