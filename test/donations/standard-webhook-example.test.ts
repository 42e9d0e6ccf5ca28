import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkStandardSignature } from '../../functions/donations/standard-webhook-signature.ts';
import { parseStandardSources } from '../../functions/donations/standard-webhook-source.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { ed25519, SECRET, SOURCE } from './standard-maker.ts';

const shell = (script: string, environment: Record<string, string> = {}, cwd = tmpdir()): string =>
  execFileSync('sh', ['-euc', script], { cwd, env: { PATH: process.env['PATH'] ?? '', ...environment } }).toString();
const keysOf = (key: string) =>
  parseStandardSources(JSON.stringify({ standardWebhook: [{ sourceId: SOURCE, keys: [key] }] })).get(SOURCE)?.keys ??
  [];

test('what the shell lines of docs/providers.md sign with openssl is verified here', () => {
  const document = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'providers.md'), 'utf8');
  const lines = /```sh\n(sign\(\) \{.*?)```/s.exec(document)?.[1] ?? '';
  expect(lines).toContain('openssl dgst');
  const told = shell(`${lines}\nprintf '%s\\n' "$id" "$now" "$signature" "$body"`, { SECRET });
  const [id, now, signature, body = ''] = told.split('\n');
  const headers = { 'webhook-id': id, 'webhook-timestamp': now, 'webhook-signature': signature };
  const at = instantOf(Number(now) * 1000);
  expect(checkStandardSignature(headers, Buffer.from(body), keysOf(SECRET), at).kind).toBe('verified');
  expect(checkStandardSignature(headers, Buffer.from(`${body} `), keysOf(SECRET), at).kind).toBe('refused');
});

test('what openssl signs with an Ed25519 key is verified by the text that it makes of the public one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ed25519-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'key.pem'), ed25519.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(join(folder, 'message'), 'msg_1.1788000000.{}');
  const publicKey = shell('openssl pkey -in key.pem -pubout -outform DER | tail -c 32 | openssl base64 -A', {}, folder);
  const signature = shell('openssl pkeyutl -sign -inkey key.pem -rawin -in message | openssl base64 -A', {}, folder);
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': '1788000000',
    'webhook-signature': `v1a,${signature}`,
  };
  const at = instantOf(1_788_000_000_000);
  expect(checkStandardSignature(headers, Buffer.from('{}'), keysOf(`whpk_${publicKey}`), at).kind).toBe('verified');
});
