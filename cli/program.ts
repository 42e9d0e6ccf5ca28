import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ProblemError } from '../client/client.ts';
import { configure, firstAdmin, signInCommand, signOut, whoami } from './account-commands.ts';
import { exportTrail, verify } from './audit-commands.ts';
import { calendar, type DecisionKind, type DecisionTyped, decide, inbox, show } from './campaign-commands.ts';
import { CommandProblem, type ExitCode, FAILED, WRONG_INPUT } from './command-problem.ts';
import { listDeadLetters, replayDeadLetters } from './dead-letter-commands.ts';
import { importOrganisations, importPeople } from './import-commands.ts';
import { closeExercise, importList, openExercise, showExercise, showList, uploadList } from './legacy-commands.ts';
import { DEAD_LETTER_QUEUES, type DeadLetterQueue } from './operator.ts';
import { verifyGift } from './proof-commands.ts';
import { listRuns, listSchedules, pauseSchedule, resumeSchedule, runNow, setSchedule } from './schedule-commands.ts';
import { submit } from './submit-command.ts';
import type { Surroundings } from './surroundings.ts';

/** Runs one command line (without program and file). Gives the exit code; throws nothing that a person could cause. */
export async function runYiqi(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = programOf(surroundings, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_INPUT;
    surroundings.terminal.writeError(`${sentenceOf(error)}\n`);
    return error instanceof CommandProblem ? error.exitCode : FAILED;
  }
}

const UNAUTHORISED = 401;

/** What a person is told of an error. What it carries besides, a token perhaps, is not. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ProblemError && error.status === UNAUTHORISED)
    return 'The API does not take this session any more: run yiqi sign-in again.';
  if (error instanceof CommandProblem || error instanceof ProblemError) return error.message;
  if (isUnreachable(error))
    return 'The system cannot be reached: look at its address (yiqi configure) and at the network.';
  const [name, reason] = error instanceof Error ? [error.name, error.message] : ['Error', String(error)];
  return `Something unexpected went wrong (${name}: ${reason.split('\n', 1)[0]}).`;
}

const NETWORK_CODES = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNRESET', 'ETIMEDOUT']);
const isUnreachable = (error: unknown): boolean =>
  error instanceof Error &&
  ((error instanceof TypeError && error.message === 'fetch failed') ||
    ('code' in error && NETWORK_CODES.has(String(error.code))));

function programOf(surroundings: Surroundings, exitWith: (code: ExitCode) => void): Command {
  const { write, writeError } = surroundings.terminal;
  const program = new Command('yiqi')
    .description('Yiqi at the command line: who may do what, proposals, decisions, the audit trail, and what failed.')
    .configureOutput({
      writeOut: write,
      writeErr: writeError,
      getOutHelpWidth: () => WIDEST,
      getErrHelpWidth: () => WIDEST,
    })
    .showHelpAfterError('(yiqi help <command> says what it takes)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nEvery command takes --local: the system that npm start has up here, even where another is configured.\nExit codes: 0 done; 1 refused, failed or found broken; 2 a wrong command line or file, and nothing was sent.',
    );
  addAccount(program, surroundings);
  addImports(program, surroundings, exitWith);
  addCampaigns(program, surroundings, exitWith);
  addAudit(program, surroundings, exitWith);
  addProofs(program, surroundings, exitWith);
  addSchedules(program, surroundings);
  addLegacy(program, surroundings);
  addDeadLetters(program, surroundings, exitWith);
  return program;
}

const WIDEST = 100;

/** Options that most commands have. `--json` prints data instead of text. */
const local = (command: Command): Command =>
  command
    .addOption(new Option('--local', 'the system on this machine').default(false).hideHelp())
    .allowExcessArguments(false);
const shows = (command: Command): Command => local(command).option('--json', 'print data instead of text', false);

function addAccount(program: Command, surroundings: Surroundings): void {
  program
    .command('configure')
    .description('say which system to talk to')
    .option('--outputs <file>', 'what cdk deploy --outputs-file wrote: everything at once')
    .option('--api-url <url>', 'address of the HTTP API')
    .option('--user-pool-client-id <id>', 'where people sign in')
    .option('--user-pool-id <id>', 'needed to sign in with the rights of the AWS account')
    .option('--region <region>', 'region of AWS (default: AWS_REGION)')
    .option('--endpoint <url>', 'an emulator in place of AWS')
    .allowExcessArguments(false)
    .action((typed) => configure(surroundings, typed));
  local(program.command('sign-in'))
    .description('sign in; the password is asked for, or taken from YIQI_PASSWORD')
    .requiredOption('--email <address>', 'of your account')
    .action((typed) => signInCommand(surroundings, typed));
  local(program.command('sign-out'))
    .description('end the session')
    .action((typed) => signOut(surroundings, typed));
  shows(program.command('whoami'))
    .description('who is signed in, and what they may do where')
    .action((typed) => whoami(surroundings, typed));
  shows(program.command('first-admin'))
    .description('make the top of a tree with its first admin (needs rights in the AWS account)')
    .requiredOption('--organisation-id <id>', 'a readable word, such as dazhou')
    .requiredOption('--name <name>', "the organisation's name")
    .requiredOption('--person <name>', "the admin's name")
    .requiredOption('--email <address>', "the admin's address")
    .action((typed) => firstAdmin(surroundings, typed));
}

