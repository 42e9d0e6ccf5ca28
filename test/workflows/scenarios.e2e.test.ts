import { beforeAll, describe, expect, it } from 'vitest';
import type { WorkflowName } from '../../functions/manifest.ts';
import { edgesOf, filledWorkflow, type Machine, statesOf } from './asl.ts';
import { type Answer, MachineRuns, type Run, type Scenario } from './machine-run.ts';

const endpoint = process.env['AWS_ENDPOINT_URL'] ?? '';

/** What `lambda:invoke` hands back: the function's outcome as its payload. */
const says = (kind: string, more: object = {}): Answer => ({ returns: { Payload: { kind, ...more } } });
/** What the approval's workflow hands back to the lifecycle that started it. */
const decided = (kind: string, reason = ''): Answer => ({ returns: { Output: { kind, reason } } });
const fails: Answer = { throws: 'PermanentError' };

const GOES_WELL: Scenario['answers'] = {
  CheckProposal: [says('passed')],
  RequestApproval: [decided('approved')],
  MarkApproved: [says('moved')],
  CheckFiling: [says('wait', { waitSeconds: 21_600 }), says('unfiled', { waitSeconds: 1_800 }), says('due')],
  TellUnfiled: [says('told')],
  CancelMissed: [says('moved')],
  TellMissed: [says('told')],
  CheckOpening: [says('wait', { waitSeconds: 21_600 }), says('due')],
  Open: [says('moved')],
  CheckClosing: [says('wait', { waitSeconds: 60 }), says('due')],
  PauseUnfiled: [says('moved')],
  TellPaused: [says('told')],
  Close: [says('moved')],
  CheckSettling: [says('wait', { waitSeconds: 60 }), says('due')],
  FinaliseMatching: [says('not-settled', { uncounted: 3 }), says('finalised')],
  MarkFinalised: [says('moved')],
  ConfirmMatching: [says('wait', { waitSeconds: 60 }), says('held', { gifts: 1, waitSeconds: 60 }), says('confirmed')],
  DrainThankYous: [says('waiting', { waiting: 2 }), says('drained')],
  Closeout: [{ returns: {} }],
  MarkReported: [says('moved')],
  Archive: [says('moved')],
  ReturnFailedProposal: [says('moved')],
  ReturnToManager: [says('moved')],
  MarkRejected: [says('moved')],
  ReturnUndecided: [says('moved')],
  FlagForAttention: [says('flagged')],
};

/** Where a person may take a stopped lifecycle up again (docs/runbook.md). */
const RESUME_POINTS = [
  'CheckFiling',
  'CheckOpening',
  'CheckClosing',
  'CheckSettling',
  'FinaliseMatching',
  'ConfirmMatching',
  'DrainThankYous',
  'Closeout',
  'MarkReported',
  'Archive',
];

const LIFECYCLE = [
  { name: 'goes-well', answers: {} },
  { name: 'checks-fail', answers: { CheckProposal: [says('failed', { reason: 'the window has begun' })] } },
  { name: 'sent-back', answers: { RequestApproval: [decided('returned', 'budget unclear')] } },
  { name: 'rejected', answers: { RequestApproval: [decided('rejected', 'not what we do')] } },
  { name: 'nobody-decides', answers: { RequestApproval: [{ throws: 'States.Timeout' }] } },
  { name: 'never-filed', answers: { CheckFiling: [says('missed')] } },
  { name: 'cancelled-before-opening', answers: { CheckFiling: [says('never-opens')] } },
  { name: 'papers-change-before-opening', answers: { CheckOpening: [says('unfiled'), says('due')] } },
  { name: 'cancelled-while-open', answers: { CheckClosing: [says('cancelled')] } },
  { name: 'unfiled-too-long', answers: { CheckClosing: [says('unfiled-too-long'), says('due')] } },
  { name: 'mails-given-up', answers: { DrainThankYous: [says('given-up', { waiting: 2 })] } },
  // Every Catch of every state: the state fails for good and the campaign is flagged.
  ...Object.keys(GOES_WELL)
    .filter((state) => state !== 'FlagForAttention')
    .map((state) => ({ name: `fails-in-${state}`, answers: { ...routeTo(state), [state]: [fails] } })),
  ...RESUME_POINTS.map((state) => ({ name: `resumes-at-${state}`, answers: {}, resumeAt: state })),
  { name: 'flagging-fails-too', answers: { CheckProposal: [fails], FlagForAttention: [fails] } },
].map(
  ({ name, answers, ...more }): Scenario => ({
    name,
    input: { campaignId: 'cmp_scenario', round: 1, ...more },
    answers: { ...GOES_WELL, ...answers },
  }),
);

