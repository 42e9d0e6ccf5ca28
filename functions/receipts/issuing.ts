import type { DonationEntry } from '../donations/donation-entry.ts';
import type { OfflineGift } from '../donations/offline-gift.ts';
import { derivedId } from '../kernel/ids.ts';
import { type Minor, minor } from '../kernel/money.ts';
import { type Instant, localDateOf } from '../kernel/time.ts';
import { giftReceiptKey, receiptWaiverKey, refundsKey } from '../platform/keys.ts';
import type { Condition, TransactWrite } from '../platform/table.ts';
import { checkCodeOf, documentTokenOf } from './check-code.ts';
import {
  type GiftReceipt,
  type Payer,
  printedNumber,
  type Receipt,
  type ReceiptLine,
  type ReceiptReference,
  receiptItemOf,
  referenceTo,
  type WaiverReason,
} from './receipt.ts';
import { projectOf, type ReceiptSettings } from './receipt-settings.ts';
import type { ReceiptCase } from './receiptable.ts';

/** Who issues, and as what. */
export type Issuer = {
  readonly settings: ReceiptSettings;
  readonly organisationName: string;
  /** The key of check codes. */
  readonly secret: string;
  /** A person's id, or the batch or job. */
  readonly by: string;
  readonly now: Instant;
};

/** The year of the series that a receipt issued now belongs to. */
export const seriesYearOf = ({ zone }: ReceiptSettings, now: Instant): number =>
  Number(localDateOf(now, zone).slice(0, 4));

/** What a receipt says of the gift beside its money. */
export type ReceiptAbout = {
  readonly payer: Payer;
  readonly campaignTitle: string;
  readonly generatedData: boolean;
  /** What was given, where it was goods. */
  readonly goods?: OfflineGift['goods'];
};

type Numbered = { readonly code: string; readonly number: number };

/** The receipt of a gift, or of what is left of it. `generation`: which of the gift's receipts it is, from 1. */
export function receiptOf(
  entry: DonationEntry,
  amountMinor: Minor,
  about: ReceiptAbout,
  numbered: Numbered,
  issuer: Issuer,
  generation: number,
  replaces?: ReceiptReference,
): Receipt {
  const { settings } = issuer;
  const { giftId, campaignId, inKind } = entry;
  return sealed(
    {
      type: 'receipt',
      receiptId: derivedId('receipt', giftId, 'gift', String(generation)),
      kind: 'gift',
      organisationId: settings.organisationId,
      ...numbered,
      ...issuedNow(issuer),
      giftId,
      campaignId,
      title: settings.title,
      payer: about.payer,
      currency: 'CNY',
      amountMinor,
      lines: linesOf(entry, amountMinor, about, settings),
      remark: `“${about.campaignTitle}”捐赠，${entry.day}`,
      other: `捐赠编号 ${giftId}`,
      issuer: { name: issuer.organisationName, creditCode: settings.creditCode },
      reviewer: settings.reviewer,
      handler: settings.handler,
      ...(inKind === undefined ? {} : { inKind }),
      generatedData: about.generatedData,
      ...(replaces === undefined ? {} : { replaces }),
    },
    issuer.secret,
  );
}

/** The receipt that takes another one back: the same below zero, under a number of its own (冲红). */
export function reversalOf(original: Receipt, reason: string, numbered: Numbered, issuer: Issuer): Receipt {
  const { giftId, campaignId, organisationId, title, payer, currency, other, inKind, generatedData } = original;
  return sealed(
    {
      type: 'receipt',
      receiptId: derivedId('receipt', original.receiptId, 'reversal'),
      kind: 'reversal',
      organisationId,
      ...numbered,
      ...issuedNow(issuer),
      giftId,
      campaignId,
      title,
      payer,
      currency,
      amountMinor: minor(-original.amountMinor),
      lines: original.lines.map((line) => ({
        ...line,
        quantity: -line.quantity,
        amountMinor: minor(-line.amountMinor),
      })),
      remark: `冲红：原票据代码 ${original.code}，票据号码 ${printedNumber(original.number)}。${reason}`,
      other,
      // Of the same organisation as it is named now; a reversal is issued today.
      issuer: { name: issuer.organisationName, creditCode: issuer.settings.creditCode },
      reviewer: issuer.settings.reviewer,
      handler: issuer.settings.handler,
      ...(inKind === undefined ? {} : { inKind }),
      generatedData,
      reverses: referenceTo(original),
    },
    issuer.secret,
  );
}

