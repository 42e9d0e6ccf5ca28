import { createHash, createHmac } from 'node:crypto';
import { canonicalJson } from '../audit/canonical-json.ts';
import { lumpMinorOf } from '../ledger/gift-sums.ts';
import { type Adjustment, netOf } from '../matching/adjustment.ts';
import type { JournalLine } from '../matching/match-entry.ts';
import { leafNode, type SumNode } from './sum-tree.ts';

/** What the tree of a day's gifts adds up, in this order. Goods stand apart: their value is in no sum with money. */
export const GIFT_SUMS = ['gifts', 'moneyMinor', 'goodsMinor', 'matchMinor'] as const;
/** What the tree of a day's changes adds up. Both directions apart, so that no sum is ever below zero. */
export const CHANGE_SUMS = [
  'changes',
  'moneyBackMinor',
  'goodsBackMinor',
  'matchAddedMinor',
  'matchTakenMinor',
  'lumpAddedMinor',
  'lumpTakenMinor',
] as const;
export type GiftSumName = (typeof GIFT_SUMS)[number];
export type ChangeSumName = (typeof CHANGE_SUMS)[number];
export type ProofSums = Readonly<Record<GiftSumName | ChangeSumName, number>>;

/** The public facts of one gift as it was counted. No name: whose it is only its order's number opens (`order`). */
export type GiftLeaf = {
  readonly kind: 'gift';
  readonly campaignId: string;
  readonly no: number;
  readonly moneyMinor: number;
  readonly goodsMinor: number;
  readonly matchMinor: number;
  /** SHA-256 of `<salt>:<order number>`: ties the leaf to one order, and tells nobody which who does not have both. */
  readonly order: string;
};

/** One change after gifts had been counted: a refund, a match that was added or taken, a lump sum. */
export type ChangeLeaf = {
  readonly kind: 'change';
  readonly campaignId: string;
  readonly number: number;
  readonly about: Adjustment['kind'];
  readonly giftNo: number | null;
  readonly moneyBackMinor: number;
  readonly goodsBackMinor: number;
  readonly matchAddedMinor: number;
  readonly matchTakenMinor: number;
  readonly lumpAddedMinor: number;
  readonly lumpTakenMinor: number;
};

/**
 * The secret of a gift's leaf. Derived, so that a day that is signed again gives the same tree; by a key, so that whoever can
 * guess order numbers cannot look which leaf is whose.
 */
export const saltOf = (key: string, campaignId: string, giftId: string): string =>
  createHmac('sha256', key).update(`gift-proof:${campaignId}:${giftId}`).digest('hex');

/** What a leaf says instead of its order's number. */
export const orderCommitment = (salt: string, orderNo: string): string =>
  createHash('sha256').update(`${salt}:${orderNo}`).digest('hex');

export function giftLeaf(campaignId: string, no: number, line: JournalLine, salt: string): GiftLeaf {
  const { amountMinor, matchMinor, inKind, orderNo } = line;
  const [moneyMinor, goodsMinor] = inKind === true ? [0, amountMinor] : [amountMinor, 0];
  return { kind: 'gift', campaignId, no, moneyMinor, goodsMinor, matchMinor, order: orderCommitment(salt, orderNo) };
}

/** `gift`: the one that the change is about, where it is about one. */
export function changeLeaf(
  adjustment: Adjustment,
  gift: { readonly no: number; readonly inKind: boolean } | undefined,
): ChangeLeaf {
  const { campaignId, number, kind, refundMinor = 0 } = adjustment;
  const lumpMinor = lumpMinorOf([adjustment]);
  const matchMinor = netOf(adjustment) - lumpMinor;
  const isGoods = gift?.inKind === true;
  return {
    kind: 'change',
    campaignId,
    number,
    about: kind,
    giftNo: gift?.no ?? null,
    moneyBackMinor: isGoods ? 0 : refundMinor,
    goodsBackMinor: isGoods ? refundMinor : 0,
    matchAddedMinor: Math.max(0, matchMinor),
    matchTakenMinor: Math.max(0, -matchMinor),
    lumpAddedMinor: Math.max(0, lumpMinor),
    lumpTakenMinor: Math.max(0, -lumpMinor),
  };
}

/** The bytes of a leaf that are hashed, as text. */
export const leafText = (leaf: GiftLeaf | ChangeLeaf): string => canonicalJson(leaf);

export const giftSums = ({ moneyMinor, goodsMinor, matchMinor }: GiftLeaf): number[] => [
  1,
  moneyMinor,
  goodsMinor,
  matchMinor,
];
export const changeSums = (leaf: ChangeLeaf): number[] => [
  1,
  leaf.moneyBackMinor,
  leaf.goodsBackMinor,
  leaf.matchAddedMinor,
  leaf.matchTakenMinor,
  leaf.lumpAddedMinor,
  leaf.lumpTakenMinor,
];

export const nodeOf = (leaf: GiftLeaf | ChangeLeaf): SumNode =>
  leafNode(leafText(leaf), leaf.kind === 'gift' ? giftSums(leaf) : changeSums(leaf));

/** A leaf as it was kept. */
export const leafOf = (text: string): GiftLeaf | ChangeLeaf => JSON.parse(text) as GiftLeaf | ChangeLeaf;
