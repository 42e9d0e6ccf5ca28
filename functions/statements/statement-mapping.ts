import * as z from 'zod';
import type { FieldProblem } from '../kernel/errors.ts';
import { currencySchema } from '../kernel/money.ts';
import { timeZoneSchema } from '../kernel/time.ts';
import { bankTermsSchema } from './bank-terms.ts';

/** Names of columns are what the file's own header says, as people see it; at most as long as a spreadsheet's line. */
const columnSchema = z.string().trim().min(1).max(100);
const MOST_VALUES = 300;

/** How the file writes a time. `date`: a day without a time, taken as its noon, so that no zone moves it. */
export const TIME_FORMATS = [
  'YYYY-MM-DD HH:mm:ss',
  'YYYY/MM/DD HH:mm:ss',
  'YYYY-MM-DD HH:mm',
  'YYYY/MM/DD HH:mm',
  'YYYYMMDD HHmmss',
  'YYYYMMDDHHmmss',
  'YYYY-MM-DD',
  'YYYY/MM/DD',
  'YYYYMMDD',
] as const;

/**
 * How one kind of file is read: saved per organisation, so that next month's file needs one click. Every column is named
 * by its header; nothing is guessed from its place or its look.
 */
export const statementMappingSchema = z.strictObject({
  mappingId: z.string().regex(/^[a-z0-9-]{1,40}$/, 'must be 1 to 40 lower-case letters, digits or hyphens'),
  name: z.string().trim().min(1).max(80),
  file: z.enum(['delimited', 'workbook']),
  /** Of delimited files. A byte order mark is dropped. */
  encoding: z.enum(['utf-8', 'gb18030']).default('utf-8'),
  delimiter: z.enum([',', ';', '\t', '|']).default(','),
  /** The line, from 1, that names the columns; what stands above it is a title and is skipped. */
  headerLine: z.number().int().min(1).max(50).default(1),
  columns: z.strictObject({
    paidAt: columnSchema,
    /** A column of its own for the time of day, where the file has one. */
    timeOfDay: columnSchema.optional(),
    amount: columnSchema,
    /** The provider's number of the payment, where the file has one: it is what makes two files agree. */
    paymentId: columnSchema.optional(),
    /** Our order number, where the platform hands it on. */
    orderNo: columnSchema.optional(),
    /** Who paid: an account, a telephone number, a name. It is hashed, and never stored as it is. */
    payer: columnSchema.optional(),
    /** The donor's name, published only where `anonymous` says so in so many words. */
    name: columnSchema.optional(),
    anonymous: columnSchema.optional(),
    unit: columnSchema.optional(),
    team: columnSchema.optional(),
    message: columnSchema.optional(),
    /** What a refund row refers to: the provider's number of the payment it gives back. */
    refundedPaymentId: columnSchema.optional(),
  }),
  timeFormat: z.enum(TIME_FORMATS),
  zone: timeZoneSchema.default('Asia/Shanghai'),
  amountUnit: z.enum(['yuan', 'fen']).default('yuan'),
  currency: currencySchema.default('CNY'),
  /** Which rows are gifts, where a file has others too: bank statements list what was paid out as well. */
  gifts: z.strictObject({ column: columnSchema, values: z.array(z.string().max(40)).min(1).max(20) }).optional(),
  /** Which rows give money back; their amount may be written with or without a minus. */
  refunds: z.strictObject({ column: columnSchema, values: z.array(z.string().max(40)).min(1).max(20) }).optional(),
  /** What in the `anonymous` column means that the name may be published. Anything else does not. */
  publicValues: z.array(z.string().max(40)).max(20).default([]),
  /** Names in the `unit` column, and which unit of the campaign each is. */
  units: z.record(z.string().max(80), z.string().max(64)).default({}),
  /** Names in the `team` column, and which team (一起捐) of the campaign each is. */
  teams: z.record(z.string().max(80), z.string().max(64)).default({}),
  /** The file's own sum: the row that begins with this text must hold the sum of the gifts, or the file is refused. */
  summary: z
    .strictObject({ label: z.string().trim().min(1).max(40), amount: columnSchema, count: columnSchema.optional() })
    .optional(),
  /**
   * The file is an account's at the bank, and every row of it is kept: what is no gift, too. `paymentId` is then the bank's number of the
   * row, `payer` the other side's account, `name` its name, `message` the remark.
   */
  bank: bankTermsSchema.optional(),
  /** Whose numbers `paymentId` are: a gift that came by that provider's notification is then the same gift. */
  provider: z.enum(['wechat-pay', 'alipay', 'statement']).default('statement'),
  /** The account, merchant number or platform project that the file is about: rows of two accounts are never the same. */
  account: z.string().trim().min(1).max(64),
});
export type StatementMapping = z.infer<typeof statementMappingSchema>;