/** States beside the main road are reached only when something before them says so. */
function routeTo(state: string): Scenario['answers'] {
  if (state === 'CancelMissed' || state === 'TellMissed') return { CheckFiling: [says('missed')] };
  if (state === 'PauseUnfiled' || state === 'TellPaused') return { CheckClosing: [says('unfiled-too-long')] };
  if (state === 'ReturnFailedProposal') return { CheckProposal: [says('failed', { reason: 'no' })] };
  if (state === 'ReturnToManager') return { RequestApproval: [decided('returned', 'no')] };
  if (state === 'MarkRejected') return { RequestApproval: [decided('rejected', 'no')] };
  if (state === 'ReturnUndecided') return { RequestApproval: [{ throws: 'States.Timeout' }] };
  return {};
}

const stands = (kind: string): Answer => says(kind, { reason: '', version: 1 });
const APPROVES_WELL: Scenario['answers'] = {
  ReviewApproval: [stands('waiting'), stands('waiting'), stands('approved')],
  TellPeople: [says('told', { sent: 1 })],
  // A decision that did not end it, and then an hour of silence.
  AwaitDecision: [{ returns: { kind: 'look-again' } }, { throws: 'States.Timeout' }],
};
const APPROVAL = [
  { name: 'goes-well', answers: {} },
  { name: 'mail-is-away', answers: { TellPeople: [fails] } },
  { name: 'is-over-already', answers: { ReviewApproval: [stands('returned')] } },
  { name: 'fails-in-ReviewApproval', answers: { ReviewApproval: [fails] } },
  { name: 'fails-in-AwaitDecision', answers: { AwaitDecision: [fails] } },
].map(
  ({ name, answers }): Scenario => ({
    name,
    input: { campaignId: 'cmp_scenario', subject: 'campaign', round: 1 },
    answers: { ...APPROVES_WELL, ...answers },
  }),
);

const CLOSES_WELL: Scenario['answers'] = {
  PrepareCloseout: [
    says('wait', { waitSeconds: 60 }),
    says('prepared', {
      partitions: [
        { day: '2026-09-07', shard: 0 },
        { day: '2026-09-07', shard: 1 },
      ],
      batches: [[{ day: '2026-09-07', shard: 0 }], [{ day: '2026-09-07', shard: 1 }]],
      billDays: ['2026-09-07', '2026-09-08'],
      adjustments: 0,
    }),
  ],
  ReconcileDay: [says('reconciled')],
  ReconcileBills: [says('agrees', { discrepancies: 0 })],
  ReviewReconciliation: [says('waiting', { waitSeconds: 60 }), says('settled')],
  SummarisePartition: [says('summarised', { gifts: 1 })],
  WriteReport: [says('items-open', { open: 1 }), says('written', { sha256: 'x' })],
  ReviewCloseout: [
    says('waiting', { waitSeconds: 60 }),
    says('to-write'),
    says('to-prepare'),
    says('to-sign', { round: 1 }),
    says('signed'),
  ],
  RequestSignOffs: [decided('approved')],
  SignReport: [says('signed')],
  PublishDisclosure: [says('published', { number: 1 })],
};
const CLOSEOUT = [
  { name: 'goes-well', answers: {} },
  { name: 'nobody-says-anything', answers: { ReviewCloseout: [says('overdue')] } },
  ...Object.keys(CLOSES_WELL).map((state) => ({ name: `fails-in-${state}`, answers: { [state]: [fails] } })),
].map(
  ({ name, answers }): Scenario => ({
    name,
    input: { campaignId: 'cmp_scenario' },
    answers: { ...CLOSES_WELL, ...answers },
  }),
);

const SIGNS_WELL: Scenario['answers'] = {
  RequestSignOffs: [decided('returned', 'the books have moved'), decided('approved')],
  SignReport: [says('renewed', { round: 2 }), says('signed', { round: 2 })],
};
const ADDENDUM = [
  { name: 'goes-well', answers: {} },
  { name: 'given-back', answers: { SignReport: [says('returned', { round: 1 })] } },
  ...Object.keys(SIGNS_WELL).map((state) => ({ name: `fails-in-${state}`, answers: { [state]: [fails] } })),
].map(
  ({ name, answers }): Scenario => ({
    name,
    input: { campaignId: 'cmp_scenario', draft: { round: 1 } },
    answers: { ...SIGNS_WELL, ...answers },
  }),
);

