import { reasonOf } from '../functions/kernel/errors.ts';
import { definition as finaliseMatching } from '../functions/matching/finalise-matching.lambda.ts';
import { instantAt, type World } from './world.ts';

/** Finalises when nothing moves and nothing fails any more; the reason where even that does not work. */
export async function finalisedOrWhyNot({ table, campaign, scheduler }: World): Promise<string | undefined> {
  try {
    const now = instantAt(scheduler.now);
    const { kind } = await finaliseMatching.handle({ campaignId: campaign.campaignId }, { table }, now);
    return kind === 'finalised' ? undefined : kind;
  } catch (error) {
    return reasonOf(error);
  }
}
