import type { ExplainedEvent, Lot, MatchExplanation } from './explanation.ts';
import type { Step } from './explanation-offer.ts';
import type { ExplanationWords, Written } from './explanation-words.ts';
import { holdClause } from './hold-words.ts';
import type { RuleOf } from './matching-rule.ts';
import { percent } from './rule-words.ts';
import type { Cap } from './rules/caps.ts';

const CAPS: Record<Cap, string> = {
  'per-gift': '单笔配捐上限',
  'per-donor': '每人配捐上限',
  'per-donor-day': '每人每天配捐上限',
  'per-donor-year': '每人每年度配捐上限',
  'per-unit': '每个单位配捐上限',
  multiple: '各规则合计对这笔捐款的配捐上限',
};

const cutNote = (cut: boolean): string => (cut ? '（不足一分的部分舍去，从不进位）' : '');

function step(one: Step, { money }: Written): string {
  switch (one.kind) {
    case 'ratio':
      return `${money(one.ofMinor)} × ${one.numerator}/${one.denominator} = ${money(one.resultMinor)}${cutNote(one.cut)}`;
    case 'share':
      return `${money(one.ofMinor)} × 抽中比例 ${percent(one.basisPoints)} = ${money(one.resultMinor)}${cutNote(one.cut)}`;
    case 'times':
      return `动员 ${one.reach} 人，再加基数的 ${one.times} 倍 = ${money(one.resultMinor)}`;
    case 'band':
      return `动员 ${one.reach} 人，加配 ${money(one.ofMinor)} × ${percent(one.basisPoints)} = ${money(one.resultMinor)}${cutNote(one.cut)}`;
    case 'streak':
      return `连续捐赠 ${one.years} 年，一次性加 ${money(one.resultMinor)}`;
  }
}

function happened(event: ExplainedEvent, written: Written): string {
  const why = event.reason === null ? '' : `，理由：${event.reason}`;
  switch (event.kind) {
    case 'refund':
      return `捐款退回 ${written.money(event.refundMinor ?? 0)}（退款 ${event.refundId}），配捐按比例退回`;
    case 'release':
      return `${event.by} 核查后放行了这笔配捐${why}`;
    case 'void':
      return `${event.by} 取消了这笔配捐${why}`;
    case 'claim':
      return `${event.by} 批准了单位配捐申请${why}`;
    default:
      return `${event.kind}，经办 ${event.by}${why}`;
  }
}

const STAGES: Record<MatchExplanation['result']['stage'], string> = {
  none: '没有配捐，因此无须核定或拨付。',
  held: '正在等待人工核查。',
  void: '这笔配捐已取消。',
  provisional: '状态：暂定。募捐仍在进行，活动结束后复算核定。',
  publicised: '状态：公示中。复算分毫不差，公众可提出异议',
  confirmed: '状态：已确认，由配捐方承担。',
  paid: '状态：已拨付。',
};

