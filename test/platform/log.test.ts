import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { log, REDACTED_FIELDS } from '../../functions/platform/log.ts';
import { lambdaContext } from './http-event.ts';

const SECRET = 'what-nobody-may-read';
let lines: string[];
beforeEach(() => {
  lines = [];
  log.setLogLevel('INFO');
  const keep = (chunk: unknown): boolean => lines.push(String(chunk)) > 0;
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
});
afterEach(() => {
  log.setLogLevel('SILENT');
  log.resetKeys();
  vi.restoreAllMocks();
});

/** The one line that a call wrote, as text and as what it says. */
function written(call: () => void): { text: string; said: Record<string, unknown> } {
  call();
  expect(lines).toHaveLength(1);
  const [text = ''] = lines;
  return { text, said: JSON.parse(text) };
}

describe('a line of the log', () => {
  it('keeps our own sentence, level, service and time, and the fields that varied', () => {
    const { said } = written(() => log.info('gifts allocated', { campaignId: 'cmp_1', counted: 3 }));
    expect(said).toMatchObject({
      level: 'INFO',
      message: 'gifts allocated',
      service: 'yiqi',
      campaignId: 'cmp_1',
      counted: 3,
    });
    expect(said['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('names the function and the request that wrote it', () => {
    const { said } = written(() => {
      log.addContext(lambdaContext);
      log.appendKeys({ function: 'receive-wechat-pay', route: 'POST /webhooks/wechat-pay' });
      log.warn('notification refused', { reason: 'stale' });
    });
    expect(said).toMatchObject({
      function: 'receive-wechat-pay',
      route: 'POST /webhooks/wechat-pay',
      requestId: 'test',
      reason: 'stale',
    });
  });

  const spellings = (field: string): string[] => [
    field,
    field.toUpperCase(),
    [...field].join('_'),
    `${field.slice(0, 1)}-${field.slice(1)}`,
  ];
  it.each([...REDACTED_FIELDS])(
    'never carries what is in a field "%s", however it is spelt and wherever it is',
    (field) => {
      for (const name of spellings(field)) {
        lines = [];
        const holder = { [name]: SECRET };
        const { text, said } = written(() =>
          log.info('something happened', {
            direct: holder,
            deep: { list: [{ of: [holder] }] },
            nested: { [name]: { inner: SECRET, list: [SECRET] } },
            list: { [name]: [SECRET, { value: SECRET }] },
            kept: 'kept',
          }),
        );
        expect(text).not.toContain(SECRET);
        expect(said).toMatchObject({ message: 'something happened', kept: 'kept', direct: { [name]: '[redacted]' } });
      }
    },
  );

  it.each([...REDACTED_FIELDS])(
    'never carries a field "%s" that stands at its top or was kept from before',
    (field) => {
      log.appendKeys({ [field]: SECRET });
      log.error('something failed', { [field]: SECRET });
      // The logger itself adds a line of warning where a field has one of its own names.
      const text = lines.join('');
      expect(text).not.toContain(SECRET);
      expect(text).toContain('something failed');
    },
  );

  it('carries of an error its name and reason, and nothing that hangs on it', () => {
    const error = Object.assign(new TypeError('it broke'), {
      email: 'an@example.org',
      config: { headers: { authorization: SECRET } },
      cause: new Error(SECRET),
    });
    const { text } = written(() => log.error('something failed', { failure: error, list: [error] }));
    expect(text).toContain('it broke');
    expect(text).toContain('TypeError');
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain('example.org');
  });

  it('carries no mail address, in whatever field another party quotes one', () => {
    const { text } = written(() =>
      log.warn('message left in the queue', {
        reason: 'MessageRejected: Email address <an.donor+1@example.org> is not verified',
        failures: ['b@例子.中国', { detail: "to 'c@example.org'" }],
      }),
    );
    expect(text).not.toMatch(/example\.org|例子/);
    expect(text).toContain('MessageRejected: Email address <[redacted]> is not verified');
  });

  it('keeps numbers, booleans, nulls and lists as they are', () => {
    const fields = { counted: 0, agrees: false, unitId: null, days: ['2026-09-07'], nothing: {} };
    expect(written(() => log.info('counted', { fields })).said['fields']).toEqual(fields);
  });
});
