import type { Campaign } from '../functions/campaigns/campaign.ts';
import type { Adjustment } from '../functions/matching/adjustment.ts';
import { type JournalPage, journalPageOf } from '../functions/matching/journal-page.ts';
import type { JournalLine, MatchEntry } from '../functions/matching/match-entry.ts';
import { MATCH_STAGES, type MatchingPool } from '../functions/matching/matching-pool.ts';
import type { Item } from '../functions/platform/table.ts';
import type { Auditor } from './auditor.ts';
import { CapWatch, type ProgrammeYears } from './cap-watch.ts';
import { ClaimsAudit } from './claims-audit.ts';
import { CopiesAudit } from './copies-audit.ts';
import { CountedTotals } from './counted-totals.ts';
import { Judge } from './judge.ts';

/**
 * The books of one campaign under audit: everything that is written of it is held against the invariants as it is
 * written, worked out step by step so that millions of gifts can be afforded. What holds only between transactions waits
 * for `check`.
 */
export class BooksAudit {
  readonly campaign: Campaign;
  /** Gifts whose match a person must decide on, as they are counted. */
  onHeld: (giftId: string) => void = () => undefined;
  readonly #auditor: Auditor;
  readonly #seeds: Readonly<Record<string, string>>;
  readonly #totals = new CountedTotals();
  readonly #caps: CapWatch;
  readonly #matches = new Map<string, MatchEntry>();
  readonly #settled = new Set<string>();
  readonly #claims = new ClaimsAudit();
  readonly #copies = new CopiesAudit();
  readonly #adjustments: Adjustment[] = [];
  #judge: Judge | undefined;
  #pool: MatchingPool | undefined;
  #lines = 0;
  #arrived = 0;
  #freshLines: { readonly line: JournalLine; readonly sequence: number }[] = [];
  #freshMatches: string[] = [];
  #changed = false;

  constructor(auditor: Auditor, campaign: Campaign, seeds: Readonly<Record<string, string>>, years: ProgrammeYears) {
    this.#auditor = auditor;
    this.campaign = campaign;
    this.#seeds = seeds;
    this.#caps = new CapWatch(years);
  }

  get pool(): MatchingPool | undefined {
    return this.#pool;
  }
  get adjustments(): readonly Adjustment[] {
    return this.#adjustments;
  }
  /** `pending`, `approved` or `declined`; `undefined` where nobody has asked. */
  stateOfClaim(giftId: string, ruleId: string): string | undefined {
    return this.#claims.stateOf(giftId, ruleId);
  }
  /** How many gifts of the campaign have arrived and are not counted. */
  get uncounted(): number {
    return this.#arrived - this.#lines;
  }

  hasSettled(giftId: string, refundId: string): boolean {
    return this.#settled.has(`${giftId} ${refundId}`);
  }

  arrived(): void {
    this.#arrived += 1;
  }

  /** Takes note of one new or changed item of this campaign. */
  observe(before: Item | undefined, after: Item): void {
    switch (after.type) {
      case 'match':
        if (before !== undefined) this.#find('a match is written once and never changed', textOf(after));
        this.#matches.set(String(after['giftId']), after as unknown as MatchEntry);
        this.#freshMatches.push(String(after['giftId']));
        break;
      case 'journal-page':
        if (before !== undefined) this.#find('the journal is only ever continued', textOf(after));
        this.#turnPage(journalPageOf(after));
        break;
      case 'adjustment':
        if (before !== undefined) this.#find('an adjustment is written once and never changed', textOf(after));
        if (after.sk.startsWith('SETTLEMENT#')) this.#copies.copy(after as unknown as Adjustment);
        else this.#adjust(after as unknown as Adjustment);
        break;
      case 'match-claim':
        this.#findAll('a claim is decided once, and draws what it says', this.#claims.observe(before, after));
        break;
      case 'pool':
        this.#setPool(after as unknown as MatchingPool);
        break;
      case 'campaign-totals':
      case 'unit-totals':
      case 'team-totals':
      case 'day-totals':
        this.#totals.record(after);
        break;
      default:
        return;
    }
    this.#changed = true;
  }