function addImports(program: Command, surroundings: Surroundings, exitWith: (code: ExitCode) => void): void {
  const group = program.command('import').description('add organisations or people from a CSV file; again is no harm');
  shows(group.command('organisations'))
    .description(
      'columns: organisationId, name, parentId, managementLimitBasisPoints (or 机构编号, 名称, 上级, 管理费上限（万分比）)',
    )
    .argument('<file>', 'CSV in UTF-8 or GB18030')
    .action(async (file, typed) => exitWith(await importOrganisations(surroundings, file, typed)));
  shows(group.command('people'))
    .description('columns: organisationId, email, name, roles, reach (or 机构, 邮箱, 姓名, 角色, 范围)')
    .argument('<file>', 'CSV in UTF-8 or GB18030')
    .action(async (file, typed) => exitWith(await importPeople(surroundings, file, typed)));
}

function addCampaigns(program: Command, surroundings: Surroundings, exitWith: (code: ExitCode) => void): void {
  shows(program.command('submit'))
    .description('save the proposal of a YAML file and hand it in (docs/examples/proposal.yaml)')
    .argument('<file>', 'the proposal')
    .option('--draft', 'only save it', false)
    .action(async (file, typed) => exitWith(await submit(surroundings, file, typed)));
  shows(program.command('inbox'))
    .description('what waits for me')
    .action((typed) => inbox(surroundings, typed));
  shows(program.command('show'))
    .description('how a campaign stands')
    .argument('<campaign>', 'its id')
    .action((campaign, typed) => show(surroundings, campaign, typed));
  shows(program.command('calendar'))
    .description('every duty of a campaign with its day')
    .argument('<campaign>', 'its id')
    .action((campaign, typed) => calendar(surroundings, campaign, typed));
  for (const decision of ['approve', 'return', 'reject'] as const)
    decisionCommand(program, decision).action(async (campaign: string, typed: DecisionTyped) =>
      exitWith(await decide(surroundings, decision, campaign, typed)),
    );
}

const DESCRIPTIONS: Readonly<Record<DecisionKind, string>> = {
  approve: 'approve the step at which a proposal or an amendment stands',
  return: 'give it back to be changed, with reasons',
  reject: 'reject it for good, with reasons',
};

const decisionCommand = (program: Command, decision: DecisionKind): Command =>
  shows(program.command(decision))
    .description(DESCRIPTIONS[decision])
    .argument('<campaign>', 'its id')
    .option('--round <number>', 'the round that you read (default: the present one)', wholeNumber)
    .addOption(new Option('--amendment <number>', 'decide on this amendment').argParser(wholeNumber).conflicts('round'))
    .option('--reason <text>', 'why; may be given several times', collected)
    .option('--on-behalf-of <person>', 'id of the person who delegated the decision to you')
    .option('--minutes <attachment>', 'of a collective decision: id of its minutes')
    .option('--held-on <day>', 'of a collective decision: its day, such as 2026-08-20')
    .option('--attendee <name>', 'of a collective decision; may be given several times', collected)
    .option('--yes', 'do not ask', false);

function addAudit(program: Command, surroundings: Surroundings, exitWith: (code: ExitCode) => void): void {
  const group = program.command('audit').description("an organisation's audit trail");
  shows(group.command('verify'))
    .description('find every line that was edited, taken out or put in')
    .argument('<organisation>', 'its id')
    .option(
      '--anchor <number:hash>',
      'a line as an earlier verification printed it; may be given several times',
      collected,
    )
    .action(async (organisation, typed) => exitWith(await verify(surroundings, organisation, typed)));
  local(group.command('export'))
    .description('write it into a file')
    .argument('<organisation>', 'its id')
    .requiredOption('--csv <file>', 'to be written')
    .option('--force', 'also over a file that is there', false)
    .action((organisation, typed) => exportTrail(surroundings, organisation, typed));
}

function addProofs(program: Command, surroundings: Surroundings, exitWith: (code: ExitCode) => void): void {
  const group = program.command('proof').description('that a gift is in the total that was published for its day');
  shows(group.command('verify'))
    .description('check a proof: a file with a key and nothing else, or fetched with the whole chain of days')
    .argument('[file]', 'a saved proof')
    .option(
      '--key <file>',
      'public key: PEM, or what /public/proof-keys answers; may be given several times',
      collected,
    )
    .option('--campaign <id>', 'of the gift to be fetched')
    .option('--gift <number>', "its number in the public list, or its order's")
    .option('--save <file>', 'keep the fetched proof')
    .action(async (file, typed) => exitWith(await verifyGift(surroundings, file, typed)));
}

