import * as z from 'zod';
import type { components } from '../client/api-types.ts';
import { ProblemError, type YiqiClient } from '../client/client.ts';
import { afterOf, answered, apiOf } from './api.ts';
import { type ExitCode, FAILED, wrongInput } from './command-problem.ts';
import type { WorkflowStep } from './operator.ts';
import { systemOf } from './settings.ts';
import type { Surroundings } from './surroundings.ts';
import { dayText, factsText, heading, jsonText, shown, tableText, timeText, yuan } from './table.ts';
import { agrees } from './terminal.ts';

type Typed = { readonly local: boolean; readonly json: boolean };
type Campaign = components['schemas']['CampaignDraft'] | components['schemas']['Campaign'];
type Approval = components['schemas']['Approval'];
type Duty = components['schemas']['Duty'];
type Waiting = components['schemas']['WaitingApproval'];
type Confirmation = components['schemas']['WaitingConfirmation'];

/** What of a proposal is shown. A draft may lack any of it. */
const proposalShape = z.object({
  organisationId: z.string(),
  title: z.string().optional(),
  targetMinor: z.number().int().optional(),
  window: z.object({ firstDay: z.string(), lastDay: z.string(), zone: z.string() }).optional(),
});
const filingShape = z.object({
  filing: z.object({ number: z.string(), filedOn: z.string(), authority: z.string() }).nullish(),
});

const pathOf = (campaignId: string) => ({ params: { path: { campaignId } } });
const campaignOf = (api: YiqiClient, campaignId: string) =>
  answered(api.GET('/campaigns/{campaignId}', pathOf(campaignId)));

/** What waits for the person who is signed in. */
export async function inbox(surroundings: Surroundings, typed: Typed): Promise<void> {
  const { terminal } = surroundings;
  const api = apiOf(surroundings, systemOf(surroundings, typed.local));
  const waiting: Waiting[] = [];
  const confirmations: Confirmation[] = [];
  let after: string | undefined;
  do {
    const query = after === undefined ? {} : { after };
    const { data } = await answered(api.GET('/me/inbox', { params: { query } }));
    waiting.push(...data.waiting);
    confirmations.push(...data.confirmations);
    after = afterOf(data.next);
  } while (after !== undefined);
  if (typed.json) terminal.write(jsonText([...waiting, ...confirmations]));
  else if (waiting.length + confirmations.length === 0) terminal.write('Nothing waits for you.\n');
  else terminal.write([...approvalTables(waiting), ...confirmationTables(confirmations)].join('\n'));
}

const approvalTables = (waiting: readonly Waiting[]): string[] =>
  waiting.length === 0
    ? []
    : [
        tableText(
          ['Campaign', 'Title', 'Amount', 'Step', 'Approved', 'Round', 'Decide by', 'For'],
          waiting.map(waitingRow),
        ),
      ];

/** Entries of the books of spending and goods that wait for a second person. */
const confirmationTables = (confirmations: readonly Confirmation[]): string[] =>
  confirmations.length === 0
    ? []
    : [
        tableText(
          ['Campaign', 'Title', 'To confirm', 'Amount', 'Entered by', 'Waits since', 'Request', 'For'],
          confirmations.map(confirmationRow),
        ),
      ];

const confirmationRow = ({ campaignId, title, kind, amountMinor, quantity, ...entry }: Confirmation): string[] => [
  campaignId,
  title,
  kind,
  amountMinor === null ? `${quantity ?? 0} pieces` : yuan(amountMinor),
  entry.enteredBy,
  dayText(entry.waitingSince) + (entry.isEscalated ? ' (escalated)' : ''),
  entry.requestId,
  forWhom(entry),
];

const waitingRow = ({
  campaignId,
  subject,
  title,
  amountMinor,
  step,
  round,
  decideBy,
  ...entry
}: Waiting): string[] => [
  campaignId,
  title,
  yuan(amountMinor),
  `${step.number}/${step.of} ${step.name}`,
  `${step.approvals}/${step.quorum}`,
  subject === 'amendment' ? `amendment ${round}` : String(round),
  dayText(decideBy) + (entry.isEscalated ? ' (escalated)' : ''),
  forWhom(entry),
];

/** Said only where it is somebody else's. */
const forWhom = ({ forSelf, onBehalfOf }: Pick<Waiting, 'forSelf' | 'onBehalfOf'>): string =>
  onBehalfOf.length === 0 ? '' : [...(forSelf ? ['you'] : []), ...onBehalfOf.map(nameOf)].join(', ');

type Person = { readonly personId: string; readonly name: string | null };
const nameOf = ({ personId, name }: Person): string => name ?? personId;