  #find(invariant: string, detail: string): void {
    this.#auditor.find(invariant, detail);
  }
  #findAll(invariant: string, details: Iterable<string>): void {
    for (const detail of details) this.#find(invariant, detail);
  }

  #setPool(pool: MatchingPool): void {
    const before = this.#pool;
    this.#pool = pool;
    this.#judge ??= new Judge(pool, this.#seeds);
    this.#caps.setPlan(pool);
    if (before === undefined) return;
    if (before.state === 'finalised' && pool.state !== 'finalised')
      this.#find('a finalised pool stays finalised', `it is ${pool.state} again`);
    if (MATCH_STAGES.indexOf(pool.stage) < MATCH_STAGES.indexOf(before.stage))
      this.#find('the stage of matches only moves forward', `${before.stage} became ${pool.stage}`);
    if (pool.state !== 'finalised' && pool.revealedSeeds !== undefined)
      this.#find('seeds are secret until no gift draws any more', Object.keys(pool.revealedSeeds).join());
    if (before.state === 'open' && pool.state === 'finalised') this.#finalised(pool);
    if (before.stage === 'publicised' && (pool.stage === 'confirmed' || pool.stage === 'paid'))
      this.#findAll('nothing is open when matches are confirmed', this.#judge.confirmation());
  }

  #finalised(pool: MatchingPool): void {
    this.#judge?.finalise();
    if (pool.finalisedSequence !== this.#lines)
      this.#find(
        'no gift is matched after matching was finalised',
        `finalised at ${pool.finalisedSequence} when ${this.#lines} gifts were counted`,
      );
    const revealed = pool.revealedSeeds ?? {};
    for (const [ruleId, seed] of Object.entries(this.#seeds))
      if (revealed[ruleId] !== seed) this.#find('seeds are revealed when matching is finalised', `of rule ${ruleId}`);
    this.#findAll('no old refund is open when matching is finalised', this.#auditor.oldOpenRefunds(this));
  }

  #turnPage(page: JournalPage): void {
    let sequence = page.firstSequence;
    if (sequence !== this.#lines + 1)
      this.#find(
        'the pool has counted as many gifts and adjustments as its journal holds',
        `a page begins at ${sequence} after ${this.#lines}`,
      );
    if (this.#judge === undefined) this.#find('nothing is counted without a pool', `gift number ${sequence}`);
    for (const line of page.lines) {
      this.#lines += 1;
      this.#auditor.counts(line, this.campaign.campaignId);
      if (this.#judge !== undefined)
        this.#findAll('every match is what the rules give in recorded order', this.#judge.gift(line));
      this.#findAll('no donor, day or unit has drawn more than its cap', this.#caps.gift(line));
      if (this.#pool?.finalisedSequence !== undefined && line.matchMinor !== 0)
        this.#find('no gift is matched after matching was finalised', `gift ${line.giftId} has ${line.matchMinor}`);
      this.#totals.count(line);
      this.#freshLines.push({ line, sequence });
      if (line.held !== undefined) this.onHeld(line.giftId);
      sequence += 1;
    }
  }

  #adjust(adjustment: Adjustment): void {
    const confirmed = this.#pool?.stage === 'confirmed' || this.#pool?.stage === 'paid';
    this.#adjustments.push(adjustment);
    this.#copies.entry(adjustment);
    if (adjustment.number !== this.#adjustments.length)
      this.#find(
        'the pool has counted as many gifts and adjustments as its journal holds',
        `adjustment ${adjustment.number} is entry number ${this.#adjustments.length}`,
      );
    if (adjustment.kind === 'refund') this.#settleRefund(adjustment);
    if (adjustment.kind === 'claim') this.#claims.drew(adjustment);
    if (this.#judge !== undefined)
      this.#findAll('every adjustment is what follows from its cause', this.#judge.adjustment(adjustment, confirmed));
    const line = this.#totals.lineOf(adjustment.giftId);
    const lumps = new Set(adjustment.challenges?.map(({ ruleId }) => ruleId));
    for (const change of adjustment.changes)
      if (line !== undefined && !lumps.has(change.ruleId))
        this.#findAll(
          'no donor, day or unit has drawn more than its cap',
          adjustment.draw === undefined ? this.#caps.change(line, change) : this.#caps.draw(line, adjustment.draw),
        );
    this.#totals.settle(adjustment);
  }

  #settleRefund({ giftId = '', refundId = '', refundMinor }: Adjustment): void {
    const refund = `${giftId} ${refundId}`;
    const arrived = this.#auditor.refunds.get(refund);
    const invariant = 'every refund is settled at most once, and only one that arrived';
    if (this.#settled.has(refund)) this.#find(invariant, `refund ${refund} is settled again`);
    if (arrived?.amountMinor !== refundMinor)
      this.#find(invariant, `refund ${refund} of ${refundMinor} arrived as ${arrived?.amountMinor ?? 'nothing'}`);
    this.#settled.add(refund);
  }

  /** To be called after every write and every transaction, when all of it has been observed; false where nothing changed. */
  check(): boolean {
    if (!this.#changed) return false;
    this.#changed = false;
    const pool = this.#pool;
    if (pool !== undefined) this.#checkPool(pool);
    this.#checkMatches();
    this.#findAll('every adjustment of a gift has its copy under the gift', this.#copies.differences());
    this.#findAll('a claim is decided once, and draws what it says', this.#claims.differences());
    this.#findAll('totals are the sums of what was counted', this.#totals.differences(this.uncounted === 0));
    this.#findAll('no donor has drawn more than a programme gives in a year', this.#caps.differences());
    return true;
  }

  #checkPool(pool: MatchingPool): void {
    const { remainingMinor, poolMinor, sequence, adjustments, funds } = pool;
    for (const { ruleId, remainingMinor: left, subPools } of funds)
      for (const each of [left, ...Object.values(subPools ?? {})])
        if (each < 0) this.#find('no pool is below zero', `rule ${ruleId} has ${each} left`);
    if (poolMinor - remainingMinor !== this.#totals.drawnMinor)
      this.#find(
        'what was matched is what the pool gave',
        `matches sum to ${this.#totals.drawnMinor}, the pool gave ${poolMinor - remainingMinor}`,
      );
    if (funds.reduce((total, fund) => total + fund.remainingMinor, 0) !== remainingMinor)
      this.#find('a pool is the sum of its parts', `the rules' money does not sum to ${remainingMinor}`);
    if (sequence !== this.#lines || adjustments !== this.#adjustments.length)
      this.#find(
        'the pool has counted as many gifts and adjustments as its journal holds',
        `the pool counted ${sequence} and ${adjustments}, written are ${this.#lines} and ${this.#adjustments.length}`,
      );
    if (this.#judge !== undefined) this.#findAll('every pool holds what is left of it', this.#judge.pool(pool));
  }

  #checkMatches(): void {
    for (const { line, sequence } of this.#freshLines) {
      const match = this.#matches.get(line.giftId);
      if (match === undefined || match.matchMinor !== line.matchMinor || match.sequence !== sequence)
        this.#find('every counted gift has exactly its one match', `gift ${line.giftId}, number ${sequence}`);
    }
    for (const giftId of this.#freshMatches)
      if (!this.#auditor.counted.has(giftId)) this.#find('every match is in the journal', `gift ${giftId}`);
    this.#freshLines = [];
    this.#freshMatches = [];
  }
}

function textOf(thing: object): string {
  return JSON.stringify(thing).slice(0, 200);
}
