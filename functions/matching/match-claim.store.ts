import type { DonationEntry } from '../donations/donation-entry.ts';
import { donorContactSchema } from '../donations/donation-intent.ts';
import { type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { claimKey, donorContactKey, orderGiftKey, pendingClaimsOfCampaign, standingKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { unclaimable } from './claim-settlement.ts';
import {
  type ClaimRequest,
  claimableUntil,
  claimItemOf,
  type EmployerRule,
  type MatchClaim,
  matchClaimSchema,
  type ProofAtHand,
  proofOf,
} from './match-claim.ts';
import { standingSchema } from './match-entry.ts';
import { findPool } from './matching-pool.store.ts';
import type { MatchingPool } from './matching-pool.ts';
import { readGiftAccount } from './settlement.store.ts';

export type ClaimOutcome =
  | { readonly kind: 'requested'; readonly claim: MatchClaim }
  | { readonly kind: 'already-requested'; readonly claim: MatchClaim }
  | Refusal;

const UNKNOWN_ORDER = refuse(
  'unknown-order',
  'No gift of this campaign was counted under this order number. After paying it takes some minutes.',
);

/** Writes a donor's claim for an employer's match once, where the gift may be claimed for; a repeat finds what stands. */
export async function requestClaim(
  table: Table,
  campaignId: string,
  request: ClaimRequest,
  now: Instant,
): Promise<ClaimOutcome> {
  const [pool, paid] = await Promise.all([findPool(table, campaignId), table.get(orderGiftKey(request.orderNo))]);
  if (pool === undefined || paid?.['campaignId'] !== campaignId) return UNKNOWN_ORDER;
  const account = await readGiftAccount(table, String(paid['giftId']));
  const { entry, match } = account;
  if (entry === undefined || match === undefined) return UNKNOWN_ORDER;
  const standing = account.claims.find(({ ruleId }) => ruleId === request.ruleId);
  if (standing !== undefined) return { kind: 'already-requested', claim: standing };
  const rule = employerRuleOf(pool, request.ruleId);
  if ('code' in rule) return rule;
  const refused = unclaimable(pool, match, account) ?? outOfTime(rule, entry, pool, now);
  if (refused !== undefined) return refused;
  // What the rule found of the gift when it was counted: whether it was in force, and the gift large enough.
  const outcome = match.draws.find(({ ruleId }) => ruleId === rule.id)?.outcome;
  if (outcome !== 'awaits-claim')
    return refuse('not-claimable', NOT_CLAIMABLE[outcome ?? ''] ?? 'This rule gives nothing for this gift.');
  const proof = proofOf(rule, entry.unitId, await proofAtHand(table, campaignId, entry, request));
  if (proof.kind === 'refused') return proof;
  const { giftId, orderNo, amountMinor } = entry;
  const about = { campaignId, giftId, orderNo, ruleId: rule.id, amountMinor };
  return keepClaim(table, { type: 'match-claim', ...about, proof, requestedAt: now, state: 'pending' });
}

const NOT_CLAIMABLE: Readonly<Record<string, string>> = {
  'outside-window': 'The gift was paid when this rule was not in force.',
  'below-minimum': 'The gift is less than the smallest that this rule matches.',
};

function employerRuleOf(pool: MatchingPool, ruleId: string): EmployerRule | Refusal {
  const rule = pool.plan.rules.find(({ id }) => id === ruleId);
  if (rule?.kind === 'employer') return rule;
  const employers = pool.plan.rules.filter(({ kind }) => kind === 'employer').map(({ id }) => id);
  return refuse('no-employer-rule', 'This campaign has no employer’s match of this name.', [
    {
      field: 'ruleId',
      problem: 'is no rule whose match can be asked for',
      fix: employers.length === 0 ? 'nothing: this campaign has no such rule' : `send one of ${employers.join(', ')}`,
    },
  ]);
}

function outOfTime(
  rule: EmployerRule,
  { day }: DonationEntry,
  { zone }: MatchingPool,
  now: Instant,
): Refusal | undefined {
  if (now < claimableUntil(rule, day, zone)) return undefined;
  return refuse(
    'too-late',
    `A gift may be claimed for within ${rule.requestWithinDays} days; this one was paid on ${day}.`,
  );
}

/** What says whose people the donor is. The address is read where a rule may need it, and never copied. */
async function proofAtHand(
  table: Table,
  campaignId: string,
  { donorId, orderNo }: DonationEntry,
  { ruleId, code }: ClaimRequest,
): Promise<ProofAtHand> {
  if (code !== undefined) return { code, isListed: false, email: undefined };
  const [standing, contact] = await Promise.all([
    table.get(standingKey(campaignId, donorId)),
    table.get(donorContactKey(orderNo)),
  ]);
  const listed = standingSchema.optional().parse(standing)?.employerRuleIds ?? [];
  const email = donorContactSchema.optional().parse(contact)?.email;
  return { code, isListed: listed.includes(ruleId), email };
}

async function keepClaim(table: Table, claim: MatchClaim): Promise<ClaimOutcome> {
  const written = await table.write({ put: claimItemOf(claim), when: { absent: true } });
  if (written.kind === 'written') return { kind: 'requested', claim };
  const existing = written.existing ?? (await table.get(claimKey(claim.giftId, claim.ruleId)));
  if (existing === undefined) throw new TransientError('the claim could not be written just now');
  return { kind: 'already-requested', claim: matchClaimSchema.parse(existing) };
}

/** Claims given in one call. */
const CLAIMS_PER_PAGE = 50;
/** `next`: the index position to go on after; `undefined` at the end. */
export type ClaimPage = { readonly claims: readonly MatchClaim[]; readonly next: string | undefined };

/** Claims that wait for a decision, oldest first, after the given position. The index follows a moment later. */
export async function pendingClaims(table: Table, campaignId: string, after: string | undefined): Promise<ClaimPage> {
  // One more for the position itself, which may still be there, and one to see whether there is more.
  const page = await table.query(pendingClaimsOfCampaign(campaignId, after), { limit: CLAIMS_PER_PAGE + 2 });
  const items = page.items.filter(({ indexSk }) => indexSk !== after);
  const shown = items.slice(0, CLAIMS_PER_PAGE);
  const last = shown.at(-1);
  return {
    claims: shown.map((item) => matchClaimSchema.parse(item)),
    next: items.length > CLAIMS_PER_PAGE && last !== undefined ? String(last['indexSk']) : undefined,
  };
}

/** How many claims wait, up to `limit`, and whether there are more. */
export async function countPendingClaims(table: Table, campaignId: string, limit: number) {
  const page = await table.query(pendingClaimsOfCampaign(campaignId), { limit });
  return { claims: page.items.length, more: page.cursor !== undefined };
}

/** The mail addresses of those claims that rest on one, by order number: an address proves little, so the approver sees it. */
export async function addressesOf(table: Table, claims: readonly MatchClaim[]): Promise<ReadonlyMap<string, string>> {
  const orders = claims.filter(({ proof }) => proof.kind === 'email-domain').map(({ orderNo }) => orderNo);
  const contacts = await table.getMany([...new Set(orders)].map(donorContactKey));
  return new Map(
    contacts.flatMap((item) => {
      const { orderNo, email } = donorContactSchema.parse(item);
      return email === undefined ? [] : [[orderNo, email] as const];
    }),
  );
}
