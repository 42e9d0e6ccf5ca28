import { createHash, createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { type YiqiClient, yiqiClient } from '../client/client.ts';
import { formatMoney, minor } from '../functions/kernel/money.ts';
import { chainProblems } from '../functions/proofs/day-statement.ts';
import { type Verified, verifyProof, verifyStatement } from '../functions/proofs/verify-proof.ts';
import { unreadable } from './account-commands.ts';
import { afterOf, answered } from './api.ts';
import { CommandProblem, type ExitCode, FAILED, wrongInput } from './command-problem.ts';
import { systemOf } from './settings.ts';
import type { Surroundings } from './surroundings.ts';
import { jsonText } from './table.ts';

type Typed = {
  readonly local: boolean;
  readonly json: boolean;
  /** Files of public keys. */
  readonly key?: readonly string[];
  readonly campaign?: string;
  readonly gift?: string;
  readonly save?: string;
};

/**
 * Checks that a gift is in the total that was published for its day: from a file, with a public key and nothing else, or fetched
 * by the number of the gift or of its order; then the whole chain of signed days is checked as well.
 */
export async function verifyGift(
  surroundings: Surroundings,
  file: string | undefined,
  typed: Typed,
): Promise<ExitCode> {
  const { terminal } = surroundings;
  if ((file === undefined) === (typed.gift === undefined))
    throw wrongInput('Give the file of a proof with --key, or --campaign and --gift.');
  if (file !== undefined && typed.key === undefined)
    throw wrongInput('Give the public key with --key: a proof cannot say itself whom to trust.');
  const api = file === undefined ? publicApi(surroundings, typed.local) : undefined;
  const keys = (typed.key ?? []).flatMap(keysIn);
  if (api !== undefined && keys.length === 0) keys.push(...(await fetchedKeys(api)));
  const proof = api === undefined ? jsonIn(file ?? '') : await fetchedProof(api, typed);
  if (typed.save !== undefined) writeFileSync(typed.save, `${JSON.stringify(proof, null, 1)}\n`);
  const verdict = verifyProof(proof, keys);
  if (verdict.kind === 'refused') {
    terminal.write(typed.json ? jsonText(verdict) : `NOT VERIFIED: ${verdict.problem}.\n`);
    return FAILED;
  }
  const chain = api === undefined ? undefined : await checkedChain(api, verdict, keys);
  const isWhole = chain === undefined || chain.problems.length === 0;
  terminal.write(typed.json ? jsonText({ ...verdict, chain: chain ?? null }) : wordsOf(verdict, chain));
  return isWhole ? 0 : FAILED;
}

type Chain = { readonly days: number; readonly problems: readonly string[] };

/** The days of the campaign from the first to the last: each signed, each after the one before, the gift's day as it is in the proof. */
async function checkedChain(api: YiqiClient, { gift, day }: Verified, keys: readonly Uint8Array[]): Promise<Chain> {
  const problems: string[] = [];
  let days = 0;
  let hasTheDay = false;
  let before: Parameters<typeof chainProblems>[1];
  let after: string | undefined;
  do {
    const query = after === undefined ? {} : { after };
    const params = { path: { campaignId: gift.campaignId }, query };
    const { data } = await answered(api.GET('/public/campaigns/{campaignId}/signed-days', { params }));
    for (const signed of data.days) {
      const verdict = verifyStatement({ statement: signed.statement, signature: signed.signature }, keys);
      days += 1;
      if (verdict.kind === 'refused') problems.push(`day ${days}: ${verdict.problem}`);
      else {
        problems.push(...chainProblems(verdict.day, before).map((problem) => `${verdict.day.day}: ${problem}`));
        hasTheDay ||= verdict.day.day === day.day && verdict.day.gifts.root === day.gifts.root;
        const hash = createHash('sha256').update(signed.statement, 'utf8').digest('hex');
        before = { statement: verdict.day, hash };
      }
    }
    after = afterOf(data.next);
  } while (after !== undefined);
  if (!hasTheDay) problems.push('the day of the proof is not among the published days');
  return { days, problems };
}

function wordsOf({ gift, day, isOpened, changes }: Verified, chain: Chain | undefined): string {
  const money = (amount: number): string => formatMoney(minor(amount), day.currency);
  const what =
    gift.goodsMinor > 0 ? `goods assessed at ${money(gift.goodsMinor)}` : `${money(gift.moneyMinor)} of money`;
  const lines = [
    `VERIFIED: gift ${gift.no} of ${gift.campaignId} (${what}, match ${money(gift.matchMinor)}) is in the total of ${day.day}.`,
    `The day: ${day.gifts.gifts} gifts, ${money(day.gifts.moneyMinor)}. Up to it: ${day.toDate.gifts} gifts, ${money(day.toDate.moneyMinor)}.`,
    isOpened
      ? 'The proof shows that the gift is that of the order.'
      : 'Asked for by its number: it does not show whose gift it is.',
    ...changes.map(
      ({ change, day: on }) =>
        `Changed on ${on.day} (${change.about}): ${money(change.moneyBackMinor + change.goodsBackMinor)} back, match ${money(change.matchAddedMinor - change.matchTakenMinor)}.`,
    ),
    `Signed with the key ${day.key}.`,
    ...(chain === undefined ? [] : chainWords(chain)),
  ];
  return `${lines.join('\n')}\n`;
}

const chainWords = ({ days, problems }: Chain): string[] =>
  problems.length === 0
    ? [`All ${days} signed days of the campaign stand one after the other.`]
    : ['The chain of signed days is BROKEN:', ...problems.map((problem) => `  ${problem}`)];

const publicApi = (surroundings: Surroundings, wantsLocal: boolean): YiqiClient => {
  const { fetch } = surroundings;
  const { apiUrl } = systemOf(surroundings, wantsLocal);
  return yiqiClient({ apiUrl, ...(fetch === undefined ? {} : { fetch }) });
};

async function fetchedKeys(api: YiqiClient): Promise<Uint8Array[]> {
  const { data } = await answered(api.GET('/public/proof-keys'));
  return data.keys.map(({ publicKey }) => Buffer.from(publicKey, 'base64'));
}

async function fetchedProof(api: YiqiClient, { campaign, gift = '' }: Typed): Promise<unknown> {
  if (campaign === undefined) throw wrongInput('Say with --campaign which campaign the gift is of.');
  const params = { path: { campaignId: campaign, gift } };
  const { data } = await answered(api.GET('/public/campaigns/{campaignId}/gifts/{gift}/proof', { params }));
  return data;
}

function textIn(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

function jsonIn(path: string): unknown {
  try {
    return JSON.parse(textIn(path));
  } catch (error) {
    if (error instanceof CommandProblem) throw error;
    throw wrongInput(`${path} is no JSON.`);
  }
}

/** Public keys as PEM, or as `/public/proof-keys` answers them. */
function keysIn(path: string): Uint8Array[] {
  const text = textIn(path);
  try {
    if (text.includes('-----BEGIN')) return [createPublicKey(text).export({ format: 'der', type: 'spki' })];
    const { keys } = JSON.parse(text) as { keys: { publicKey: string }[] };
    return keys.map(({ publicKey }) => Buffer.from(publicKey, 'base64'));
  } catch {
    throw wrongInput(`${path} holds no public key: give a PEM file, or what /public/proof-keys answers.`);
  }
}
