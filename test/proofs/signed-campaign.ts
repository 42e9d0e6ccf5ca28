import { definition as proveGift } from '../../functions/proofs/prove-gift.lambda.ts';
import { definition as signDay } from '../../functions/proofs/sign-day.lambda.ts';
import type { Answer, World } from '../stories/world.ts';
import { localSigner } from './local-signer.ts';

/** A world with a key that signs. */
export function withSigner(world: World) {
  const signer = localSigner();
  world.more = { ...world.more, signer };
  return signer;
}

/** Runs the job of the night. */
export const signNight = (world: World): Promise<Record<string, unknown>> => world.job('sign-day', signDay);

export function proofOf(world: World, campaignId: string, gift: string | number): Promise<Answer> {
  return world.request('prove-gift', proveGift, {
    path: `/public/campaigns/${campaignId}/gifts/${gift}/proof`,
    routeParameters: { campaignId, gift: String(gift) },
  });
}

export function signedDays(world: World, campaignId: string, query: Record<string, string> = {}): Promise<Answer> {
  return world.request('prove-gift', proveGift, {
    path: `/public/campaigns/${campaignId}/signed-days`,
    routeParameters: { campaignId },
    query,
  });
}
