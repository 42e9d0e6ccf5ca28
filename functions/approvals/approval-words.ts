import { formatMoney } from '../kernel/money.ts';
import { type Instant, localTimeText } from '../kernel/time.ts';
import type { Approval, ApprovalState, Decision, Reason } from './approval.ts';
import type { ApprovalNotice } from './approval-notices.ts';

type Language = Approval['language'];
export type NoticeFor = {
  readonly approval: Approval;
  readonly notice: ApprovalNotice;
  readonly organisationName: string;
  readonly recipientName: string;
  /** By person: the names to show; whoever is not among them is shown by id. */
  readonly names: ReadonlyMap<string, string>;
  /** The names of those for whom the recipient would decide. */
  readonly onBehalfOf: readonly string[];
  readonly now: Instant;
};
/** The words of one mail, before any layout. Decisions stand in a list of their own. */
export type NoticeWords = {
  readonly subject: string;
  readonly heading: string;
  readonly greeting: string;
  readonly paragraphs: readonly string[];
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly listTitle: string;
  readonly list: readonly string[];
  readonly closing: string;
  readonly warning: string | undefined;
  readonly footer: readonly string[];
};

const SUBJECTS = {
  'zh-CN': { campaign: '项目方案', amendment: '项目变更', closeout: '结项报告', addendum: '结项报告补充说明' },
  en: {
    campaign: 'proposal',
    amendment: 'change',
    closeout: 'closeout report',
    addendum: 'addendum to the closeout report',
  },
} as const;
const STATES: Readonly<Record<Language, Readonly<Record<ApprovalState, string>>>> = {
  'zh-CN': {
    waiting: '等待审批',
    approved: '已通过',
    returned: '已退回修改',
    rejected: '未予批准',
    expired: '逾期未决，已退回',
  },
  en: {
    waiting: 'waiting',
    approved: 'approved',
    returned: 'returned',
    rejected: 'rejected',
    expired: 'returned undecided',
  },
};
const DECIDED: Readonly<Record<Language, Readonly<Record<Decision['decision'], string>>>> = {
  'zh-CN': { approve: '同意', return: '退回', reject: '不予批准' },
  en: { approve: 'approved', return: 'returned', reject: 'rejected' },
};

/** What one person is told about one approval, in the campaign's language. */
export const noticeWords = (input: NoticeFor): NoticeWords =>
  input.approval.language === 'zh-CN' ? chinese(input) : english(input);

/** Reasons as one text, for the campaign's history and for people: `budgetLines[2].amountMinor: too high; …`. */
export const reasonText = (reasons: readonly Reason[]): string =>
  reasons.map(({ field, reason }) => (field === undefined ? reason : `${field}: ${reason}`)).join('; ');

