import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { giftIdOf } from '../../functions/donations/payment-event.ts';
import { explain, parseExplainOptions, printed } from '../../local/explain-command.ts';
import { systemOnThisMachine } from '../../local/running-locally.ts';
import { StartupProblem } from '../../local/startup-problem.ts';

function parse(args: readonly string[], environment: Record<string, string> = {}) {
  const written: string[] = [];
  const options = parseExplainOptions(args, environment, (text) => written.push(text));
  return { options, written: written.join('') };
}

describe('the command line of npm run explain', () => {
  test('takes the id of a gift, and asks the system on this machine', () => {
    expect(parse(['gft_1', '--lang', 'en']).options).toEqual({
      giftId: 'gft_1',
      campaignId: undefined,
      language: 'en',
      json: false,
      server: undefined,
    });
  });

  test('takes the transaction id that a donor reads from their telephone', () => {
    const paymentId = '4200002026202609071234567890';
    expect(parse([paymentId]).options).toMatchObject({ giftId: giftIdOf({ provider: 'wechat-pay', paymentId }) });
  });

  test('asks an API elsewhere with a token, which need not stand in the list of processes', () => {
    const args = ['gft_1', '--api', 'https://api.example.org/', '--campaign', 'cmp_1'];
    const server = { apiUrl: 'https://api.example.org', token: 'secret', campaignId: 'cmp_1' };
    expect(parse([...args, '--token', 'secret']).options).toMatchObject({ server });
    expect(parse(args, { YIQI_TOKEN: 'secret' }).options).toMatchObject({ server });
  });

  test.each([[], ['gft_1', '--lang', 'fr'], ['gft_1', '--api', 'https://api.example.org'], ['gft_1', 'gft_2']])(
    'refuses %s %s %s',
    (...args) => {
      const { options, written } = parse(args);
      expect(options).toEqual({ exitCode: 1 });
      expect(written).toContain('error:');
    },
  );
});

describe('an explanation on a terminal', () => {
  const lines = (columns: number, ...text: string[]): string[] =>
    stripVTControlCharacters(printed([{ heading: 'Gift', lines: text }], columns)).split('\n');

  test('wraps words, and Chinese between any two characters but never before a full stop', () => {
    expect(lines(20, 'The pool held much before this')).toEqual([
      'Gift',
      '  The pool held much',
      '    before this',
      '',
    ]);
    expect(lines(14, '应配金额为十元整。')).toEqual(['Gift', '  应配金额为十', '    元整。', '']);
    expect(lines(16, '应配金额为十元。')).toEqual(['Gift', '  应配金额为十', '    元。', '']);
  });

  test('leaves a command whole, so that it can be copied', () => {
    const command = "$ printf '%s' 'lucky:gft_1' | openssl dgst -sha256";
    expect(lines(20, command)).toContain(`  ${command}`);
  });
});

describe('asking the API', () => {
  let server: Server | undefined;
  afterEach(() => void server?.close());

  async function answering(status: number, body: object) {
    const seen: { url?: string | undefined; authorization?: string | undefined }[] = [];
    server = createServer((request, response) => {
      seen.push({ url: request.url, authorization: request.headers.authorization });
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const options = {
      giftId: 'gft_1',
      campaignId: 'cmp_1',
      language: 'en' as const,
      json: false,
      server: { apiUrl, token: 'secret', campaignId: 'cmp_1' },
    };
    return { options, seen };
  }

  test('sends the token and the language, and prints the sections of the answer', async () => {
    const { options, seen } = await answering(200, { text: [{ heading: 'What stands', lines: ['¥17.70.'] }] });
    expect(stripVTControlCharacters(await explain(options, 80))).toBe('What stands\n  ¥17.70.\n');
    expect(seen).toEqual([{ url: '/campaigns/cmp_1/gifts/gft_1/match?lang=en', authorization: 'Bearer secret' }]);
  });

  test('turns a refusal, a token that is not taken and an address where nobody is into a sentence', async () => {
    const unknown = await answering(404, { title: 'unknown-gift', detail: 'There is no such gift in this campaign.' });
    await expect(explain(unknown.options, 80)).rejects.toThrow('There is no such gift in this campaign');
    server?.close();
    const unauthorised = await answering(401, { message: 'Unauthorized' });
    await expect(explain(unauthorised.options, 80)).rejects.toThrow(StartupProblem);
    const nobody = { ...unknown.options.server, apiUrl: 'http://127.0.0.1:1' };
    await expect(explain({ ...unknown.options, server: nobody }, 80)).rejects.toThrow('cannot be reached');
  });

  test('says what to do where no system is up, or one was killed and left its file behind', () => {
    const places = { runRecord: '/nowhere/run.json', addresses: '/nowhere/addresses.json' };
    expect(() => systemOnThisMachine(places)).toThrow(/No system is up on this machine/);
  });
});
