import { EMERGENCY_RULE, earliestOpening, FILING_RULE, openingRight } from '../filing/filing.ts';
import type { StaffMail } from '../notices/staff-mail.tsx';
import type { Campaign } from './campaign.ts';

/** What the workflow tells staff of a campaign's life, once each. */
export const LIFE_EVENTS = ['unfiled', 'missed', 'paused-unfiled'] as const;
export type LifeEvent = (typeof LIFE_EVENTS)[number];

/** The mail about one event, in the campaign's language. */
export function lifeEventMail(event: LifeEvent, campaign: Campaign, organisationName: string): StaffMail {
  const { proposal, campaignId } = campaign;
  const { language, title, window, generatedData } = proposal;
  const isChinese = language === 'zh-CN';
  const { heading, paragraphs } = (isChinese ? chinese : english)(event, campaign);
  return {
    language,
    subject: isChinese ? `${heading}：${title}` : `${heading}: ${title}`,
    organisationName,
    heading,
    paragraphs,
    facts: [
      [isChinese ? '活动' : 'Campaign', title],
      [isChinese ? '募捐起止' : 'Days', `${window.firstDay} – ${window.lastDay} (${window.zone})`],
    ],
    footer: [campaignId, event === 'paused-unfiled' ? EMERGENCY_RULE : FILING_RULE],
    generatedData,
  };
}

type Words = { readonly heading: string; readonly paragraphs: readonly string[] };

function english(event: LifeEvent, campaign: Campaign): Words {
  switch (event) {
    case 'unfiled':
      return { heading: 'The campaign has not opened', paragraphs: [unfiledInEnglish(campaign)] };
    case 'missed':
      return {
        heading: 'The campaign never opened',
        paragraphs: [
          'Its last day has passed, and its plan was not filed in time. It was cancelled; it took no gifts.',
        ],
      };
    case 'paused-unfiled':
      return {
        heading: 'The campaign was paused',
        paragraphs: [
          'It opened in an emergency, ten days have passed, and its filing is not recorded. It takes no orders. Gifts that are paid are kept and counted.',
          'File the plan with the authority, record number and day, and resume the campaign.',
        ],
      };
  }
}

function unfiledInEnglish(campaign: Campaign): string {
  const right = openingRight(campaign);
  return right.kind === 'filed-late'
    ? `Its first day has come, but its plan was filed less than ten days before. It may open on ${right.earliest}: move its first day by an amendment.`
    : 'Its first day has come, and its plan is not filed. File it with the authority, move the first day by an amendment to ten days after that, and record the number.';
}

function chinese(event: LifeEvent, campaign: Campaign): Words {
  switch (event) {
    case 'unfiled':
      return { heading: '募捐活动未能按期开始', paragraphs: [unfiledInChinese(campaign)] };
    case 'missed':
      return {
        heading: '募捐活动未曾开始',
        paragraphs: ['活动期限已过，募捐方案未按期备案。活动已取消，未接受任何捐赠。'],
      };
    case 'paused-unfiled':
      return {
        heading: '募捐活动已暂停',
        paragraphs: [
          '该活动因突发事件先行开展，至今已满十日，尚未登记备案信息。活动已停止接受新的捐赠；已支付的捐赠照常入账。',
          '请向民政部门补办备案，登记备案编号和日期，然后恢复活动。',
        ],
      };
  }
}

function unfiledInChinese({ filing, ...campaign }: Campaign): string {
  const right = openingRight({ ...campaign, filing });
  return right.kind === 'filed-late' && filing != null
    ? `活动首日已到，但募捐方案的备案不足十日（${filing.filedOn}）。最早可于 ${earliestOpening(filing.filedOn)} 开始：请通过变更程序调整首日。`
    : '活动首日已到，募捐方案尚未备案。请向民政部门备案，通过变更程序将首日调整至备案十日之后，并登记备案编号。';
}
