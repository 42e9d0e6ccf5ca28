import { type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { campaignKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { readCampaign } from './campaign.store.ts';
import { MOST_UNITS, type Unit } from './campaign-proposal.ts';

export type JoinOutcome =
  | { readonly kind: 'joined' | 'already-there'; readonly units: number; readonly version: number }
  | Refusal;

/** While nobody decides on the proposal and gifts can still come. */
const UNITS_JOIN: ReadonlySet<string> = new Set(['approved', 'filed', 'open', 'paused']);

/** Adds a unit to a campaign that goes on, once. Rules that split money over units see it like those that were there before. */
export async function joinUnit(table: Table, campaignId: string, unit: Unit, now: Instant): Promise<JoinOutcome> {
  const { proposal, status, version } = await readCampaign(table, campaignId);
  const known = proposal.units.find(({ id }) => id === unit.id);
  if (known?.name === unit.name) return { kind: 'already-there', units: proposal.units.length, version };
  if (known !== undefined) return refuse('id-taken', `The id ${unit.id} belongs to ${known.name}. Choose another.`);
  if (!UNITS_JOIN.has(status))
    return refuse('not-joinable', `No unit joins a campaign that is ${status}: edit its draft, or it is over.`);
  if (proposal.units.length >= MOST_UNITS)
    return refuse('too-many-units', `A campaign has at most ${MOST_UNITS} units.`);
  const units = [...proposal.units, unit];
  const outcome = await table.write({
    update: campaignKey(campaignId),
    set: { proposal: { ...proposal, units }, version: version + 1, updatedAt: now },
    when: { equals: { type: 'campaign', version } },
  });
  if (outcome.kind === 'condition-failed')
    throw new TransientError(`campaign ${campaignId} changed while a unit joined it`);
  return { kind: 'joined', units: units.length, version: version + 1 };
}
