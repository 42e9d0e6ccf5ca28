import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type Instant, instantOf } from '../../functions/kernel/time.ts';
import { demoClockKey } from '../../functions/platform/keys.ts';
import type { SystemAddresses } from '../running-system.ts';

/**
 * The clock that a local system and its payment sandbox share (docs/decisions/0003-one-clock.md). It stands where it is put
 * and flows on from there at its natural speed; before it is first put anywhere it is the machine's own.
 */
export class DemoClock {
  #standsAtMs: number | undefined;
  #setAtMs = 0;

  now(): Instant {
    if (this.#standsAtMs === undefined) return instantOf(Date.now());
    return instantOf(this.#standsAtMs + (Date.now() - this.#setAtMs));
  }

  /** Puts the clock of the deployed functions and our own at `moment`. */
  async put(system: SystemAddresses, moment: Instant): Promise<void> {
    const standsAtMs = Date.parse(moment);
    const setAtMs = Date.now();
    const { endpoint, region, credentials } = system;
    const client = new DynamoDBClient({ endpoint, region, credentials });
    const item = { ...demoClockKey, type: 'demo-clock', standsAtMs, setAtMs };
    await client.send(new PutItemCommand({ TableName: system.outputs['TableName'], Item: marshall(item) }));
    client.destroy();
    this.#standsAtMs = standsAtMs;
    this.#setAtMs = setAtMs;
  }
}
