import { chainProblems } from '../../functions/proofs/day-statement.ts';
import { verifyProof, verifyStatement } from '../../functions/proofs/verify-proof.ts';
import type { Deciding } from './decisions.ts';
import { DEMO_ROOT } from './staff.ts';
import { waitFor } from './waiting.ts';

/** What was published of the demo's campaign, and one gift that was checked by somebody who trusts nothing but the key. */
export type Disclosed = {
  readonly entries: readonly {
    readonly number: number;
    readonly title: string;
    readonly correctedBy: readonly number[];
  }[];
  readonly signedDays: number;
  readonly key: string;
  readonly proof: {
    readonly giftNo: number;
    readonly day: string;
    readonly moneyMinor: number;
    readonly dayGifts: number;
    readonly dayMoneyMinor: number;
    readonly steps: number;
  };
};

type Entry = Disclosed['entries'][number] & { readonly kind: string; readonly text: string };
const RESPONSIBLE = '达州市红十字会 项目部（演示）';
const PROGRESS = '善款将用于采购过冬物资，惠及 320 名儿童。采购与验收情况将在本页公布。';
const FULL = '募捐活动已结束。捐款、配捐与支出见下列数字；尚未使用的款项按募捐方案继续用于本项目。';
/** A gift from the middle of the list, whose way to the root has something on both sides. */
const CHECKED_GIFT = 2;

/**
 * Signs the days that are over, publishes a progress report, corrects it by a note, publishes the account in full where the workflow has
 * not, and checks one gift and the whole chain of days. @throws Error where anything does not verify.
 */
export async function discloseAndProve(deciding: Deciding): Promise<Disclosed> {
  const { api, tokens, campaignId, show } = deciding;
  const token = tokens.manager;
  await signDays(deciding);
  const path = `/campaigns/${campaignId}/disclosures`;
  const publish = async (kind: string, text: string): Promise<Entry> => {
    const body = { kind, text, responsible: RESPONSIBLE };
    return (await api.call('POST', path, { token, key: `demo-${kind}`, body })).body as unknown as Entry;
  };
  const progress = await publish('progress', PROGRESS);
  show(`published: ${progress.title}`);
  await api.call('POST', `${path}/${progress.number}/corrections`, {
    token,
    key: 'demo-correction',
    body: {
      changes: [{ field: 'text', was: PROGRESS, is: PROGRESS.replace('320', '302') }],
      reason: '受益儿童人数统计有误，应为 302 名。',
      responsible: RESPONSIBLE,
    },
  });
  const standing = (await api.call('GET', path, { token })).body['entries'] as Entry[];
  if (!standing.some(({ kind }) => kind === 'full')) await publish('full', FULL);
  const { body } = await api.call('GET', `/public/campaigns/${campaignId}/disclosures`);
  return {
    entries: (body['entries'] as Entry[]).map(({ number, title, correctedBy }) => ({ number, title, correctedBy })),
    ...(await checked(deciding)),
  };
}

/** Runs the job of the night now, as a person does. */
async function signDays({ api, tokens, seconds, signal, show }: Deciding): Promise<void> {
  const path = `/organisations/${DEMO_ROOT.organisationId}/schedules/sign-day/runs`;
  await waitFor(
    'the days to be signed',
    async () => {
      // The same key again finds the run that the first call began.
      const { body } = await api.call('POST', path, {
        token: tokens.manager,
        key: 'demo-sign-days',
        expected: [200, 201, 202],
      });
      show(`sign-day: ${body['state']}`);
      if (body['state'] === 'failed') throw new Error(`sign-day failed: ${body['reason']}`);
      return body['state'] === 'done' ? true : undefined;
    },
    { seconds, signal },
  );
}

/** As a donor with the public key would: the proof of one gift, and every signed day of the campaign in a row. */
async function checked({ api, campaignId, show }: Deciding): Promise<Omit<Disclosed, 'entries'>> {
  const of = `/public/campaigns/${campaignId}`;
  const published = (await api.call('GET', '/public/proof-keys')).body['keys'] as { publicKey: string }[];
  const keys = published.map(({ publicKey }) => Buffer.from(publicKey, 'base64'));
  const { body: proof } = await api.call('GET', `${of}/gifts/${CHECKED_GIFT}/proof`);
  const verdict = verifyProof(proof, keys);
  if (verdict.kind === 'refused') throw new Error(`gift ${CHECKED_GIFT} is not proven: ${verdict.problem}`);
  const { gift, day } = verdict;
  show(`gift ${gift.no} is in the total of ${day.day}`);
  const { body } = await api.call('GET', `${of}/signed-days`);
  const days = body['days'] as { statement: string; signature: string; hash: string }[];
  let before: Parameters<typeof chainProblems>[1];
  for (const { statement, signature, hash } of days) {
    const signed = verifyStatement({ statement, signature }, keys);
    const problems = signed.kind === 'refused' ? [signed.problem] : chainProblems(signed.day, before);
    if (signed.kind === 'refused' || problems.length > 0)
      throw new Error(`a signed day is broken: ${problems.join('; ')}`);
    before = { statement: signed.day, hash };
  }
  const { steps } = (proof as unknown as { gift: { steps: readonly unknown[] } }).gift;
  return {
    signedDays: days.length,
    key: day.key,
    proof: {
      giftNo: gift.no,
      day: day.day,
      moneyMinor: gift.moneyMinor,
      dayGifts: day.gifts.gifts,
      dayMoneyMinor: day.gifts.moneyMinor,
      steps: steps.length,
    },
  };
}