/** How a campaign stands: its status, its approval, its filing, its next duty, and its workflow where AWS lets us see it. */
export async function show(surroundings: Surroundings, campaignId: string, typed: Typed): Promise<void> {
  const { terminal } = surroundings;
  const system = systemOf(surroundings, typed.local);
  const api = apiOf(surroundings, system);
  const { data: campaign } = await campaignOf(api, campaignId);
  const isDraft = campaign.round === 0;
  const approval = isDraft ? undefined : await latestApproval(api, campaign);
  const duties = isDraft ? [] : await dutiesOf(api, campaignId);
  const workflow = isDraft
    ? undefined
    : await surroundings.openOperator(system).workflowStep(campaignId, campaign.round);
  const duty = duties.find(({ state }) => state !== 'done');
  if (typed.json) {
    terminal.write(
      jsonText({ campaign, approval: approval ?? null, nextDuty: duty ?? null, workflow: workflow ?? null }),
    );
    return;
  }
  const zone = proposalShape.parse(campaign.proposal).window?.zone;
  terminal.write(campaignText(campaign));
  terminal.write(
    factsText([
      ['Approval', approval === undefined ? undefined : standingText(approval, zone)],
      ['Next duty', duty === undefined ? undefined : `${duty.dueOn}  ${duty.title.en} (${duty.state})`],
      ['Workflow', workflow === undefined ? undefined : stepText(workflow)],
    ]),
  );
  if (approval !== undefined) terminal.write(stepsText(approval, zone));
  if ('history' in campaign) terminal.write(historyText(campaign, approval, zone));
}

const stepText = ({ status, state }: WorkflowStep): string => (state === undefined ? status : `${status}, at ${state}`);

/** What the campaign says of itself. */
function campaignText(campaign: Campaign): string {
  const { campaignId, status, round } = campaign;
  const { title, organisationId, targetMinor, window } = proposalShape.parse(campaign.proposal);
  const { filing } = filingShape.parse(campaign);
  const missing = 'problems' in campaign ? campaign.problems.length : 0;
  return [
    heading(title ?? '(no title yet)'),
    factsText([
      ['Campaign', campaignId],
      ['Organisation', organisationId],
      ['Status', round === 0 ? status : `${status}, round ${round}`],
      ['Target', targetMinor === undefined ? undefined : yuan(targetMinor)],
      ['Days', window === undefined ? undefined : `${window.firstDay} – ${window.lastDay} (${window.zone})`],
      ['Returned', 'returnReason' in campaign ? campaign.returnReason : undefined],
      ['Filing', filing == null ? undefined : `${filing.number}, ${filing.filedOn}, ${filing.authority}`],
      ['Missing', missing === 0 ? undefined : `${missing} things before it can be handed in`],
    ]),
  ].join('');
}

/** The approval of the campaign's round. */
async function latestApproval(api: YiqiClient, { campaignId, round }: Campaign): Promise<Approval | undefined> {
  const { data } = await answered(api.GET('/campaigns/{campaignId}/approvals', pathOf(campaignId)));
  return data.approvals.find((approval) => approval.subject === 'campaign' && approval.round === round);
}

const NOT_FOUND = 404;

/** None before its approval. */
async function dutiesOf(api: YiqiClient, campaignId: string): Promise<readonly Duty[]> {
  try {
    return (await answered(api.GET('/campaigns/{campaignId}/calendar', pathOf(campaignId)))).data.duties;
  } catch (error) {
    if (error instanceof ProblemError && error.status === NOT_FOUND) return [];
    throw error;
  }
}

function standingText({ state, step, decideBy }: Approval, zone: string | undefined): string {
  if (step === null) return state;
  return `${state}, step ${step.number} of ${step.of}: ${step.name}, until ${timeText(decideBy, zone)}`;
}

function stepsText({ steps }: Approval, zone: string | undefined): string {
  const rows = steps.flatMap(({ number, name, decisions }) =>
    decisions.map(({ decision, by, onBehalfOf, at, reasons }) => [
      String(number),
      name,
      decision,
      nameOf(by) + (onBehalfOf === null ? '' : ` for ${nameOf(onBehalfOf)}`),
      timeText(at, zone),
      reasons.map(({ field, reason }) => (field === undefined ? reason : `${field}: ${reason}`)).join('; '),
    ]),
  );
  return rows.length === 0 ? '' : `\n${tableText(['Step', 'Name', 'Decision', 'By', 'At', 'Reasons'], rows)}`;
}

/** People by their names, as far as the approval knows them. */
function historyText(
  { history }: components['schemas']['Campaign'],
  approval: Approval | undefined,
  zone: string | undefined,
): string {
  const people = [...(approval?.workedOnBy ?? []), ...decidersIn(approval)];
  const names = new Map(people.map((person) => [person.personId, nameOf(person)]));
  const rows = history.map(({ to, at, by, reason }) => [timeText(at, zone), to, names.get(by) ?? by, reason ?? '']);
  return rows.length === 0 ? '' : `\n${tableText(['When', 'Became', 'By', 'Reason'], rows)}`;
}

const decidersIn = (approval: Approval | undefined): readonly Person[] =>
  (approval?.steps ?? []).flatMap(({ decisions }) => decisions.map(({ by }) => by));