const IMPORTS_WELL: Scenario['answers'] = {
  CheckStatement: [says('checked')],
  BookStatementPart: [says('booked')],
  FinishStatement: [says('booked')],
  FailImport: [says('failed')],
};
const IMPORT = [
  { name: 'goes-well', answers: {}, mode: 'book' },
  { name: 'checks', answers: {}, mode: 'check' },
  { name: 'fails-in-CheckStatement', answers: { CheckStatement: [fails] }, mode: 'check' },
  { name: 'fails-in-BookStatementPart', answers: { BookStatementPart: [fails] }, mode: 'book' },
  { name: 'fails-in-FinishStatement', answers: { FinishStatement: [fails] }, mode: 'book' },
  {
    name: 'fails-in-saying-so',
    answers: { BookStatementPart: [fails], FailImport: [fails] },
    mode: 'book',
  },
].map(
  ({ name, answers, mode }): Scenario => ({
    name,
    input: { importId: 'stm_scenario', mode, parts: [1, 2] },
    answers: { ...IMPORTS_WELL, ...answers },
  }),
);

const BATCH = [
  { name: 'goes-well', answers: {} },
  { name: 'fails-in-IssueReceiptBatch', answers: { IssueReceiptBatch: [fails] } },
].map(
  ({ name, answers }): Scenario => ({
    name,
    input: { batchId: 'rcb_scenario' },
    answers: { IssueReceiptBatch: [says('more'), says('finished')], ...answers },
  }),
);

const AMENDS_WELL: Scenario['answers'] = {
  RequestApproval: [{ returns: { Output: { kind: 'approved', reason: '' } } }],
  SettleAmendment: [says('awaiting-filing', { waitSeconds: 21_600 }), says('applied')],
  FlagForAttention: [says('flagged')],
};
const AMENDMENT = [
  { name: 'goes-well', answers: {} },
  { name: 'sent-back', answers: { SettleAmendment: [says('returned')] } },
  { name: 'fails-in-RequestApproval', answers: { RequestApproval: [fails] } },
  { name: 'fails-in-SettleAmendment', answers: { SettleAmendment: [fails] } },
  { name: 'flagging-fails-too', answers: { SettleAmendment: [fails], FlagForAttention: [fails] } },
].map(
  ({ name, answers }): Scenario => ({
    name,
    input: { campaignId: 'cmp_scenario', number: 1 },
    answers: { ...AMENDS_WELL, ...answers },
  }),
);
const LEGACY_CLOSES_WELL: Scenario['answers'] = {
  ReadFile: [says('read')],
  ImportFile: [says('imported')],
  PrepareClosing: [
    { returns: { Payload: { kind: 'ready', batches: [{ projectIds: ['lgp_1'] }, { projectIds: ['lgp_2'] }] } } },
  ],
  CloseBatch: [says('closed')],
  WriteSummary: [says('written')],
  MailSummary: [says('mailed')],
  FinishClosing: [says('closed')],
  FailFile: [says('failed')],
  StopClosing: [says('stopped')],
};
const LEGACY: readonly Scenario[] = [
  { name: 'goes-well', mode: 'close', answers: {} },
  { name: 'reads', mode: 'read', answers: {} },
  // Started again after a stop, with every project closed by then: the summary is still written and mailed.
  {
    name: 'nothing-left-to-close',
    mode: 'close',
    answers: { PrepareClosing: [{ returns: { Payload: { kind: 'ready', batches: [] } } }] },
  },
  { name: 'imports', mode: 'import', answers: {} },
  ...['PrepareClosing', 'CloseBatch', 'WriteSummary', 'MailSummary', 'FinishClosing'].map((state) => ({
    name: `fails-in-${state}`,
    mode: 'close',
    answers: { [state]: [fails] },
  })),
  { name: 'fails-in-ReadFile', mode: 'read', answers: { ReadFile: [fails] } },
  { name: 'fails-in-ImportFile', mode: 'import', answers: { ImportFile: [fails] } },
  { name: 'cannot-say-so-of-a-file', mode: 'read', answers: { ReadFile: [fails], FailFile: [fails] } },
  { name: 'cannot-say-so-of-a-closing', mode: 'close', answers: { WriteSummary: [fails], StopClosing: [fails] } },
].map(
  ({ name, mode, answers }): Scenario => ({
    name,
    input: { mode, exerciseId: 'lgx_scenario', fileId: 'lgf_scenario', round: 1 },
    answers: { ...LEGACY_CLOSES_WELL, ...(answers as Scenario['answers']) },
  }),
);

