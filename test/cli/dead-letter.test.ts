import { describe, expect, it } from 'vitest';
import { deadLetterOf } from '../../cli/dead-letter.ts';

const letter = (body: unknown) => ({
  id: '1',
  receipt: 'r',
  sentAt: 0,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

describe('a letter that failed', () => {
  it('tells of a notice its kind, its gift and its campaign, and no other member', () => {
    const notice = {
      kind: 'thank-you',
      giftId: 'gft_1',
      orderNo: 'o1',
      campaignId: 'cmp_1',
      email: 'donor@example.org',
    };
    expect(deadLetterOf('notice', letter(notice))).toMatchObject({
      about: 'thank-you for gft_1 of cmp_1',
      replay: { kind: 'notice' },
    });
  });

  it('tells of a record its function, its key and the reason, without what could reach a donor', () => {
    const reason = 'bad contact donor@example.org, telephone 138 0013 8000 or +86-13800138000, in line 12';
    const {
      about,
      reason: shown,
      replay,
    } = deadLetterOf('poison', letter({ source: 'allocate-donations', pk: 'GIFT#g', sk: 'ENTRY#1', reason }));
    expect(about).toBe('allocate-donations: GIFT#g / ENTRY#1');
    expect(shown).toBe('bad contact (left out), telephone (left out) or (left out), in line 12');
    expect(replay).toEqual({ kind: 'item', functionName: 'allocate-donations', pk: 'GIFT#g', sk: 'ENTRY#1' });
  });

  it('asks no other function to be called than one that reads the stream', () => {
    for (const source of ['appoint-first-admin', 'nothing', '../x'])
      expect(deadLetterOf('poison', letter({ source, pk: 'p', sk: 's', reason: 'r' })).replay).toBeUndefined();
  });

  it('tells of a batch that Lambda gave up where it was', () => {
    const batch = { shardId: 'shard-1', startSequenceNumber: '7', endSequenceNumber: '9' };
    expect(deadLetterOf('poison', letter({ requestContext: {}, DDBStreamBatchInfo: batch }))).toMatchObject({
      about: 'records 7 to 9 of shard shard-1: by hand (docs/runbook.md)',
      replay: undefined,
    });
  });

  it.each(['not JSON: donor@example.org', '"donor@example.org"', '[]', 'null', '{"email":"donor@example.org"}'])(
    'tells of what it does not know its size alone: %s',
    (body) => {
      expect(deadLetterOf('notice', letter(body)).about).toBe(`${Buffer.byteLength(body)} bytes of unknown form`);
    },
  );
});
