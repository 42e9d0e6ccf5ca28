import type { Duty } from './duty.ts';
import { DUTY_KINDS } from './duty-kind.ts';

/** A duty as staff see it, with its words in both languages. */
export function dutyView(duty: Duty) {
  const { id, kind, dueOn, rule, state, doneOn, by, about } = duty;
  const words = DUTY_KINDS[kind];
  return {
    dutyId: id,
    kind,
    title: { 'zh-CN': words['zh-CN'], en: words.en },
    about: about ?? null,
    dueOn,
    state,
    rule,
    byHand: words.byHand,
    doneOn: doneOn ?? null,
    doneBy: by ?? null,
  };
}
export type DutyView = ReturnType<typeof dutyView>;