function chinese(input: NoticeFor): NoticeWords {
  const { approval, notice, organisationName, recipientName, onBehalfOf } = input;
  const { title, zone, generatedData } = approval;
  const what = SUBJECTS['zh-CN'][approval.subject];
  const at = (moment: Instant): string =>
    `${localTimeText(moment, zone).slice(0, 16)}（${zone === 'Asia/Shanghai' ? '北京时间' : zone}）`;
  const common = {
    greeting: `${recipientName}，您好：`,
    closing: organisationName,
    warning: generatedData ? '演示数据：本项目由程序生成，并非真实项目。' : undefined,
    list: made(input),
  };
  const prefix = generatedData ? '【演示数据】' : '';
  if (notice.kind === 'ended') {
    const state = approval.withdrawn === undefined ? STATES['zh-CN'][approval.state] : '因账目变动重新送签';
    return {
      ...common,
      subject: `${prefix}${what}${state}：${title}`,
      heading: `${what}${state}`,
      paragraphs: [endedChinese(approval, what)],
      facts: [...facts(input), ['结束时间', at(approval.finishedAt ?? input.now)]],
      listTitle: approval.state === 'approved' ? '审批记录' : '审批意见',
      footer: ['此信写给提交或修改过本方案的人，无需回复。'],
    };
  }
  const step = approval.steps[notice.step - 1];
  const name = step?.name ?? '';
  const lead = {
    'step-begun': `《${title}》的${what}已到“${name}”一步，等待您审批。`,
    reminder: `提醒：《${title}》的${what}仍在“${name}”一步等待审批。`,
    escalation: `《${title}》的${what}在“${name}”一步逾时未决，按审批规则现在您也可以审批。`,
  }[notice.kind];
  return {
    ...common,
    subject: `${prefix}${{ 'step-begun': '待您审批', reminder: '审批提醒', escalation: '逾时转请审批' }[notice.kind]}：${title}`,
    heading: { 'step-begun': '一项审批等您处理', reminder: '审批提醒', escalation: '逾时未决，请您审批' }[notice.kind],
    paragraphs: [
      lead,
      ...(onBehalfOf.length === 0 ? [] : [`您是受${onBehalfOf.join('、')}委托代为审批。`]),
      ...(step?.collective === true ? ['这一步须经集体研究决定：请附会议纪要、开会日期与参会人员。'] : []),
      '请阅读方案后选择同意、退回修改（写明原因）或不予批准（写明原因）。',
    ],
    facts: [
      ...facts(input),
      ['审批步骤', `第${notice.step}步，共${approval.steps.length}步：${name}`],
      ['本步开始', at(step?.begunAt ?? approval.begunAt)],
      ['逾期退回', at(approval.decideBy)],
    ],
    listTitle: '此前的审批',
    footer: ['此信写给可以审批这一步的人。登录后在“待我审批”中处理，无需回复。'],
  };
}

function endedChinese({ title, state, withdrawn }: Approval, what: string): string {
  const name = `《${title}》的${what}`;
  if (withdrawn !== undefined) return `${name}生成后账目有变动，这一稿不再签署。新稿会自动生成并重新送签，您无需操作。`;
  switch (state) {
    case 'approved':
      return `${name}已通过全部审批步骤。`;
    case 'returned':
      return `${name}被退回修改。改好后可以再次提交，重新审批。`;
    case 'rejected':
      return `${name}未予批准，不能再次提交。`;
    default:
      return `${name}三十天内无人作出决定，已自动退回，可以再次提交。`;
  }
}

function english(input: NoticeFor): NoticeWords {
  const { approval, notice, organisationName, recipientName, onBehalfOf } = input;
  const { title, zone, generatedData } = approval;
  const what = SUBJECTS.en[approval.subject];
  const at = (moment: Instant): string => `${localTimeText(moment, zone).slice(0, 16)} (${zone})`;
  const common = {
    greeting: `Dear ${recipientName},`,
    closing: organisationName,
    warning: generatedData ? 'Demonstration data: this campaign was generated by a program.' : undefined,
    list: made(input),
  };
  const prefix = generatedData ? '[Demonstration data] ' : '';
  if (notice.kind === 'ended') {
    const state =
      approval.withdrawn === undefined ? STATES.en[approval.state] : 'overtaken by the books, and is signed anew';
    return {
      ...common,
      subject: `${prefix}The ${what} was ${state}: ${title}`,
      heading: `The ${what} was ${state}`,
      paragraphs: [endedEnglish(approval, what)],
      facts: [...facts(input), ['Ended', at(approval.finishedAt ?? input.now)]],
      listTitle: approval.state === 'approved' ? 'Decisions' : 'What was said',
      footer: ['This mail goes to whoever submitted or edited the proposal. No answer is needed.'],
    };
  }
  const step = approval.steps[notice.step - 1];
  const name = step?.name ?? '';
  const lead = {
    'step-begun': `The ${what} “${title}” has come to the step “${name}” and waits for your decision.`,
    reminder: `A reminder: the ${what} “${title}” still waits at the step “${name}”.`,
    escalation: `The ${what} “${title}” was not decided in time at the step “${name}”. By the route, you may decide it now too.`,
  }[notice.kind];
  return {
    ...common,
    subject: `${prefix}${{ 'step-begun': 'Waits for your decision', reminder: 'Reminder of a decision', escalation: 'Not decided in time' }[notice.kind]}: ${title}`,
    heading: {
      'step-begun': 'A decision waits for you',
      reminder: 'A decision still waits',
      escalation: 'Not decided in time: please decide',
    }[notice.kind],
    paragraphs: [
      lead,
      ...(onBehalfOf.length === 0 ? [] : [`You would decide for ${onBehalfOf.join(', ')}, who delegated it to you.`]),
      ...(step?.collective === true
        ? ['This step is decided by a meeting: attach its minutes, with the day and who was there.']
        : []),
      'Please read it, then approve it, return it for changes or reject it; the last two with reasons.',
    ],
    facts: [
      ...facts(input),
      ['Step', `${notice.step} of ${approval.steps.length}: ${name}`],
      ['Waits since', at(step?.begunAt ?? approval.begunAt)],
      ['Returned undecided', at(approval.decideBy)],
    ],
    listTitle: 'Decided so far',
    footer: [
      'This mail goes to whoever may decide this step. Sign in and look under “waiting for me”; no answer is needed.',
    ],
  };
}

