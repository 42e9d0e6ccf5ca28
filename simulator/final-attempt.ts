import { reasonOf } from '../functions/kernel/errors.ts';
import type { Instant } from '../functions/kernel/time.ts';
import { type ConfirmUse, definition as confirmMatching } from '../functions/matching/confirm-matching.lambda.ts';
import { definition as finaliseMatching } from '../functions/matching/finalise-matching.lambda.ts';
import type { TaskDefinition } from '../functions/platform/task.ts';
import { instantAt, type World } from './world.ts';

const INSTANTLY = { random: () => 0, pause: async () => undefined };

/** Finalises when nothing moves and nothing fails any more; the reason where even that does not work. */
export const finalisedOrWhyNot = (world: World, campaignId: string): Promise<string | undefined> =>
  doneOrWhyNot(world, campaignId, finaliseMatching, 'finalised');

/** The same for the confirmation. */
export const confirmedOrWhyNot = (world: World, campaignId: string): Promise<string | undefined> =>
  doneOrWhyNot(world, campaignId, confirmMatching, 'confirmed');

async function doneOrWhyNot(
  { table, scheduler }: World,
  campaignId: string,
  definition: Pick<TaskDefinition<{ campaignId: string }, ConfirmUse>, 'handle'>,
  done: string,
): Promise<string | undefined> {
  try {
    const now: Instant = instantAt(scheduler.now);
    // What is late is settled by the first attempt, and the second finds it so.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const { kind } = await definition.handle(
        { campaignId },
        { table, patience: INSTANTLY, queueNotices: async () => undefined },
        now,
      );
      if (kind === done) return undefined;
      if (attempt > 0) return kind;
    }
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}
