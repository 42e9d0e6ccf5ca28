import type { FunctionName } from '../functions/manifest.ts';
import type { Item } from '../functions/platform/table.ts';
import type { Life } from './scheduler.ts';
import type { World } from './world.ts';

/** Hands a batch to the consumer; resolves with how many of it were taken, from the front. */
type Deliver = (items: readonly Item[], life: Life) => Promise<number>;

/** What Lambda's event source does with a shard: batches in order, one at a time, again and again until one is taken. */
type Shard = { readonly number: number; items: Item[]; busy: boolean; limit: number };

const BATCH_SIZE = 100;
const WINDOW_MS = 1_000;
const LONGEST_RETRY_MS = 10_000;
const TWIN_DELAY_MS = 5_000;
/** How long a stalled shard stands still: minutes, and now and then a whole day. */
const STALLS_MS = [60_000, 600_000, 3_600_000, 86_400_000] as const;

/** FNV-1a: which key goes to which shard is DynamoDB's own affair, and only has to stay the same. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let position = 0; position < text.length; position += 1)
    hash = Math.imul(hash ^ text.charCodeAt(position), 0x01000193);
  return hash >>> 0;
}

/**
 * One consumer of the table's stream, as infra/event-sources.ts sets it up: at least once, in order within a shard; a
 * batch that fails comes again, halved; a checkpoint that is lost brings back what was done.
 */
export class Stream {
  redelivered = 0;
  /** Records that are no entries and were put into the stream on purpose. */
  readonly spoilt: string[] = [];
  readonly #world: World;
  readonly #name: FunctionName;
  readonly #timeoutMs: number;
  readonly #deliver: Deliver;
  readonly #shards: readonly Shard[];

  constructor(world: World, name: FunctionName, shards: number, timeoutMs: number, deliver: Deliver) {
    this.#world = world;
    this.#name = name;
    this.#timeoutMs = timeoutMs;
    this.#deliver = deliver;
    this.#shards = Array.from({ length: shards }, (_, number) => ({
      number,
      items: [],
      busy: false,
      limit: BATCH_SIZE,
    }));
  }

  add(item: Item): void {
    const shard = this.#shards[hashOf(item.pk) % this.#shards.length];
    if (shard === undefined) return;
    if (this.#world.faults.strikes('record that is no entry')) {
      const spoilt = { pk: `GIFT#spoilt-${this.#name}-${this.spoilt.length}`, sk: item.sk, type: item.type };
      this.spoilt.push(spoilt.pk);
      shard.items.push(spoilt);
    }
    shard.items.push(item);
    this.#wake(shard, WINDOW_MS);
  }

  #wake(shard: Shard, withinMs: number): void {
    if (shard.busy || shard.items.length === 0) return;
    shard.busy = true;
    const { scheduler, random, faults } = this.#world;
    const stallMs = faults.strikes('shard stalled') ? random.pick(STALLS_MS) : 0;
    scheduler.after(stallMs + random.below(withinMs), () => this.#next(shard));
  }

  #next(shard: Shard): void {
    const { scheduler, random, faults, mutation } = this.#world;
    const batch = shard.items.slice(0, shard.limit);
    const name = `${this.#name} ${shard.number}`;
    scheduler.start(
      name,
      (life) => this.#work(batch, life),
      (ending) => {
        const taken = ending.kind === 'done' && !faults.strikes('checkpoint lost') ? ending.value : 0;
        if (taken < batch.length) this.redelivered += 1;
        shard.limit = ending.kind === 'done' ? BATCH_SIZE : Math.max(1, Math.ceil(shard.limit / 2));
        shard.items = shard.items.slice(mutation?.losesFailedBatches === true ? batch.length : taken);
        shard.busy = false;
        this.#wake(shard, ending.kind === 'done' ? WINDOW_MS : LONGEST_RETRY_MS);
      },
    );
    if (!faults.strikes('batch delivered twice at once')) return;
    scheduler.after(random.below(TWIN_DELAY_MS), () =>
      scheduler.start(
        `${name}, twin`,
        (life) => this.#work(batch, life),
        () => undefined,
      ),
    );
  }

  #work(batch: readonly Item[], life: Life): Promise<number> {
    // Lambda kills what outlasts its time.
    if (this.#world.faults.on) this.#world.scheduler.after(this.#timeoutMs, () => void life.crash());
    return this.#deliver(batch, life);
  }
}
