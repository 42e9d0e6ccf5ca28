/**
 * Everything that runs again and again. Data only, without imports: the manifest names a job where it deploys the function
 * of the same name, infra makes a schedule of EventBridge Scheduler from each job of the system, and people see, change and
 * pause those of their organisation (docs/schedules.md). A test holds the catalogue and the manifest together.
 */
export type Job = {
  /** What it does, as people read it in the list. */
  readonly does: { readonly 'zh-CN': string; readonly en: string };
  /**
   * `system`: one run for everybody, and nobody's to pause. `organisation`: a run for each organisation at the top of a tree,
   * which says when; the run is for that organisation and all below it.
   */
  readonly of: 'system' | 'organisation';
  /**
   * As EventBridge Scheduler reads it, in the zone of the organisation (Asia/Shanghai until it says otherwise); rates and jobs
   * of the system know no zone of an organisation.
   */
  readonly expression: string;
  /** Whether it runs for an organisation that has said nothing. Jobs of the system always run. */
  readonly isOn: boolean;
};

/** The zone of jobs of the system, and of an organisation's until it says otherwise. */
export const USUAL_ZONE = 'Asia/Shanghai';

export const JOBS = {
  'sweep-orders': {
    does: {
      'zh-CN': '向支付机构查询没有收到通知的订单，补记已支付的捐赠',
      en: 'Asks the providers for orders whose notification never came, and books what was paid',
    },
    of: 'system',
    expression: 'rate(5 minutes)',
    isOn: true,
  },
  'end-mandates': {
    does: {
      'zh-CN': '请支付机构终止捐赠人已取消的月捐',
      en: 'Asks the provider to end regular gifts that their donors have cancelled',
    },
    of: 'system',
    expression: 'rate(5 minutes)',
    isOn: true,
  },
  'check-mandates': {
    does: { 'zh-CN': '找出没有按期扣款的月捐', en: 'Finds regular gifts whose charge did not come' },
    of: 'system',
    expression: 'rate(6 hours)',
    isOn: true,
  },
  'check-bills': {
    does: {
      'zh-CN': '取得各支付机构前一日的账单，与账目核对',
      en: "Fetches the providers' bills of the day before and reconciles the day",
    },
    of: 'system',
    // The bills of a day are out by ten the next morning; an hour that fails is made up for by the next.
    expression: 'rate(1 hour)',
    isOn: true,
  },
  'anchor-audit-trails': {
    does: { 'zh-CN': '核对并固定各机构的操作记录', en: 'Checks and anchors the audit trails of organisations' },
    of: 'system',
    expression: 'cron(30 1 * * ? *)',
    isOn: true,
  },
  'remind-duties': {
    does: { 'zh-CN': '提醒临近和逾期的法定事项', en: 'Mails the duties that are near, and escalates those overdue' },
    of: 'system',
    // Every hour, because mornings come at different hours in different zones.
    expression: 'rate(1 hour)',
    isOn: true,
  },
  'remind-confirmations': {
    does: {
      'zh-CN': '提醒待第二人复核的支出与物资申请',
      en: 'Mails what waits for a second person, and escalates what nobody decides',
    },
    of: 'system',
    expression: 'rate(1 hour)',
    isOn: true,
  },
  'send-held-notices': {
    does: { 'zh-CN': '发出免打扰时段暂存的通知', en: 'Sends the notices that quiet hours have held back' },
    of: 'system',
    expression: 'rate(15 minutes)',
    isOn: true,
  },
  'sign-day': {
    does: {
      'zh-CN': '为前一日的全部捐赠生成并签署校验根',
      en: "Signs the root of the day's gifts, so that a donor can check that a gift is in the total",
    },
    of: 'system',
    // Every hour, because a day ends at its campaign's own midnight; a day is signed once, half an hour after that.
    expression: 'rate(1 hour)',
    isOn: true,
  },
  disclose: {
    does: {
      'zh-CN': '按法定周期公布募捐进展',
      en: "Publishes the progress of campaigns in the law's rhythm",
    },
    of: 'organisation',
    expression: 'cron(0 9 * * ? *)',
    isOn: true,
  },
  'issue-receipts': {
    does: { 'zh-CN': '批量开具上月捐赠票据', en: "Issues the receipts of last month's gifts in a batch" },
    of: 'organisation',
    expression: 'cron(0 3 1 * ? *)',
    isOn: false,
  },
  'reverse-receipts': {
    does: {
      'zh-CN': '冲红已退款捐赠的票据，余额另开',
      en: 'Takes receipts back whose gifts were refunded since, and issues those for the rest',
    },
    of: 'system',
    expression: 'rate(15 minutes)',
    isOn: true,
  },
  'check-receipt-series': {
    does: {
      'zh-CN': '核对各机构捐赠票据号段有无缺号、重号，合计是否相符',
      en: 'Checks the registers of receipts for missing and double numbers and for sums that disagree',
    },
    of: 'system',
    expression: 'cron(45 2 * * ? *)',
    isOn: true,
  },
  'mail-closeout-reports': {
    does: { 'zh-CN': '向收件人寄送结项报告', en: 'Mails closeout reports to their recipients' },
    of: 'organisation',
    expression: 'cron(0 9 * * ? *)',
    isOn: true,
  },
  'remind-legacy': {
    does: { 'zh-CN': '提醒补交历史项目缺失的材料', en: 'Reminds people of the documents that old projects still lack' },
    of: 'organisation',
    expression: 'cron(30 8 ? * MON *)',
    isOn: true,
  },
  'keep-schedules': {
    does: {
      'zh-CN': '核对定时任务，补做停机期间错过的一次',
      en: 'Holds schedules against what people set, and makes up once for runs that were missed',
    },
    of: 'system',
    expression: 'rate(1 hour)',
    isOn: true,
  },
} as const satisfies Record<string, Job>;

export type JobName = keyof typeof JOBS;
export const JOB_NAMES = Object.keys(JOBS) as readonly JobName[];
export const isJobName = (name: string): name is JobName => Object.hasOwn(JOBS, name);
export const jobOf = (name: JobName): Job => JOBS[name];