function endedEnglish({ title, state, withdrawn }: Approval, what: string): string {
  const name = `The ${what} “${title}”`;
  if (withdrawn !== undefined)
    return `The books have moved since ${name.replace('The', 'the')} was written, and this draft is signed no more. A new one is made and sent to be signed by itself: there is nothing that you have to do.`;
  switch (state) {
    case 'approved':
      return `${name} passed every step of its approval.`;
    case 'returned':
      return `${name} was returned for changes. Change it and submit it again; it is then decided anew.`;
    case 'rejected':
      return `${name} was rejected and cannot be submitted again.`;
    default:
      return `Nobody decided within thirty days. ${name} was returned and can be submitted again.`;
  }
}

function facts({ approval, names }: NoticeFor): (readonly [string, string])[] {
  const { title, amountMinor, currency, round, subject, workedOnBy, campaignId, language } = approval;
  const amount = formatMoney(amountMinor, currency);
  const author = nameOf(workedOnBy.at(-1) ?? '', names);
  return language === 'zh-CN'
    ? [
        ['项目', title],
        ['金额', amount],
        [subject === 'amendment' ? '变更' : '提交', `第${round}次，由${author}提交`],
        ['项目编号', campaignId],
      ]
    : [
        ['Campaign', title],
        ['Amount', amount],
        [subject === 'amendment' ? 'Change' : 'Round', `${round}, submitted by ${author}`],
        ['Campaign no.', campaignId],
      ];
}

/** Every decision so far, one line each, with the reasons under it. */
function made({ approval, names }: NoticeFor): string[] {
  const { language, zone } = approval;
  const isChinese = language === 'zh-CN';
  return approval.steps.flatMap((step) =>
    step.decisions.flatMap(({ by, onBehalfOf, decision, at, reasons }) => {
      const who = nameOf(by, names);
      const other = onBehalfOf === undefined ? undefined : nameOf(onBehalfOf, names);
      const time = localTimeText(at, zone).slice(0, 16);
      const line = isChinese
        ? `${step.name}：${other === undefined ? who : `${who}（代${other}）`}${DECIDED['zh-CN'][decision]}，${time}`
        : `${step.name}: ${DECIDED.en[decision]} by ${other === undefined ? who : `${who} for ${other}`}, ${time}`;
      const said = reasons.map(({ field, reason }) =>
        field === undefined ? reason : isChinese ? `${field}：${reason}` : `${field}: ${reason}`,
      );
      return [line, ...said.map((text) => `— ${text}`)];
    }),
  );
}

const nameOf = (personId: string, names: ReadonlyMap<string, string>): string => names.get(personId) ?? personId;
