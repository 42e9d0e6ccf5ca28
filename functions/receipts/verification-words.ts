import type { Verification } from './verification.ts';

export const VERIFICATION_LANGUAGES = ['zh-CN', 'en'] as const;
export type VerificationLanguage = (typeof VERIFICATION_LANGUAGES)[number];

type Words = {
  readonly heading: string;
  readonly how: string;
  readonly code: string;
  readonly number: string;
  readonly checkCode: string;
  readonly check: string;
  readonly unknown: string;
  readonly unknownHelp: string;
  readonly again: string;
  readonly state: Readonly<Record<Verification['state'], string>>;
  readonly stateHelp: Readonly<Record<Verification['state'], string>>;
  readonly amount: string;
  readonly issuedOn: string;
  readonly payer: string;
  readonly organisation: string;
  readonly campaign: string;
  readonly kind: string;
  readonly money: string;
  readonly goods: string;
  readonly copies: string;
  readonly otherReceipt: string;
  readonly masked: string;
  readonly download: string;
  readonly generated: string;
};

const WORDS: Readonly<Record<VerificationLanguage, Words>> = {
  'zh-CN': {
    heading: '捐赠票据查验',
    how: '请输入票据上的票据代码、票据号码和校验码。',
    code: '票据代码',
    number: '票据号码',
    checkCode: '校验码',
    check: '查验',
    unknown: '没有查到这张票据',
    unknownHelp: '请核对票据代码、票据号码和校验码。校验码为 20 位数字，可以带空格。如仍查不到，请与开票单位联系。',
    again: '再查一张',
    state: { valid: '真实有效', void: '真实，但已作废', reversed: '真实，但已冲红', reversal: '真实的红字票据' },
    stateHelp: {
      valid: '这张票据由本系统开具，内容未被改动，目前有效。',
      void: '这张票据因开具有误已经作废，不得作为凭证。',
      reversed: '这张票据已被红字票据冲销，不得作为凭证。',
      reversal: '这是一张红字票据，用于冲销另一张票据。',
    },
    amount: '金额',
    issuedOn: '开票日期',
    payer: '交款人',
    organisation: '收款单位',
    campaign: '募捐活动',
    kind: '捐赠种类',
    money: '资金',
    goods: '物资（按评估价值）',
    copies: '重复打印次数',
    otherReceipt: '关联票据',
    masked: '为保护个人信息，只显示部分姓名。请与手中票据核对。',
    download: '下载票据（PDF）',
    generated: '演示数据：票据和捐赠均为虚构。',
  },
  en: {
    heading: 'Check a donation receipt',
    how: 'Type the code, the number and the check code that are printed on the receipt.',
    code: 'Receipt code (票据代码)',
    number: 'Receipt number (票据号码)',
    checkCode: 'Check code (校验码)',
    check: 'Check',
    unknown: 'No such receipt was found',
    unknownHelp:
      'Compare code, number and check code with the receipt. The check code has 20 digits; spaces do not matter. If it still is not found, ask the organisation that issued it.',
    again: 'Check another one',
    state: {
      valid: 'Genuine and valid',
      void: 'Genuine, but void',
      reversed: 'Genuine, but reversed',
      reversal: 'A genuine reversal',
    },
    stateHelp: {
      valid: 'This receipt was issued here, nothing in it was changed, and it is valid.',
      void: 'This receipt was issued by mistake and is void. It proves nothing.',
      reversed: 'This receipt was taken back by another one. It proves nothing.',
      reversal: 'This receipt is below zero: it takes another one back.',
    },
    amount: 'Amount',
    issuedOn: 'Issued on',
    payer: 'Payer',
    organisation: 'Issued by',
    campaign: 'Campaign',
    kind: 'Given in',
    money: 'Money',
    goods: 'Goods, at their assessed value',
    copies: 'Handed out again',
    otherReceipt: 'Belongs to receipt',
    masked: 'Only a part of the name is shown, to protect the donor. Compare it with the receipt.',
    download: 'Download the receipt (PDF)',
    generated: 'Demonstration: this receipt and its gift are made up.',
  },
};

export const verificationWords = (language: VerificationLanguage): Words => WORDS[language];
