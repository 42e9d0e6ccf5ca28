import { verifyProof } from '../../functions/proofs/verify-proof.ts';
import type { Deciding } from './decisions.ts';

export type Disclosed = {
  readonly entries: readonly { readonly number: number; readonly kind: string; readonly title: string }[];
  readonly signedDays: number;
  /** What a donor sees who checks the proof of one gift. */
  readonly proof: {
    readonly giftNo: number;
    readonly day: string;
    readonly dayGifts: number;
    readonly dayMoneyMinor: number;
    readonly steps: number;
  };
  /** Where anybody reads what was published, and checks a proof in the browser. */
  readonly page: string;
  readonly proofPage: string;
};

const TEXT = '活动已结束，配捐已核定，首批救助金已发放三户。';
const RIGHT_TEXT = '活动已结束，配捐已核定，首批救助金已发放至三人。';
const RESPONSIBLE = '达州市红十字会秘书长（演示）';
/** The gift whose proof is checked. */
const PROVEN_GIFT = 1;

/** A report of how the campaign goes is published; a word of it was wrong, and a further entry says so. The first stays. */
export async function disclose(deciding: Deciding): Promise<void> {
  const { api, tokens, campaignId, show } = deciding;
  const token = tokens.manager;
  const path = `/campaigns/${campaignId}/disclosures`;
  const { body } = await api.call('POST', path, {
    token,
    key: 'demo-progress',
    body: { kind: 'progress', text: TEXT, responsible: RESPONSIBLE },
  });
  show(`entry ${body['number']} is published`);
  const corrected = await api.call('POST', `${path}/${body['number']}/corrections`, {
    token,
    key: 'demo-correction',
    body: {
      changes: [{ field: 'text', was: TEXT, is: RIGHT_TEXT }],
      reason: '救助以人为单位发放，原文误写为户。',
      responsible: RESPONSIBLE,
    },
  });
  show(`entry ${corrected.body['number']} corrects it`);
}

/** Anybody fetches the proof of a gift and checks it with the public key and nothing else. @throws Error where it proves nothing. */
export async function proveGift({ api, campaignId, show }: Deciding): Promise<Disclosed> {
  const path = `/public/campaigns/${campaignId}`;
  const { body: known } = await api.call('GET', '/public/proof-keys');
  const keys = (known['keys'] as { readonly publicKey: string }[]).map(({ publicKey }) =>
    Buffer.from(publicKey, 'base64'),
  );
  const { body: proof } = await api.call('GET', `${path}/gifts/${PROVEN_GIFT}/proof`);
  const verdict = verifyProof(proof, keys);
  if (verdict.kind === 'refused') throw new Error(`The proof of gift ${PROVEN_GIFT} is refused: ${verdict.problem}`);
  const { day } = verdict;
  show(`gift ${PROVEN_GIFT} is in the total of ${day.day}`);
  const { body: signed } = await api.call('GET', `${path}/signed-days`);
  const { body: published } = await api.call('GET', `${path}/disclosures`);
  return {
    entries: published['entries'] as Disclosed['entries'],
    signedDays: (signed['days'] as unknown[]).length,
    proof: {
      giftNo: PROVEN_GIFT,
      day: day.day,
      dayGifts: day.gifts.gifts,
      dayMoneyMinor: day.gifts.moneyMinor,
      steps: (proof['gift'] as { readonly steps: readonly unknown[] }).steps.length,
    },
    page: api.address(`${path}/disclosures/page`),
    proofPage: api.address(`${path}/proof`),
  };
}