function addSchedules(program: Command, surroundings: Surroundings): void {
  const group = program.command('schedules').description('what runs again and again, when, and how it went');
  const ofJob = (name: string): Command =>
    shows(group.command(name))
      .argument('<organisation>', 'at the top of its tree')
      .argument('<job>', 'as the list names it');
  shows(group.command('list'))
    .description('every job with its schedule, its next run and its last')
    .argument('<organisation>', 'at the top of its tree')
    .action((organisation, typed) => listSchedules(surroundings, organisation, typed));
  ofJob('runs')
    .description('what a job did, newest first')
    .option('--all', 'not only the newest fifty', false)
    .action((organisation, job, typed) => listRuns(surroundings, organisation, job, typed));
  ofJob('set')
    .description('say when a job runs')
    .requiredOption('--at <expression>', 'such as "cron(0 9 1 * ? *)", "rate(6 hours)" or "at(2026-12-31T09:00:00)"')
    .option('--zone <zone>', 'such as Asia/Shanghai (default: the one that it has)')
    .action((organisation, job, typed) => setSchedule(surroundings, organisation, job, typed));
  ofJob('pause')
    .description('stop a job; what is due meanwhile is not made up for')
    .requiredOption('--reason <text>', 'why')
    .action((organisation, job, typed) => pauseSchedule(surroundings, organisation, job, typed));
  ofJob('resume')
    .description('let a job run by its schedule again')
    .action((organisation, job, typed) => resumeSchedule(surroundings, organisation, job, typed));
  ofJob('run')
    .description('run a job now, paused or not')
    .option('--key <text>', 'the same key again finds the same run')
    .action((organisation, job, typed) => runNow(surroundings, organisation, job, typed));
}

function addLegacy(program: Command, surroundings: Surroundings): void {
  const group = program.command('legacy').description('old projects, closed in one exercise');
  const ofExercise = (name: string): Command => shows(group.command(name)).argument('<exercise>', 'its id');
  shows(group.command('open'))
    .description('open an exercise')
    .argument('<organisation>', 'its id')
    .requiredOption('--title <text>', 'as the summary is called')
    .requiredOption('--recipient <address>', 'who gets the summary; may be given several times', collected)
    .action((organisation, typed) => openExercise(surroundings, organisation, typed));
  ofExercise('upload')
    .description('put a list (XLSX, XLS, CSV) into it and have it read; nothing is imported')
    .argument('<file>', 'the list')
    .action((exercise, file, typed) => uploadList(surroundings, exercise, file, typed));
  ofExercise('list')
    .description('what a list holds, and what of it cannot be read')
    .argument('<list>', 'its id')
    .action((exercise, list, typed) => showList(surroundings, exercise, list, typed));
  ofExercise('import')
    .description('make projects of what was read; again is no harm')
    .argument('<list>', 'its id')
    .option('--leave-out-problems', 'rows that cannot be read stay out', false)
    .option('--accept-differences', 'amounts under a total that differs wait to be confirmed', false)
    .action((exercise, list, typed) => importList(surroundings, exercise, list, typed));
  ofExercise('show')
    .description('how far it has come')
    .action((exercise, typed) => showExercise(surroundings, exercise, typed));
  ofExercise('close')
    .description('close everything that is decided; after a stop it goes on where that was')
    .option('--yes', 'do not ask', false)
    .action((exercise, typed) => closeExercise(surroundings, exercise, typed));
}

function addDeadLetters(program: Command, surroundings: Surroundings, exitWith: (code: ExitCode) => void): void {
  const group = program
    .command('dead-letters')
    .description('notices and records that failed again and again (needs rights in the AWS account)');
  shows(group.command('list'))
    .description('what is there; it stays there')
    .action((typed) => listDeadLetters(surroundings, typed));
  shows(group.command('replay'))
    .description('do it again, once the cause is mended')
    .argument('<queue>', DEAD_LETTER_QUEUES.join(' or '), queueOf)
    .option('--yes', 'do not ask', false)
    .action(async (queue, typed) => exitWith(await replayDeadLetters(surroundings, queue, typed)));
}

function queueOf(text: string): DeadLetterQueue {
  const queue = DEAD_LETTER_QUEUES.find((known) => known === text);
  if (queue === undefined) throw new InvalidArgumentError(`It is ${DEAD_LETTER_QUEUES.join(' or ')}.`);
  return queue;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 1.');
  return Number(text);
}

const collected = (text: string, earlier: readonly string[] | undefined): readonly string[] => [
  ...(earlier ?? []),
  text,
];
