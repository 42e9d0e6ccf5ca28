import type { Instant } from '../kernel/time.ts';
import type { DonationIntent } from './donation-intent.ts';
import type { RefundRequest } from './refund-request.ts';
import { ageDaysOf, type UnassignedMoney } from './unassigned-money.ts';

/** What stands beside unassigned money and helps to say what it is. */
export type Beside = {
  readonly refundedMinor: number;
  readonly intent?: DonationIntent | undefined;
  /** That the provider was asked to give it back. */
  readonly request?: RefundRequest | undefined;
};

/** Unassigned money as staff see it. */
export function unassignedView(money: UnassignedMoney, { refundedMinor, intent, request }: Beside, now: Instant) {
  const { type: _type, version: _version, organisationId, proposal, rejected, decidedBy, decidedAt, ...shown } = money;
  return {
    ...shown,
    intendedCampaignId: shown.intendedCampaignId ?? null,
    organisationId: organisationId ?? null,
    refundedMinor,
    /** What its order says, where there is one. */
    ordered: intent === undefined ? null : { amountMinor: intent.amountMinor, currency: intent.currency },
    ageDays: ageDaysOf(money, now),
    proposal: proposal ?? null,
    needsSecondPerson: proposal === undefined ? null : money.state === 'proposed' || decidedBy !== undefined,
    decidedBy: decidedBy ?? null,
    decidedAt: decidedAt ?? null,
    rejected: rejected ?? null,
    refund:
      request === undefined
        ? null
        : { state: request.state, amountMinor: request.amountMinor, reason: request.reason ?? null },
  };
}
