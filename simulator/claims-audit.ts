import type { Adjustment } from '../functions/matching/adjustment.ts';
import type { Item } from '../functions/platform/table.ts';

/** The claims of one campaign under audit: each is asked for once, decided once, and drawn in the same transaction. */
export class ClaimsAudit {
  readonly #states = new Map<string, string>();
  #approved: string[] = [];
  #drawn: string[] = [];

  stateOf(giftId: string, ruleId: string): string | undefined {
    return this.#states.get(`${giftId} ${ruleId}`);
  }

  /** Takes note of a new or changed claim; what is wrong with that by itself, in words. */
  *observe(before: Item | undefined, after: Item): Generator<string> {
    const name = `${after['giftId']} ${after['ruleId']}`;
    const [was, is] = [before?.['state'], String(after['state'])];
    this.#states.set(name, is);
    if (was === undefined ? is !== 'pending' : was !== 'pending' || is === 'pending')
      yield `claim ${name} was ${was ?? 'not there'} and is ${is}`;
    if (is === 'approved') this.#approved.push(`${name} ${after['matchMinor']}`);
  }

  drew({ giftId, draw }: Adjustment): void {
    this.#drawn.push(`${giftId} ${draw?.ruleId} ${draw?.matchMinor}`);
  }

  /** To be asked after every write and every transaction. */
  *differences(): Generator<string> {
    const [approved, drawn] = [this.#approved.join(', '), this.#drawn.join(', ')];
    if (approved !== drawn) yield `approved was [${approved}], drawn was [${drawn}]`;
    this.#approved = [];
    this.#drawn = [];
  }
}
