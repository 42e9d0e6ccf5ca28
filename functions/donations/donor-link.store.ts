import * as z from 'zod';
import { type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { donorLinkKey, donorLinkStepKey, linkedDonorsKey } from '../platform/keys.ts';
import type { Condition, Table } from '../platform/table.ts';
import { findDonation } from './donation-entry.store.ts';
import { type DonorLink, type DonorLinkRequest, donorLinkSchema, linkProblem, type Standing } from './donor-link.ts';

const linkedSchema = z.object({ aliases: z.number().int() });

/** How a payer is linked, if ever: one read. Throws TransientError or ThrottledError where the store cannot answer. */
export async function findDonorLink(table: Table, payerId: string): Promise<DonorLink | undefined> {
  const link = await table.get(donorLinkKey(payerId));
  return link === undefined ? undefined : donorLinkSchema.parse(link);
}

export type Linked = { readonly kind: 'decided'; readonly link: DonorLink };

/**
 * Links the payers of two gifts, or takes that back, in one transaction that keeps the step: what it depends on is guarded, so that two
 * people at once cannot make a chain of it. The same again answers what stands. Throws TransientError where others come between.
 */
export async function decideDonorLink(
  table: Table,
  { decision, giftId, sameAsGiftId, evidence }: DonorLinkRequest,
  by: string,
  now: Instant,
): Promise<Linked | Refusal> {
  const [gift, sameAs] = await Promise.all([findDonation(table, giftId), findDonation(table, sameAsGiftId)]);
  if (gift === undefined || sameAs === undefined)
    return refuse('unknown-gift', 'One of the gifts is not in the books.');
  const standing = await standingOf(table, gift.donorId, sameAs.donorId);
  const { aliasId, donorId, ofAlias, ofDonor } = standing;
  const state = decision === 'link' ? 'linked' : 'unlinked';
  if (ofAlias?.state === state && ofAlias.donorId === donorId) return { kind: 'decided', link: ofAlias };
  const refused = linkProblem(decision, standing);
  if (refused !== undefined) return refused;
  const version = (ofAlias?.version ?? 0) + 1;
  const link: DonorLink = { type: 'donor-link', aliasId, donorId, state, version, evidence, by, at: now };
  const outcome = await table.transact([
    { put: { ...donorLinkKey(aliasId), ...link }, when: asRead(ofAlias) },
    { put: { ...donorLinkStepKey(aliasId, version), ...link, type: 'donor-link-step' }, when: { absent: true } },
    {
      update: linkedDonorsKey(donorId),
      set: { type: 'linked-donors' },
      add: { aliases: decision === 'link' ? 1 : -1 },
    },
    { check: donorLinkKey(donorId), when: asRead(ofDonor) },
    {
      check: linkedDonorsKey(aliasId),
      when: standing.isMain ? { equals: { aliases: standing.linkedToAlias } } : { absent: true },
    },
  ]);
  if (outcome.kind === 'committed') return { kind: 'decided', link };
  throw new TransientError('somebody else changed a link of these donors just now');
}

const asRead = (link: DonorLink | undefined): Condition =>
  link === undefined ? { absent: true } : { equals: { version: link.version } };

async function standingOf(
  table: Table,
  aliasId: string,
  donorId: string,
): Promise<Standing & { readonly isMain: boolean }> {
  const [ofAlias, ofDonor, linked] = await Promise.all([
    findDonorLink(table, aliasId),
    findDonorLink(table, donorId),
    table.get(linkedDonorsKey(aliasId)),
  ]);
  const linkedToAlias = linked === undefined ? 0 : linkedSchema.parse(linked).aliases;
  return { aliasId, donorId, ofAlias, ofDonor, linkedToAlias, isMain: linked !== undefined };
}
