import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { type HttpAnswer, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { addressesOf, pendingClaims } from './match-claim.store.ts';
import type { MatchClaim } from './match-claim.ts';
import { findPool } from './matching-pool.store.ts';
import type { MatchingPool } from './matching-pool.ts';
import { claimedOffer } from './offer.ts';

/** A position in the index of claims: time, gift, rule. */
const POSITION = /^2[0-9TZ:.-]{10,30}#[a-z0-9_]{1,64}#[a-z0-9-]{1,40}$/;

async function answerClaims(request: StaffRequest, use: { table: Table }): Promise<HttpAnswer> {
  const after = request.query['after'];
  if (after !== undefined && !POSITION.test(after))
    return problem(400, 'bad-cursor', '"after" must be as "next" of the page before.');
  const { campaignId = '' } = request.parameters;
  const pool = await findPool(use.table, campaignId);
  if (pool === undefined)
    return problem(404, 'unknown-campaign', 'There is no such campaign, or it has not opened yet.');
  const { claims, next } = await pendingClaims(use.table, campaignId, after);
  const addresses = await addressesOf(use.table, claims);
  return {
    status: 200,
    body: {
      campaignId,
      claims: claims.map((claim) => claimView(claim, pool, addresses)),
      next: next === undefined ? null : `?after=${encodeURIComponent(next)}`,
    },
  };
}

/** `offerMinor`: what the rule gives for the whole gift before caps, refunds and what the pool has left. */
function claimView(claim: MatchClaim, { plan }: MatchingPool, addresses: ReadonlyMap<string, string>) {
  const { giftId, orderNo, ruleId, amountMinor, proof, requestedAt } = claim;
  const rule = plan.rules.find(({ id }) => id === ruleId);
  return {
    giftId,
    orderNo,
    ruleId,
    sponsor: rule?.sponsor,
    amountMinor,
    offerMinor: rule?.kind === 'employer' ? claimedOffer(rule, amountMinor).minor : 0,
    proof,
    email: addresses.get(orderNo),
    requestedAt,
  };
}

export const definition: StaffDefinition<{ table: Table }> = {
  name: 'list-match-claims',
  access: {
    'GET /campaigns/{campaignId}/match-claims': { roles: ['finance', 'approver'], of: 'campaign' },
  },
  open: () => ({ table: openTable() }),
  handle: answerClaims,
};
export const handler = staffFunction(definition);