const issuedNow = ({ settings, by, now }: Issuer) => ({
  year: seriesYearOf(settings, now),
  issuedOn: localDateOf(now, settings.zone),
  issuedAt: now,
  issuedBy: by,
});

type Unsealed = Omit<Receipt, 'checkCode' | 'documentToken' | 'state' | 'copies' | 'version'>;
const sealed = (receipt: Unsealed, secret: string): Receipt => ({
  ...receipt,
  checkCode: checkCodeOf(secret, receipt),
  documentToken: documentTokenOf(secret, receipt.receiptId),
  state: 'valid',
  copies: 0,
  version: 1,
});

function linesOf(
  entry: DonationEntry,
  amountMinor: Minor,
  { goods = [] }: ReceiptAbout,
  settings: ReceiptSettings,
): ReceiptLine[] {
  const { code: projectCode, name } = projectOf(settings, entry);
  if (goods.length > 0)
    return goods.map(({ item, quantity, unit, assessedMinor }) => ({
      projectCode,
      projectName: `${name}：${item}`,
      unit,
      quantity,
      amountMinor: assessedMinor,
    }));
  return [{ projectCode, projectName: name, unit: '笔', quantity: 1, standardMinor: amountMinor, amountMinor }];
}

/** What a gift's receipts become, guarded by what was read of them. */
export function giftReceiptPut(
  { giftId, current }: Pick<ReceiptCase, 'giftId' | 'current'>,
  next: Omit<GiftReceipt, 'type' | 'giftId' | 'version'>,
): TransactWrite {
  const put = {
    ...giftReceiptKey(giftId),
    type: 'gift-receipt',
    giftId,
    ...next,
    version: (current?.version ?? 0) + 1,
  };
  return { put, when: current === undefined ? { absent: true } : { equals: { version: current.version } } };
}

/** That no refund of the gift has been recorded since it was looked at: else the receipt would be of money that went back. */
export function noRefundSince({ giftId, refundChanges }: Pick<ReceiptCase, 'giftId' | 'refundChanges'>): TransactWrite {
  const when: Condition = refundChanges === 0 ? { absent: true } : { equals: { refunds: refundChanges } };
  return { check: refundsKey(giftId), when };
}

/** A first receipt with what makes it the gift's only one. Three actions of a transaction, and a fourth where a waiver ends. */
export function issueWrites(gift: ReceiptCase, receipt: Receipt): TransactWrite[] {
  const { current } = gift;
  const waiver = current?.waiver;
  const next = {
    state: 'live',
    organisationId: receipt.organisationId,
    generation: (current?.generation ?? 0) + 1,
    last: referenceTo(receipt),
    amountMinor: receipt.amountMinor,
    ...(waiver === undefined ? {} : { waiver }),
    changedAt: receipt.issuedAt,
    changedBy: receipt.issuedBy,
  } as const;
  return [
    { put: receiptItemOf(receipt), when: { absent: true } },
    giftReceiptPut(gift, next),
    noRefundSince(gift),
    ...(waiver === undefined || current?.state !== 'waived'
      ? []
      : [
          {
            update: receiptWaiverKey(receipt.organisationId, waiver.year, gift.giftId, waiver.generation),
            set: { endedBy: referenceTo(receipt) },
            when: { equals: { type: 'receipt-waiver' } },
          },
        ]),
  ];
}

/** The record that a gift has no receipt, with what keeps it from having two of them. Three actions of a transaction. */
export function waiverWrites(
  gift: ReceiptCase,
  { campaignId }: DonationEntry,
  amountMinor: Minor,
  reason: WaiverReason,
  { settings, by, now }: Issuer,
): TransactWrite[] {
  const { organisationId } = settings;
  const year = seriesYearOf(settings, now);
  const { giftId } = gift;
  const generation = gift.current?.generation ?? 0;
  const waiver = {
    giftId,
    generation,
    organisationId,
    year,
    campaignId,
    reason,
    amountMinor,
    recordedAt: now,
    recordedBy: by,
  };
  const next = {
    state: 'waived',
    organisationId,
    generation,
    ...(gift.current?.last === undefined ? {} : { last: gift.current.last }),
    waiver: { year, generation },
    changedAt: now,
    changedBy: by,
  } as const;
  return [
    {
      put: { ...receiptWaiverKey(organisationId, year, giftId, generation), type: 'receipt-waiver', ...waiver },
      when: { absent: true },
    },
    giftReceiptPut(gift, next),
    noRefundSince(gift),
  ];
}
