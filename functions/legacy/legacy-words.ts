import type { FileState } from './legacy-exercise.ts';

/** Where a list stands, in reports. */
export const FILE_STATE_NAMES: Readonly<Record<FileState, string>> = {
  'awaiting-upload': '未上传',
  reading: '读取中',
  read: '未导入',
  refused: '无法读取',
  importing: '导入中',
  imported: '已导入',
  failed: '导入未完成',
};

/** What the values of a project are called in reports. */
export const FIELD_NAMES: Readonly<Record<string, string>> = {
  name: '名称',
  kind: '类别',
  source: '来源',
  county: '县区',
  year: '年度',
  startedOn: '开始时间',
  finishedOn: '完成时间',
  moneyMinor: '资金',
  goodsMinor: '物资折价',
  goods: '物资',
  note: '备注',
};
