import type { DonationEntry } from '../../functions/donations/donation-entry.ts';
import { recordRefund } from '../../functions/donations/refund-entry.store.ts';
import { refundEntrySchema } from '../../functions/donations/refund-entry.ts';
import { type Violation, violationsOf } from '../../functions/ledger/invariants.ts';
import type { FunctionName } from '../../functions/manifest.ts';
import { allocateGifts } from '../../functions/matching/allocation.store.ts';
import { readPool } from '../../functions/matching/matching-pool.store.ts';
import { settleRefunds } from '../../functions/matching/settlement.store.ts';
import type { Actor } from '../../functions/platform/http.ts';
import { poolKey } from '../../functions/platform/keys.ts';
import type { AnyHttpDefinition } from '../platform/any-http-function.ts';
import { PROPOSAL } from '../stories/people.ts';
import { openedCampaign } from '../stories/play.ts';
import { settledBooks } from '../stories/settled-books.ts';
import { type Answer, World } from '../stories/world.ts';
import { entry, record, WINDOW } from './money-path.ts';

export const FINANCE: Actor = { id: 'finance-chen', groups: ['finance'] };
export const AUDITOR: Actor = { id: 'auditor-sun', groups: ['auditor'] };

export type Sent = {
  readonly body?: object;
  readonly query?: Record<string, string>;
  readonly actor?: Actor;
  readonly giftId?: string;
};

const hurried = { random: () => 0, pause: async () => undefined };

/** An open campaign of 7 to 9 September with gifts that are counted without a provider, for tests of what steers it. */
export class SteeredCampaign {
  readonly world = new World();
  campaignId = '';

  static async open(matching: object): Promise<SteeredCampaign> {
    const campaign = new SteeredCampaign();
    campaign.campaignId = await openedCampaign(campaign.world, { ...PROPOSAL, matching });
    campaign.world.at('2026-09-07T12:00:00+08:00');
    return campaign;
  }

  /** Counts the nth gift; the amount in fen, and what else it shall be. */
  async gift(n: number, amountMinor: number, changes: Partial<Record<keyof DonationEntry, unknown>> = {}) {
    const one = this.paid(n, amountMinor, changes);
    await this.count([one]);
    return one;
  }

  /** The nth gift before it is counted. */
  paid(n: number, amountMinor: number, changes: Partial<Record<keyof DonationEntry, unknown>> = {}): DonationEntry {
    const { campaignId } = this;
    return entry(n, { campaignId, amountMinor, payerAmountMinor: amountMinor, unitId: undefined, ...changes });
  }

  /** Counts gifts that came in one delivery. */
  async count(gifts: readonly DonationEntry[]): Promise<void> {
    await record(this.world.table, gifts);
    await allocateGifts(this.world.table, this.campaignId, gifts, this.world.now, hurried);
  }

  async refund(gift: DonationEntry, amountMinor: number, refundId = 'refund-1'): Promise<void> {
    const { giftId, provider, merchantId, paymentId, orderNo, campaignId, currency } = gift;
    const about = { giftId, provider, merchantId, paymentId, orderNo, campaignId, currency };
    const { now } = this.world;
    await recordRefund(
      this.world.table,
      refundEntrySchema.parse({ type: 'refund', ...about, refundId, amountMinor, occurredAt: now, recordedAt: now }),
    );
    await settleRefunds(this.world.table, giftId, now, hurried);
  }

  get<Use>(name: FunctionName, definition: AnyHttpDefinition<Use>, sent: Sent = {}): Promise<Answer> {
    return this.#send(name, definition, 'GET', sent);
  }
  post<Use>(name: FunctionName, definition: AnyHttpDefinition<Use>, sent: Sent): Promise<Answer> {
    return this.#send(name, definition, 'POST', sent);
  }

  #send<Use>(name: FunctionName, definition: AnyHttpDefinition<Use>, method: string, sent: Sent): Promise<Answer> {
    const { campaignId } = this;
    return this.world.request(name, definition, {
      method,
      path: `/campaigns/${campaignId}`,
      routeParameters: { campaignId, ...(sent.giftId === undefined ? {} : { giftId: sent.giftId }) },
      ...(sent.query === undefined ? {} : { query: sent.query }),
      ...(sent.body === undefined ? {} : { body: JSON.stringify(sent.body) }),
      ...(sent.actor === undefined ? {} : { actor: sent.actor }),
    });
  }

  pool() {
    return readPool(this.world.table, this.campaignId);
  }

  /** Brings the pool to a later stage, as the workflow does. */
  async stage(stage: 'publicised' | 'confirmed'): Promise<void> {
    const { sequence } = await this.pool();
    await this.world.table.write({
      update: poolKey(this.campaignId),
      set: { state: 'finalised', stage, finalisedSequence: sequence },
    });
  }

  async violations(): Promise<Violation[]> {
    const days = [WINDOW.firstDay, '2026-09-08', WINDOW.lastDay, '2026-09-10'] as (typeof WINDOW.firstDay)[];
    return violationsOf(await settledBooks(this.world.table, this.campaignId, days));
  }
}

/** Yuan for yuan from one sponsor, and what else the plan shall have. */
export const onePool = (poolMinor: number, rule: object = {}) => ({
  rules: [
    { version: 2, kind: 'ratio', id: 'kelun', sponsor: '科伦', poolMinor, numerator: 1, denominator: 1, ...rule },
  ],
});
