import { type Instant, type LocalDate, SECONDS_PER_DAY, secondsUntil } from '../kernel/time.ts';
import type { StaffMail } from '../notices/staff-mail.tsx';
import { type AboutCampaign, itemsMail } from './items-mail.ts';
import type { ReconciliationItem } from './reconciliation-item.ts';

/** After how many days people hear of an item that is still open. */
const REMINDED_AFTER_DAYS = [7, 14, 28] as const;
/** From here on the admins are told as well. */
export const LONG_OPEN_DAYS = 28;

/** Which reminder of an open item is due: the last of the days that have passed. */
export function reminderDue({ state, foundAt }: ReconciliationItem, now: Instant): number | undefined {
  if (state !== 'open') return undefined;
  const days = Math.floor(-secondsUntil(foundAt, now) / SECONDS_PER_DAY);
  return REMINDED_AFTER_DAYS.findLast((after) => after <= days);
}

/** A carried item whose day has passed, open again; `undefined` where nothing is due. What was carried stands in its comments and the trail. */
export function dueAgain(item: ReconciliationItem, today: LocalDate): ReconciliationItem | undefined {
  if (item.state !== 'carried' || item.carried === undefined || item.carried.dueOn >= today) return undefined;
  const { carried: _carried, ...rest } = item;
  const { revision, reopened, version } = item;
  return { ...rest, state: 'open', revision: revision + 1, reopened: reopened + 1, version: version + 1 };
}

/** `open`: for so many days nobody has settled them. `due`: they were carried to a day that has passed. */
export type StaleKind =
  | { readonly kind: 'open'; readonly days: number }
  | { readonly kind: 'due'; readonly dueOn: string };

/** The mail about items that lie, in the campaign's language. Names no donor. */
export function staleMail(items: readonly ReconciliationItem[], why: StaleKind, about: AboutCampaign): StaffMail {
  const words =
    about.language === 'zh-CN'
      ? { heading: '对账差异尚未处理', paragraphs: [chinese(why)], counted: '未处理差异' }
      : { heading: 'Discrepancies are not settled', paragraphs: [english(why)], counted: 'Items' };
  return itemsMail(items, words, about);
}

const chinese = (why: StaleKind): string =>
  why.kind === 'open'
    ? `以下差异发现已满 ${why.days} 天仍未处理。请查明后注明原因予以处理，或结转至下一期间；结项须等待全部差异处理完毕。`
    : `以下差异原结转至 ${why.dueOn}，期限已过，现重新列为未处理。请查明后注明原因予以处理。`;
const english = (why: StaleKind): string =>
  why.kind === 'open'
    ? `These were found ${why.days} days ago and are open. Resolve each with a reason, or carry it to the next period: the closeout waits for all of them.`
    : `These were carried to ${why.dueOn}, which has passed, and are open again. Resolve each with a reason.`;
