import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Attachment, MOST_ATTACHMENTS, mismatchOf } from '../../functions/campaigns/attachment.ts';
import { type AttachmentFiles, openAttachmentFiles } from '../../functions/campaigns/attachment-files.gateway.ts';
import { definition } from '../../functions/campaigns/manage-attachments.lambda.ts';
import type { Actor } from '../../functions/platform/http.ts';
import { membershipOf, putMembership } from '../access/people.ts';
import { anyHttpFunction } from '../platform/any-http-function.ts';
import { httpEvent, lambdaContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { ADMIN, APPROVER, MANAGER, PROPOSAL } from '../stories/people.ts';
import { World } from '../stories/world.ts';

const PDF = Buffer.from('%PDF-1.7 the minutes of a meeting');
const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
const announcement = (content: Buffer, changes: object = {}) => ({
  name: '会议纪要.pdf',
  kind: 'minutes',
  contentType: 'application/pdf',
  bytes: content.length,
  sha256: sha256(content),
  ...changes,
});

let world: World;
let campaignId: string;
/** What was put into the store, by attachment, with the type that it was sent as. */
let stored: Map<string, { content: Buffer; contentType: string }>;
beforeEach(async () => {
  world = new World();
  stored = new Map();
  await world.createOrganisation({ organisationId: 'dazhou', name: '达州市红十字会' }, ADMIN);
  campaignId = (await world.draft(PROPOSAL, MANAGER)).body.campaignId;
});

const files: AttachmentFiles = {
  upload: async ({ attachmentId }) => ({ url: `https://files.example/${attachmentId}`, headers: {} }),
  downloadAddress: async ({ attachmentId }) => `https://files.example/${attachmentId}?signed`,
  look: async ({ attachmentId }) => {
    const file = stored.get(attachmentId);
    if (file === undefined) return undefined;
    const { content, contentType } = file;
    return { bytes: content.length, contentType, sha256: sha256(content), begins: content.subarray(0, 16) };
  },
  remove: async ({ attachmentId }) => void stored.delete(attachmentId),
};

type Call = { method?: string; attachmentId?: string; confirm?: true; body?: object; key?: string; actor?: Actor };
async function call({ method = 'GET', attachmentId, confirm, body, key, actor = MANAGER }: Call) {
  const handler = anyHttpFunction(definition, {
    use: { table: restrictedTable(world.table, 'manage-attachments'), files },
    tellTime: async () => world.now,
  });
  const path = `/campaigns/${campaignId}/attachments${attachmentId === undefined ? '' : `/${attachmentId}`}`;
  const answer = await handler(
    httpEvent({
      name: 'manage-attachments',
      method,
      path: confirm ? `${path}/confirmations` : path,
      routeParameters: { campaignId, ...(attachmentId === undefined ? {} : { attachmentId }) },
      headers: key === undefined ? {} : { 'Idempotency-Key': key },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      actor,
    }),
    lambdaContext,
  );
  return { status: answer.statusCode, body: JSON.parse(answer.body ?? 'null') };
}
const announce = (body: object, key = 'a-file') => call({ method: 'POST', body, key });
const confirm = (attachmentId: string) => call({ method: 'POST', attachmentId, confirm: true });
const put = (attachmentId: string, content: Buffer, contentType = 'application/pdf') =>
  stored.set(attachmentId, { content, contentType });

/** Announces, uploads and confirms. */
async function attach(content = PDF, changes: object = {}, key = 'a-file'): Promise<string> {
  const { attachmentId } = (await announce(announcement(content, changes), key)).body;
  put(attachmentId, content, (changes as { contentType?: string }).contentType);
  expect((await confirm(attachmentId)).status).toBe(200);
  return attachmentId;
}

describe('a file of a campaign', () => {
  it('is announced, put where it is told, looked at, listed and fetched', async () => {
    const announced = await announce(announcement(PDF));
    expect([announced.status, announced.body.state, announced.body.upload.method]).toEqual([
      201,
      'awaiting-upload',
      'PUT',
    ]);
    const { attachmentId } = announced.body;
    expect((await confirm(attachmentId)).body.title).toBe('not-uploaded');
    expect((await call({ attachmentId })).body.title).toBe('not-confirmed');
    put(attachmentId, PDF);
    expect((await confirm(attachmentId)).body.state).toBe('stored');
    expect((await call({ attachmentId })).body.downloadUrl).toContain('?signed');
    expect((await call({})).body.attachments).toMatchObject([{ attachmentId, name: '会议纪要.pdf', state: 'stored' }]);
  });

  it('is announced once under a key, and what is stored is not uploaded again', async () => {
    const attachmentId = await attach();
    const again = await announce(announcement(PDF));
    expect([again.status, again.body.attachmentId, again.body.upload]).toEqual([200, attachmentId, null]);
    expect((await announce(announcement(PDF, { name: '别的.pdf' }))).body.title).toBe('idempotency-key-reused');
  });

  it.each([
    ['of another size', Buffer.concat([PDF, PDF]), 'application/pdf', 'bytes'],
    ['of the same size with other content', Buffer.from(PDF).fill('x', 10), 'application/pdf', 'SHA-256'],
    ['that was sent as another type', PDF, 'text/html', 'text/html'],
  ])('%s than was announced is refused', async (_what, content, contentType, reason) => {
    const { attachmentId } = (await announce(announcement(PDF))).body;
    put(attachmentId, content, contentType);
    const answer = await confirm(attachmentId);
    expect([answer.status, answer.body.title]).toEqual([422, 'another-file']);
    expect(answer.body.detail).toContain(reason);
    expect((await call({})).body.attachments[0].state).toBe('awaiting-upload');
  });

  it('that is no picture, whatever it is called, is refused by its first bytes', async () => {
    const page = Buffer.from('<script>alert(1)</script>');
    const said = announcement(page, { kind: 'photo', contentType: 'image/png', name: '照片.png' });
    const { attachmentId } = (await announce(said)).body;
    put(attachmentId, page, 'image/png');
    expect((await confirm(attachmentId)).body.detail).toContain('does not begin like image/png');
  });

  it.each([
    ['a type that is not on the list', { contentType: 'text/html' }, 'contentType'],
    ['a picture’s kind with a document’s type', { kind: 'photo' }, 'contentType'],
    ['more than 20 MB', { bytes: 20 * 1024 * 1024 + 1 }, 'bytes'],
    ['nothing', { bytes: 0 }, 'bytes'],
    ['a name with a new line', { name: 'a\nb' }, 'name'],
    ['a name that turns the direction of text', { name: 'fdp.\u202eexe' }, 'name'],
    ['a hash that is none', { sha256: 'abc' }, 'sha256'],
    ['a place of its own', { key: '../../secret' }, '(body)'],
  ])('is not announced with %s', async (_what, changes, field) => {
    const answer = await announce(announcement(PDF, changes));
    expect([answer.status, answer.body.problems?.[0]?.field]).toEqual([422, field]);
  });

  it('is one of at most thirty', async () => {
    for (let n = 0; n < MOST_ATTACHMENTS; n += 1)
      expect((await announce(announcement(PDF), `key-${n}`)).status).toBe(201);
    expect((await announce(announcement(PDF), 'one-more')).body.title).toBe('too-many-attachments');
  });

  it('is deleted while the proposal is written, and kept once people decide by it', async () => {
    const attachmentId = await attach();
    expect((await call({ method: 'DELETE', attachmentId })).status).toBe(204);
    expect([stored.size, (await call({})).body.attachments]).toEqual([0, []]);
    const kept = await attach();
    await world.handIn(campaignId, MANAGER);
    expect((await call({ method: 'DELETE', attachmentId: kept })).body.title).toBe('not-editable');
    expect(stored.size).toBe(1);
  });

  it('may be named by the proposal once it is stored, and of the right kind', async () => {
    const png = Buffer.from('\x89PNG\r\n\x1a\n and more', 'latin1');
    const cover = await attach(png, { kind: 'photo', contentType: 'image/png', name: '封面.png' });
    const minutes = await attach(PDF, {}, 'minutes');
    await world.save(campaignId, { coverAttachmentId: minutes }, MANAGER);
    expect((await world.handIn(campaignId, MANAGER)).body.problems).toMatchObject([{ field: 'coverAttachmentId' }]);
    await world.save(campaignId, { coverAttachmentId: cover }, MANAGER);
    expect((await world.handIn(campaignId, MANAGER)).status).toBe(201);
  });

  it('is for the organisation’s people alone; an approver adds minutes and deletes nothing', async () => {
    const attachmentId = await attach();
    const stranger: Actor = { id: 'of-elsewhere', groups: ['manager'] };
    await world.createOrganisation({ organisationId: 'elsewhere', name: '别处' }, ADMIN);
    await putMembership(world.table, membershipOf(stranger.id, 'elsewhere', ['manager']));
    for (const one of [{}, { attachmentId }, { method: 'DELETE', attachmentId }])
      expect((await call({ ...one, actor: stranger })).status).toBe(403);
    expect((await call({ method: 'POST', body: announcement(PDF), key: 'approver', actor: APPROVER })).status).toBe(
      201,
    );
    expect((await call({ method: 'DELETE', attachmentId, actor: APPROVER })).status).toBe(403);
  });
});

describe('the address to upload to', () => {
  const attachment = {
    campaignId: 'cmp_1',
    attachmentId: `att_${'0'.repeat(20)}`,
    name: '纪要"\r\nx-evil: 1.pdf',
    contentType: 'application/pdf',
    bytes: 33,
    sha256: sha256(PDF),
  } as Attachment;

  it('is signed for this one file: its size, its type and its content', async () => {
    vi.stubEnv('BUCKET_NAME', 'files');
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    const { upload, downloadAddress } = openAttachmentFiles();
    const { url, headers } = await upload(attachment);
    const address = new URL(url);
    expect(address.pathname).toBe(`/files/attachments/cmp_1/${attachment.attachmentId}`);
    expect(address.searchParams.get('X-Amz-SignedHeaders')).toBe(
      'content-length;content-type;host;x-amz-checksum-sha256',
    );
    expect(address.searchParams.get('X-Amz-Expires')).toBe('900');
    expect(headers).toEqual({
      'content-type': 'application/pdf',
      'x-amz-checksum-sha256': createHash('sha256').update(PDF).digest('base64'),
    });
    const download = new URL(await downloadAddress(attachment));
    const disposition = download.searchParams.get('response-content-disposition') ?? '';
    expect(disposition).toMatch(/^attachment; filename\*=UTF-8''[A-Za-z0-9%._~-]+$/);
    vi.unstubAllEnvs();
  });

  it('is for what was announced: nothing else passes when it is looked at', () => {
    const begins = PDF.subarray(0, 16);
    const found = { bytes: 33, contentType: 'application/pdf', sha256: sha256(PDF), begins };
    expect(mismatchOf(attachment, found)).toBeUndefined();
    expect(mismatchOf(attachment, { ...found, begins: Buffer.from('PK\x03\x04') })).toContain('does not begin');
  });
});
