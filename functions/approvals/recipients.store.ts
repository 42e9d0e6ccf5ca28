import { fingerprint } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { campaignNoticeKey, type Key } from '../platform/keys.ts';
import { addressOf, readMany, type Table } from '../platform/table.ts';
import type { Approval, ApprovalStep } from './approval.ts';
import { type ApprovalNotice, noticeName } from './approval-notices.ts';
import type { Who } from './approval-route.ts';
import { canDecide } from './deciding.ts';
import { delegationsFrom } from './delegation.store.ts';
import { isInForce } from './delegation.ts';
import type { Decider, Ground } from './entitlement.ts';
import { type KnownPerson, peopleAmong, readPeople } from './people.store.ts';

/** Mails of one notice at most: a role that more people hold than this is no group that decides. */
const MOST_RECIPIENTS = 50;

/** One person to be told one thing. */
export type Recipient = {
  readonly notice: ApprovalNotice;
  readonly noticeName: string;
  /** The claim of this mail. */
  readonly key: Key;
  readonly email: string;
  readonly name: string;
  /** For whom they would decide; empty for those who decide for themselves. */
  readonly onBehalfOf: readonly string[];
};
/** Somebody to be told: for themselves, or for those named. */
export type Told = { readonly person: KnownPerson; readonly onBehalfOf: readonly string[] };

/** Who is to be told what: of a step that waits those who could decide it by now, deputies among them; of the end the authors. */
export async function recipientsOf(
  table: Table,
  approval: Approval,
  notices: readonly ApprovalNotice[],
  now: Instant,
): Promise<Recipient[]> {
  const lists = await Promise.all(
    notices.map(async (notice) => {
      const told = await toldOf(table, approval, notice, now);
      return told.slice(0, MOST_RECIPIENTS).flatMap((one) => recipient(approval, notice, one));
    }),
  );
  return lists.flat();
}

/** Those that nobody has claimed yet. */
export async function unsentOf(table: Table, recipients: readonly Recipient[]): Promise<Recipient[]> {
  const claims = await readMany(
    table,
    recipients.map(({ key }) => key),
  );
  const claimed = new Set(claims.map(addressOf));
  return recipients.filter(({ key }) => !claimed.has(addressOf(key)));
}

/** The names of all who stand in an approval's mails, by id. */
export async function namesIn(table: Table, { workedOnBy, steps }: Approval): Promise<ReadonlyMap<string, string>> {
  const decided = steps.flatMap(({ decisions }) => decisions.flatMap(({ by, onBehalfOf }) => [by, onBehalfOf ?? by]));
  const people = await readPeople(table, [...workedOnBy, ...decided]);
  return new Map(people.flatMap(({ personId, name }) => (name === undefined ? [] : [[personId, name]])));
}

async function toldOf(table: Table, approval: Approval, notice: ApprovalNotice, now: Instant): Promise<Told[]> {
  if (notice.kind === 'ended')
    return (await readPeople(table, approval.workedOnBy)).map((person) => ({ person, onBehalfOf: [] }));
  const step = approval.steps[notice.step - 1];
  if (step === undefined) return [];
  return toldAmong(table, approval, toldWhos(notice, step), (decider) => canDecide(approval, decider, now), now);
}

/** Who of these people, and of their deputies, can decide something: whoever can for themselves is told as such. */
export async function toldAmong(
  table: Table,
  ground: Ground,
  whos: readonly Who[],
  isAble: (decider: Decider) => boolean,
  now: Instant,
): Promise<Told[]> {
  const named = await Promise.all(whos.map((who) => peopleAmong(table, ground, who)));
  const people = [...new Map(named.flat().map((person) => [person.personId, person])).values()];
  const themselves = people.filter((person) => isAble({ person }));
  const deputies = await deputiesOf(table, people, isAble, now);
  const isToldAlready = new Set(themselves.map(({ personId }) => personId));
  return [
    ...themselves.map((person) => ({ person, onBehalfOf: [] })),
    ...deputies.filter(({ person }) => !isToldAlready.has(person.personId)),
  ];
}

/** Whoever an escalation brings in hears of it by its own mail, and is reminded with the others from the next reminder on. */
function toldWhos(
  notice: ApprovalNotice,
  { who, escalateTo, escalateAfterHours, remindAfterHours }: ApprovalStep,
): Who[] {
  if (escalateTo === undefined || escalateAfterHours === undefined || notice.kind === 'step-begun') return [who];
  if (notice.kind === 'escalation') return [escalateTo];
  return notice.kind === 'reminder' && notice.number * remindAfterHours > escalateAfterHours
    ? [who, escalateTo]
    : [who];
}

/** Whoever could decide for one of these people now, with the names of those. */
async function deputiesOf(
  table: Table,
  people: readonly KnownPerson[],
  isAble: (decider: Decider) => boolean,
  now: Instant,
): Promise<Told[]> {
  const given = (await Promise.all(people.map(({ personId }) => delegationsFrom(table, personId)))).flat();
  const inForce = given.filter((delegation) => isInForce(delegation, now));
  const deputies = await readPeople(
    table,
    inForce.map(({ toPersonId }) => toPersonId),
  );
  return deputies.flatMap((person): Told[] => {
    const deciders = inForce.flatMap((by): (Decider & { readonly name: string })[] => {
      const other = people.find(({ personId }) => personId === by.fromPersonId);
      if (by.toPersonId !== person.personId || other === undefined) return [];
      return [{ person, for: { person: other, by }, name: other.name ?? other.personId }];
    });
    const able = deciders.filter(isAble);
    return able.length === 0 ? [] : [{ person, onBehalfOf: [...new Set(able.map(({ name }) => name))] }];
  });
}

function recipient(approval: Approval, notice: ApprovalNotice, { person, onBehalfOf }: Told): Recipient[] {
  const { personId, email, name } = person;
  if (email === undefined) return [];
  const claim = noticeName(approval, notice);
  const key = campaignNoticeKey(approval.campaignId, claim, fingerprint([personId]));
  return [{ notice, noticeName: claim, key, email, name: name ?? personId, onBehalfOf }];
}