/** What contradicts itself in a mapping. */
export function mappingProblems(mapping: StatementMapping): FieldProblem[] {
  const { columns, gifts, refunds, provider } = mapping;
  const problems: FieldProblem[] = [];
  if (provider !== 'statement' && columns.paymentId === undefined)
    problems.push({
      field: 'columns.paymentId',
      problem: `is missing, while the numbers are said to be those of ${provider}`,
      fix: 'name the column that holds them, or set provider to statement',
    });
  if (refunds !== undefined && columns.refundedPaymentId === undefined)
    problems.push({
      field: 'columns.refundedPaymentId',
      problem: 'is missing, while some rows are refunds',
      fix: 'name the column that says which payment a refund gives back',
    });
  const both =
    gifts?.values.filter((value) => refunds?.column === gifts.column && refunds.values.includes(value)) ?? [];
  for (const value of both)
    problems.push({
      field: 'refunds.values',
      problem: `says of ${value} that it is a refund, and gifts.values that it is a gift`,
      fix: 'let each value mean one thing',
    });
  for (const field of ['units', 'teams'] as const)
    if (Object.keys(mapping[field]).length > MOST_VALUES)
      problems.push({ field, problem: `names more than ${MOST_VALUES}`, fix: 'leave out what is not in the file' });
  if (columns.timeOfDay !== undefined && /[Hh]/.test(mapping.timeFormat) && !mapping.timeFormat.includes(' '))
    problems.push({
      field: 'timeFormat',
      problem: 'holds day and time in one, while there is a column for the time',
      fix: 'give the format of both with a space between, e.g. YYYYMMDD HHmmss',
    });
  if (mapping.bank !== undefined) problems.push(...bankProblems(mapping));
  return problems;
}

/** A bank's file has rows that leave, so its sum is not the gifts' sum, and its numbers are the bank's. */
function bankProblems({ provider, summary, refunds }: StatementMapping): FieldProblem[] {
  const problem = 'cannot be beside bank';
  return [
    ...(provider === 'statement' ? [] : [{ field: 'provider', problem, fix: 'set it to statement' }]),
    ...(summary === undefined
      ? []
      : [{ field: 'summary', problem, fix: 'name the column of the balance in bank.balance instead' }]),
    ...(refunds === undefined
      ? []
      : [{ field: 'refunds', problem, fix: 'leave it out: what goes back from the account is a row that leaves' }]),
  ];
}

/** Ready-made mappings, as starting points to copy; each has been held against a file of its kind in the tests. */
export const MAPPING_EXAMPLES = {
  'platform-donors': {
    mappingId: 'platform-donors',
    name: '公益平台捐赠名单',
    file: 'delimited',
    encoding: 'gb18030',
    headerLine: 1,
    columns: {
      paidAt: '捐赠时间',
      amount: '捐赠金额',
      paymentId: '交易单号',
      name: '捐赠人',
      anonymous: '是否匿名',
      unit: '一起捐',
      message: '留言',
    },
    timeFormat: 'YYYY-MM-DD HH:mm:ss',
    publicValues: ['否'],
    summary: { label: '合计', amount: '捐赠金额' },
    account: 'tencent-gongyi',
  },
  bank: {
    mappingId: 'bank',
    name: '银行对公账户流水',
    file: 'delimited',
    encoding: 'gb18030',
    headerLine: 1,
    columns: {
      paidAt: '交易日期',
      timeOfDay: '交易时间',
      amount: '发生额',
      payer: '对方账号',
      name: '对方户名',
      message: '摘要',
    },
    timeFormat: 'YYYYMMDD HHmmss',
    gifts: { column: '借贷标志', values: ['贷'] },
    account: 'bank-6222',
  },
  'bank-account': {
    mappingId: 'bank-account',
    name: '银行对公账户明细（全部流水与余额）',
    file: 'delimited',
    encoding: 'gb18030',
    headerLine: 1,
    columns: {
      paidAt: '交易日期',
      timeOfDay: '交易时间',
      amount: '发生额',
      paymentId: '流水号',
      payer: '对方账号',
      name: '对方户名',
      message: '摘要',
    },
    timeFormat: 'YYYYMMDD HHmmss',
    bank: {
      direction: { by: 'values', column: '借贷标志', incoming: ['贷'], outgoing: ['借'] },
      balance: '余额',
      kinds: [
        { kind: 'interest', words: ['结息', '利息'] },
        { kind: 'fee', words: ['手续费', '账户管理费', '工本费'] },
      ],
    },
    account: 'bank-6222',
  },
} as const satisfies Record<string, z.input<typeof statementMappingSchema>>;