/** By which name a workflow fails. */
const FAILURES: Readonly<Record<WorkflowName, string>> = {
  'campaign-lifecycle': 'CampaignNeedsAttention',
  'campaign-approval': 'ApprovalStopped',
  'campaign-amendment': 'CampaignNeedsAttention',
  'campaign-closeout': 'PermanentError',
  'report-addendum': 'PermanentError',
  'statement-import': 'StatementImportFailed',
  'receipt-batch': 'PermanentError',
  'legacy-closeout': 'LegacyStepFailed',
};

describe.each([
  ['campaign-lifecycle', LIFECYCLE],
  ['campaign-approval', APPROVAL],
  ['campaign-amendment', AMENDMENT],
  ['campaign-closeout', CLOSEOUT],
  ['report-addendum', ADDENDUM],
  ['statement-import', IMPORT],
  ['receipt-batch', BATCH],
  ['legacy-closeout', LEGACY],
] as const)('workflow %s, on the emulator', (name: WorkflowName, scenarios: readonly Scenario[]) => {
  let runs: Map<string, Run>;
  const machine = JSON.parse(filledWorkflow(name)) as Machine;
  const run = (scenario: string): Run => {
    const found = runs.get(scenario);
    if (found === undefined) throw new Error(`no scenario ${scenario}`);
    return found;
  };

  beforeAll(async () => {
    runs = await new MachineRuns(endpoint).runAll(name, scenarios);
  });

  it('succeeds when all goes well', () => {
    expect(run('goes-well').status).toBe('SUCCEEDED');
  });

  it('goes on to its end from every point where a person may resume it', () => {
    for (const scenario of scenarios.filter((one) => one.name.startsWith('resumes-at-'))) {
      const { status, visited } = run(scenario.name);
      expect([status, visited[1]], scenario.name).toEqual(['SUCCEEDED', scenario.name.replace('resumes-at-', '')]);
    }
  });

  it('fails, by name, when a step fails for good, whichever it is', () => {
    const failing = scenarios.filter((scenario) => scenario.name.startsWith('fails-in-'));
    for (const scenario of failing) {
      const { status, error } = run(scenario.name);
      expect([status, error], scenario.name).toEqual(['FAILED', FAILURES[name]]);
    }
  });

  it('has no state that no scenario visits', () => {
    const visited = new Set([...runs.values()].flatMap((one) => one.visited));
    expect(Object.keys(machine.States).filter((state) => !visited.has(state))).toEqual([]);
  });

  it('runs what is inside a Map (the emulator keeps no history of it: that its failure fails the run shows it)', () => {
    const inner = [...statesOf(machine).keys()].filter((state) => !(state in machine.States));
    expect(inner.map((state) => run(`fails-in-${state}`).status)).toEqual(inner.map(() => 'FAILED'));
  });

  it('has no way out of a state, choice or catch, that no scenario takes', () => {
    const taken = new Set([...runs.values()].flatMap((one) => [...one.edges]));
    expect([...edgesOf(machine)].filter((edge) => !taken.has(edge))).toEqual([]);
  });
});

describe('a closing of old projects that is started again after it stopped', () => {
  it('writes and mails its summary and ends, also where every project had been closed before it stopped', async () => {
    const runs = await new MachineRuns(endpoint).runAll(
      'legacy-closeout',
      LEGACY.filter(({ name }) => name === 'nothing-left-to-close'),
    );
    const { status, visited } = runs.get('nothing-left-to-close') ?? { status: '', visited: [] };
    expect(status).toBe('SUCCEEDED');
    expect(visited.slice(-4)).toEqual(['WriteSummary', 'MailSummary', 'FinishClosing', 'Closed']);
  });
});

describe('an addendum that the books overtake', () => {
  it('is signed anew under the round of its new draft, in the same run', async () => {
    const runs = await new MachineRuns(endpoint).runAll(
      'report-addendum',
      ADDENDUM.filter(({ name }) => name === 'goes-well'),
    );
    const { status, visited } = runs.get('goes-well') ?? { status: '', visited: [] };
    expect(status).toBe('SUCCEEDED');
    expect(visited.filter((state) => state === 'RequestSignOffs')).toHaveLength(2);
  });
});

describe('a proposal that is not to be', () => {
  it.each(['checks-fail', 'sent-back', 'nobody-decides'])(
    'goes back to the manager (%s) and opens nothing',
    async (scenario) => {
      const lifecycle = await new MachineRuns(endpoint).runAll(
        'campaign-lifecycle',
        LIFECYCLE.filter(({ name }) => name === scenario),
      );
      const one = lifecycle.get(scenario);
      expect(one?.status).toBe('SUCCEEDED');
      expect(one?.visited.at(-1)).toBe('Returned');
      expect(one?.visited).not.toContain('Open');
    },
  );
});