/** Every duty of a campaign with its day. */
export async function calendar(surroundings: Surroundings, campaignId: string, typed: Typed): Promise<void> {
  const { terminal } = surroundings;
  const api = apiOf(surroundings, systemOf(surroundings, typed.local));
  const { data } = await answered(api.GET('/campaigns/{campaignId}/calendar', pathOf(campaignId)));
  if (typed.json) terminal.write(jsonText(data.duties));
  else
    terminal.write(
      tableText(
        ['Due on', 'State', 'Duty', '职责', 'Done on'],
        data.duties.map(({ dueOn, state, title, doneOn }) => [dueOn, state, title.en, title['zh-CN'], doneOn ?? '']),
      ),
    );
}

export type DecisionTyped = Typed & {
  readonly yes: boolean;
  readonly round?: number;
  readonly amendment?: number;
  readonly reason?: readonly string[];
  readonly onBehalfOf?: string;
  readonly minutes?: string;
  readonly heldOn?: string;
  readonly attendee?: readonly string[];
};
const DECISION_WORDS = { approve: 'Approve', return: 'Return', reject: 'Reject' } as const;
export type DecisionKind = keyof typeof DECISION_WORDS;

/** Takes a decision on what was shown: its round and its step are sent, so that nothing else is decided. */
export async function decide(
  surroundings: Surroundings,
  decision: DecisionKind,
  campaignId: string,
  typed: DecisionTyped,
): Promise<ExitCode> {
  const { terminal } = surroundings;
  const reasons = (typed.reason ?? []).map((reason) => ({ reason }));
  if (decision !== 'approve' && reasons.length === 0)
    throw wrongInput(
      `Say with --reason why: the manager has to know what to do, and the record why it was not approved.`,
    );
  const minutes = minutesOf(typed);
  const api = apiOf(surroundings, systemOf(surroundings, typed.local));
  const { data: campaign } = await campaignOf(api, campaignId);
  const subject = typed.amendment === undefined ? 'campaign' : 'amendment';
  const round = typed.amendment ?? typed.round ?? campaign.round;
  if (round < 1) throw wrongInput(`${campaignId} is a draft: nothing has been handed in to decide on.`);
  const { data } = await answered(api.GET('/campaigns/{campaignId}/approvals', pathOf(campaignId)));
  const approval = data.approvals.find((one) => one.subject === subject && one.round === round);
  const { title, targetMinor, organisationId, window } = proposalShape.parse(campaign.proposal);
  terminal.writeError(
    heading(`${DECISION_WORDS[decision]} ${subject === 'campaign' ? 'the proposal' : `amendment ${round}`}`),
  );
  terminal.writeError(
    factsText([
      ['Campaign', campaignId],
      ['Title', title],
      ['Organisation', organisationId],
      ['Target', targetMinor === undefined ? undefined : yuan(targetMinor)],
      ['Days', window === undefined ? undefined : `${window.firstDay} – ${window.lastDay}`],
      ['Round', subject === 'campaign' ? String(round) : undefined],
      ['Stands', approval === undefined ? campaign.status : standingText(approval, window?.zone)],
      ['Reasons', reasons.length === 0 ? undefined : reasons.map(({ reason }) => reason).join('; ')],
      ['For', typed.onBehalfOf],
    ]),
  );
  if (!typed.yes && !(await agrees(terminal, `${DECISION_WORDS[decision]}?`))) {
    terminal.writeError('Nothing was decided.\n');
    return FAILED;
  }
  const body = {
    subject,
    round,
    decision,
    ...(approval?.step == null ? {} : { step: approval.step.number }),
    ...(reasons.length === 0 ? {} : { reasons }),
    ...(minutes === undefined ? {} : { minutes }),
    ...(typed.onBehalfOf === undefined ? {} : { onBehalfOf: typed.onBehalfOf }),
  } as const;
  const { data: decided } = await answered(
    api.POST('/campaigns/{campaignId}/decisions', { ...pathOf(campaignId), body }),
  );
  if (typed.json) terminal.write(jsonText(decided));
  else terminal.write(`${DECIDED[decision]} step ${decided.step}. ${nextText(decided.stands)}\n`);
  return 0;
}

const DECIDED = { approve: 'Approved', return: 'Returned at', reject: 'Rejected at' } as const;

const nextText = ({ state, step }: Pick<Approval, 'state' | 'step'>): string =>
  step === null ? `It is ${shown(state)}.` : `Now waits for step ${step.number} of ${step.of}: ${shown(step.name)}.`;

function minutesOf({ minutes, heldOn, attendee }: DecisionTyped) {
  if (minutes === undefined && heldOn === undefined && attendee === undefined) return undefined;
  if (minutes === undefined || heldOn === undefined || attendee === undefined)
    throw wrongInput('Minutes need all of --minutes <attachment>, --held-on <day> and --attendee <name>.');
  return { attachmentId: minutes, heldOn, attendees: [...attendee] };
}
