/**
 * Every duty that a campaign or an organisation has by law or by our own rule: what it asks, in both languages, and where it
 * is written. `byHand`: a person says that it is done; the others are done when the system itself has done them.
 */
export const DUTY_KINDS = {
  filing: {
    byHand: false,
    rule: 'Charity Law art. 24; MCA Order 74 art. 11: ten days before the first day',
    'zh-CN': '向民政部门备案公开募捐方案',
    en: 'File the plan with the civil affairs authority',
  },
  'emergency-filing': {
    byHand: false,
    rule: 'Charity Law art. 73: within ten days after the start',
    'zh-CN': '突发事件募捐补办备案',
    en: 'File the plan of a campaign that began in an emergency',
  },
  settling: {
    byHand: false,
    rule: 'Our own: 35 hours after the end, when late notices have come and bills are ready',
    'zh-CN': '核清迟到通知并计算配捐',
    en: 'Settle late notices and finalise matching',
  },
  'match-notice': {
    byHand: false,
    rule: 'Our own, by the practice of Tencent Charity since 2016: ten days of public notice',
    'zh-CN': '配捐公示期满并核定',
    en: 'End the public notice of the matches and confirm them',
  },
  closeout: {
    byHand: false,
    rule: 'Our own: 30 days after the end',
    'zh-CN': '出具结项报告',
    en: 'Write and mail the closeout report',
  },
  'progress-disclosure': {
    byHand: true,
    rule: 'Charity Law art. 79: at least every three months where a campaign lasts longer than six',
    'zh-CN': '公布募捐进展',
    en: 'Publish how the campaign is going',
  },
  'full-disclosure': {
    byHand: true,
    rule: 'Charity Law art. 79: in full within three months after the end',
    'zh-CN': '全面、详细公布募捐情况',
    en: 'Publish the campaign in full',
  },
  'project-progress': {
    byHand: true,
    rule: 'Charity Law art. 79: at least every three months where a project lasts longer than six; how often, the filed plan says',
    'zh-CN': '公布项目进展和资金使用情况',
    en: 'Publish how the project is going and what its money is used for',
  },
  'project-full': {
    byHand: true,
    rule: 'Charity Law art. 79: in full within three months after the project’s end',
    'zh-CN': '全面、详细公布项目实施情况和募得款物使用情况',
    en: 'Publish the project in full',
  },
  surplus: {
    byHand: true,
    rule: 'Charity Law art. 58; MCA Order 81: publish what is done with a surplus within three months after the end',
    'zh-CN': '公布剩余财产处理情况',
    en: 'Publish what is done with what is left',
  },
  'report-back': {
    byHand: true,
    rule: 'Charity Law art. 42; Red Cross Law art. 21: on one’s own motion; the day is our own, that of the full disclosure',
    'zh-CN': '向捐赠人反馈捐赠款物使用情况',
    en: 'Report back to the donors',
  },
  'partner-evaluation': {
    byHand: true,
    rule: 'MCA Order 81; Charity Law art. 26: within three months after the end',
    'zh-CN': '公布对合作方的评估和监督情况',
    en: 'Publish how the partners were evaluated and supervised',
  },
  'annual-report': {
    byHand: true,
    rule: 'MCA Order 81: by 31 May of the next year',
    'zh-CN': '公布年度工作报告和财务会计报告',
    en: 'Publish the annual report and the financial report',
  },
  event: {
    byHand: true,
    rule: 'MCA Order 81 arts 13 and 14: within 30 days',
    'zh-CN': '公布重大事项',
    en: 'Publish what has happened',
  },
} as const satisfies Record<
  string,
  { readonly byHand: boolean; readonly rule: string; readonly 'zh-CN': string; readonly en: string }
>;

export type DutyKind = keyof typeof DUTY_KINDS;
