import { styleText } from 'node:util';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { Command, CommanderError, Option } from 'commander';
import * as z from 'zod';
import { giftIdOf } from '../functions/donations/payment-event.ts';
import { LANGUAGES, type Language } from '../functions/matching/rule-words.ts';
import { donationEntryKey } from '../functions/platform/keys.ts';
import { signInStaff } from './demo/staff.ts';
import { systemOnThisMachine } from './running-locally.ts';
import type { SystemAddresses } from './running-system.ts';
import { StartupProblem } from './startup-problem.ts';
import { wrapped } from './wrapped-text.ts';

/** Where an explanation is asked for: an API anywhere, with what it takes to ask it. */
type Server = { readonly apiUrl: string; readonly token: string; readonly campaignId: string };

/** What `npm run explain` was asked for. Without a server it is the system on this machine. */
export type ExplainOptions = {
  readonly giftId: string;
  readonly campaignId: string | undefined;
  readonly language: Language | undefined;
  readonly json: boolean;
  readonly server: Server | undefined;
};

type Typed = { campaign?: string; lang?: Language; json: boolean; api?: string; token?: string };

/** Reads the command line; help and complaints are written through `write`. */
export function parseExplainOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  write: (text: string) => void,
): ExplainOptions | { readonly exitCode: number } {
  const program = new Command('npm run explain --')
    .description("Says in plain words how one gift's match came to be.")
    .argument('<gift>', 'id of the gift (gft_...), or the transaction id that WeChat Pay shows the donor')
    .option('--campaign <id>', 'its campaign (on this machine it is found)')
    .addOption(new Option('--lang <language>', "default: the campaign's").choices(LANGUAGES))
    .option('--json', 'print the explanation as data', false)
    .option('--api <url>', 'address of the HTTP API (default: the system that npm start has up here)')
    .option(
      '--token <token>',
      'token of a member of staff; better given as YIQI_TOKEN, which no list of processes shows',
    )
    .configureOutput({ writeOut: write, writeErr: write })
    .allowExcessArguments(false)
    .exitOverride();
  try {
    program.parse(args, { from: 'user' });
    const typed = program.opts<Typed>();
    const gift = program.args[0] ?? '';
    return {
      // WeChat Pay's ids are digits; ours never are.
      giftId: /^\d+$/.test(gift) ? giftIdOf({ provider: 'wechat-pay', paymentId: gift }) : gift,
      campaignId: typed.campaign,
      language: typed.lang,
      json: typed.json,
      server: serverOf(typed, environment['YIQI_TOKEN'], program),
    };
  } catch (error) {
    if (error instanceof CommanderError) return { exitCode: error.exitCode };
    throw error;
  }
}

function serverOf(typed: Typed, tokenAtHand: string | undefined, program: Command): Server | undefined {
  const { api, token = tokenAtHand, campaign } = typed;
  if (api === undefined) return undefined;
  if (token === undefined || campaign === undefined)
    return program.error('error: --api needs --token (or YIQI_TOKEN) and --campaign');
  return { apiUrl: api.replace(/\/$/, ''), token, campaignId: campaign };
}

const answerSchema = z.looseObject({
  text: z.array(z.object({ heading: z.string(), lines: z.array(z.string()) })),
});
type Sections = z.infer<typeof answerSchema>['text'];

/**
 * Asks the API for the explanation and gives what to print.
 * @throws StartupProblem for whatever a person can put right: no system, no such gift, a token that is not taken.
 */
export async function explain(options: ExplainOptions, columns: number): Promise<string> {
  const { apiUrl, token, campaignId } = options.server ?? (await serverHere(options));
  const query = options.language === undefined ? '' : `?lang=${options.language}`;
  const path = `/campaigns/${encodeURIComponent(campaignId)}/gifts/${encodeURIComponent(options.giftId)}/match`;
  const answer = await asked(`${apiUrl}${path}${query}`, token);
  const text = await answer.text();
  if (answer.status !== 200) throw refusalOf(answer.status, text);
  const body = answerSchema.parse(JSON.parse(text));
  return options.json ? `${JSON.stringify(body, null, 2)}\n` : printed(body.text, columns);
}

async function asked(address: string, token: string): Promise<Response> {
  try {
    return await fetch(address, { headers: { authorization: `Bearer ${token}` } });
  } catch (error) {
    // What fetch throws where nobody answers, or where the address is none.
    if (error instanceof TypeError) throw new StartupProblem(`${address} cannot be reached`, 'look at --api again');
    throw error;
  }
}

async function serverHere({ giftId, campaignId }: ExplainOptions): Promise<Server> {
  const system = systemOnThisMachine();
  return {
    apiUrl: system.apiUrl,
    token: (await signInStaff(system)).manager,
    campaignId: campaignId ?? (await campaignOf(giftId, system)),
  };
}

/** The campaign of a gift, out of the table itself: people know a gift's number, and rarely which campaign it was. */
async function campaignOf(giftId: string, system: SystemAddresses): Promise<string> {
  const { endpoint, region, credentials, outputs } = system;
  const client = new DynamoDBClient({ endpoint, region, credentials });
  const { Item } = await client.send(
    new GetItemCommand({ TableName: outputs['TableName'], Key: marshall(donationEntryKey(giftId)) }),
  );
  client.destroy();
  if (Item === undefined)
    throw new StartupProblem(`There is no gift ${giftId} in the system on this machine`, 'look at its id again');
  return String(unmarshall(Item)['campaignId']);
}

const problemSchema = z.object({ title: z.string(), detail: z.string() });

function refusalOf(status: number, text: string): StartupProblem {
  const problem = problemSchema.safeParse(jsonOrNothing(text));
  if (problem.success) return new StartupProblem(problem.data.detail.replace(/\.$/, ''), `it is ${problem.data.title}`);
  return new StartupProblem(
    `The API answered ${status}`,
    status === 401 ? 'give the token of a member of staff that is still valid' : 'look at its address again',
  );
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Sections for a terminal: headings stand out, lines are wrapped below them, commands stay whole so that they can be copied. */
export function printed(sections: Sections, columns: number): string {
  return sections
    .map(({ heading, lines }) => [styleText('bold', heading), ...lines.map((line) => lineOf(line, columns))].join('\n'))
    .join('\n\n')
    .concat('\n');
}

const lineOf = (line: string, columns: number): string => {
  if (line.startsWith('$ ')) return `  ${styleText('cyan', line)}`;
  const indent = `  ${/^ */.exec(line)?.[0] ?? ''}`;
  return wrapped(`  ${line}`, columns, `${indent}  `);
};