export const CHINESE: ExplanationWords = {
  gift: ({ giftId, gift, place, plan, zone }, { money, time }) => ({
    heading: `捐款 ${money(gift.amountMinor)}（${giftId}）`,
    lines: [
      `支付时间 ${time(gift.occurredAt)}（${zone}），${gift.unitId === null ? '未指明动员单位' : `动员单位 ${gift.unitId}`}，订单 ${gift.orderNo}。`,
      `${time(place.countedAt)} 入账，为本次募捐的第 ${place.sequence} 笔，按配捐方案第 ${plan.planVersion} 版计算（${plan.planId}）。配捐按入账次序进行。`,
      ...(place.afterFinalisation ? ['入账时配捐已经核定，因此不再配捐。'] : []),
    ],
  }),
  rule: (position, sponsor, ruleId) => `规则 ${position}：${sponsor}（${ruleId}）`,
  terms: (sentence) => `内容：${sentence}`,
  inForce: ({ window }, { time }) =>
    window === null
      ? '时段：不在内。付款时这条规则没有生效。'
      : `时段：在内，自 ${time(window.from)} 起，至 ${time(window.until)} 前${window.subPoolId === null ? '' : `，从分池“${window.subPoolId}”支取`}。`,
  nothing: ({ outcome, rule }, { money }) => {
    switch (outcome) {
      case 'below-minimum':
        return `应配：无。这条规则的起配金额为 ${money('perGift' in rule ? (rule.perGift?.minMinor ?? 0) : 0)}。`;
      case 'not-drawn':
        return '应配：无。这笔捐款没有抽中。';
      case 'not-eligible':
        return '应配：无。捐赠人的捐赠年数未达到最低一档。';
      case 'awaits-claim':
        return '应配：暂无。单位配捐在捐赠人申请并获批准后计算。';
      default:
        return undefined;
    }
  },
  lot: (lot, { rule }) => [
    ...(rule.kind !== 'random' ? [] : [lotLine(lot, rule)]),
    lot.seedHash === null ? '抽签种子在募捐开始前已经固定。' : `募捐开始前已公布种子的哈希：${lot.seedHash}。`,
    ...(lot.seed === null
      ? ['种子在配捐核定时公布，届时任何人都可以重算这次抽签。']
      : [
          `种子（已公布）：${lot.seed}。`,
          '手工验证（摘要开头即四个数，各八位十六进制）：',
          `$ printf '%s' '${lot.message}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:${lot.seed}`,
        ]),
  ],
  step,
  offer: (lines, total) => `应配：${lines.join('；')}${lines.length > 1 ? `；合计 ${total}` : ''}。`,
  cap: (cap, limit, used, left) =>
    cap === 'per-gift'
      ? `上限：${CAPS[cap]}为 ${limit}，低于应配金额。`
      : `上限：${CAPS[cap]}为 ${limit}，${used === undefined ? '已经用完' : `此前已用 ${used}，还剩 ${left}`}。`,
  pool: (outcome, left, matched) => {
    if (outcome === 'exhausted') return '余额：此前配捐池已经用完。';
    if (outcome === 'partly') return `余额：此前池内只剩 ${left}，不足应配金额，全部配给这笔。`;
    return `余额：此前池内还有 ${left}，这笔配出 ${matched}。`;
  },
  drew: (match) => `本规则配捐：${match}。`,
  challenge: (counts) => `挑战：达成后一次性追加，不配到单笔捐款。这笔捐款${counts ? '计入' : '不计入'}进度。`,
  round: '分配：募捐截止后一次分给各单位，不配到单笔捐款。',
  most: ({ numerator, denominator, mostMinor, reached }, { money }) =>
    `各规则合计最多配捐款的 ${numerator}/${denominator}，这笔为 ${money(mostMinor)}，${reached ? '配捐因此受限' : '没有达到'}。`,
  hold: ({ reason, gifts, waiting }) =>
    `${holdClause(reason, gifts, 'zh-CN')}，配捐已计算，但须人工核查${waiting ? '，目前仍在等待' : ''}。`,
  together: '合计',
  since: '此后',
  event: (event, _, written) => `${written.time(event.at)}：${happened(event, written)}。`,
  change: (ruleId, amountMinor, { money }) =>
    amountMinor < 0 ? `${money(-amountMinor)} 退回 ${ruleId} 的配捐池。` : `从 ${ruleId} 配出 ${money(amountMinor)}。`,
  turned: (kind, ruleId, lump) => `挑战 ${ruleId} 因此${kind === 'unlocked' ? '达成' : '重新锁定'}（${lump}）。`,
  refundWaiting: (amount, at) => `${at}：收到退款 ${amount}，正在处理。`,
  now: '现状',
  result: ({ result, gift }, { money, time }) => [
    `入账时配捐 ${money(result.matchMinor)}${result.claimedMinor === 0 ? '' : `，申请获批 ${money(result.claimedMinor)}`}${result.takenBackMinor === 0 ? '' : `，退回 ${money(result.takenBackMinor)}`}；现有配捐 ${money(result.netMinor)}${result.refundedMinor === 0 ? '' : `，退款后捐款为 ${money(gift.amountMinor - result.refundedMinor)}`}。`,
    result.stage === 'publicised'
      ? `${STAGES.publicised}${result.noticeUntil === null ? '' : `，至 ${time(result.noticeUntil)} 止`}。`
      : STAGES[result.stage],
  ],
};

function lotLine({ won, words, shareBasisPoints, multiple }: Lot, rule: RuleOf<'random'>): string {
  const [win, share, , times] = words ?? [];
  const chance = `${rule.winNumerator}/${rule.winDenominator}`;
  const first =
    win === undefined
      ? ''
      : `（第 1 个数为 ${win}，${win} × ${rule.winDenominator} ${won ? '小于' : '不小于'} ${rule.winNumerator} × 4294967296）`;
  if (!won) return `抽签：中签机会 ${chance}，这笔未中${first}。`;
  const drawn = `在 ${percent(rule.lowBasisPoints)} 至 ${percent(rule.highBasisPoints)} 之间抽得 ${percent(shareBasisPoints ?? 0)}${share === undefined ? '' : `（第 2 个数为 ${share}）`}`;
  const more =
    multiple === null ? '' : `，再加基数的 ${multiple} 倍${times === undefined ? '' : `（第 4 个数为 ${times}）`}`;
  return `抽签：中签机会 ${chance}，这笔抽中${first}；${drawn}${more}。`;
}
