import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { epochSeconds, instantOf } from '../../functions/kernel/time.ts';
import { flatXmlOf } from '../../functions/notices/flat-xml.ts';
import { definition } from '../../functions/notices/receive-wechat-push.lambda.ts';
import { hasConsent, takeConsent } from '../../functions/notices/wechat-consent.store.ts';
import { subscriberHashOf } from '../../functions/notices/wechat-consent.ts';
import { ciphertextIn, pushedIn } from '../../functions/notices/wechat-push.ts';
import { isPushedNow, openedPush, pushSignature } from '../../functions/notices/wechat-push-signature.ts';
import { World } from '../stories/world.ts';

/** Of the provider's own sample code (WXBizMsgCrypt, Sample.py and Sample.cpp). */
const SAMPLE = {
  keys: {
    appId: 'wx2c2769f8efd9abc2',
    pushToken: 'spamtest',
    encodingAesKeys: ['abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'],
  },
  query: {
    timestamp: '1409735669',
    nonce: '1320562132',
    msg_signature: '5d197aaffba7e9b25a30732f161a50dee96bd5fa',
  },
  ciphertext:
    'hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXpbUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE=',
  message:
    '<xml><ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName>\n<FromUserName><![CDATA[oyORnuP8q7ou2gfYjqLzSIWZf0rs]]></FromUserName>\n<CreateTime>1409735668</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[abcdteT]]></Content>\n<MsgId>6054768590064713728</MsgId>\n</xml>',
};

describe("the provider's own sample of a push", () => {
  const at = instantOf(1_409_735_669_000);

  it('is verified, opened and read', () => {
    expect(isPushedNow(SAMPLE.keys, SAMPLE.query, SAMPLE.ciphertext, at)).toBe(true);
    expect(openedPush(SAMPLE.keys, SAMPLE.ciphertext)).toBe(SAMPLE.message);
    expect(pushedIn(SAMPLE.message)).toEqual({ kind: 'other', what: 'text' });
  });

  it('is refused with another character anywhere in it, six minutes later, and for another account', () => {
    for (let at0 = 0; at0 < SAMPLE.ciphertext.length; at0 += 7) {
      const other = SAMPLE.ciphertext[at0] === 'A' ? 'B' : 'A';
      const changed = `${SAMPLE.ciphertext.slice(0, at0)}${other}${SAMPLE.ciphertext.slice(at0 + 1)}`;
      expect(isPushedNow(SAMPLE.keys, SAMPLE.query, changed, at)).toBe(false);
    }
    expect(isPushedNow(SAMPLE.keys, SAMPLE.query, SAMPLE.ciphertext, instantOf(1_409_736_029_000))).toBe(false);
    expect(openedPush({ ...SAMPLE.keys, appId: 'wx0123456789abcdef' }, SAMPLE.ciphertext)).toBeUndefined();
  });

  it('is opened while its key is being replaced', () => {
    const next = 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C';
    expect(openedPush({ ...SAMPLE.keys, encodingAesKeys: [next] }, SAMPLE.ciphertext)).toBeUndefined();
    const both = { ...SAMPLE.keys, encodingAesKeys: [next, ...SAMPLE.keys.encodingAesKeys] };
    expect(openedPush(both, SAMPLE.ciphertext)).toBe(SAMPLE.message);
  });

  it('the question for an address is signed as the sample signs it', () => {
    const echo = 'P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==';
    expect(pushSignature('QDG6eK', '1409659589', '263014780', echo)).toBe('5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3');
  });
});

describe('the XML of a push', () => {
  it('is read: elements, texts, lists', () => {
    expect(flatXmlOf('<xml><A><![CDATA[<b>]]></A><L><X>1</X></L><L><X>2</X></L><E></E></xml>')).toEqual({
      A: '<b>',
      L: [{ X: '1' }, { X: '2' }],
      E: '',
    });
  });

  it.each([
    ['a DOCTYPE', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><A>&e;</A></xml>'],
    ['an entity', '<xml><A>&amp;</A></xml>'],
    ['an attribute', '<xml a="1"><A>1</A></xml>'],
    ['a comment', '<xml><!-- --><A>1</A></xml>'],
    ['an end that is missing', '<xml><A>1</A>'],
    ['an end of another element', '<xml><A>1</B></xml>'],
    ['two documents', '<xml><A>1</A></xml><xml><A>1</A></xml>'],
    ['too many within each other', `<xml>${'<a>'.repeat(20)}${'</a>'.repeat(20)}</xml>`],
    ['nothing', ''],
  ])('is refused with %s', (_what, text) => {
    expect(flatXmlOf(text)).toBeUndefined();
  });

  it('throws at no text, however odd', () => {
    const piece = fc.constantFrom(
      '<xml>',
      '</xml>',
      '<A>',
      '</A>',
      '<![CDATA[',
      ']]>',
      '&',
      '<',
      'text',
      '__proto__',
      '<__proto__>',
      '</__proto__>',
    );
    fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => void pushedIn(pieces.join(''))));
    fc.assert(fc.property(fc.string(), (text) => void ciphertextIn(text)));
  });
});

const KEYS = {
  appId: 'wx0123456789abcdef',
  pushToken: 'token0123',
  encodingAesKeys: ['jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C'],
};
const OPENID = 'otFpruAK8D-E6EfStSYonYSBZ8_4';
const [FIRST, SECOND] = ['VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc', '9nLIlbOQZC5Y89AZteFEux3WCXRRRG5Wfzkpssu4bLI'];
const KEY = 'donor key of the story';
const about = (templateId = FIRST) => ({
  subscriberHash: subscriberHashOf(KEY, KEYS.appId, OPENID),
  appId: KEYS.appId,
  templateId,
});

/** Seals a message as WeChat does, written by the documentation and not by our reader. */
function sealed(message: string, appId = KEYS.appId): string {
  const key = Buffer.from(`${KEYS.encodingAesKeys[0]}=`, 'base64');
  const text = Buffer.from(message);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  const content = Buffer.concat([Buffer.alloc(16, 'r'), length, text, Buffer.from(appId)]);
  const padding = 32 - (content.length % 32);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([
    cipher.update(Buffer.concat([content, Buffer.alloc(padding, padding)])),
    cipher.final(),
  ]).toString('base64');
}

const popup = (createTime: number, ...said: readonly (readonly [string, string])[]) => `<xml>
    <ToUserName><![CDATA[gh_123456789abc]]></ToUserName>
    <FromUserName><![CDATA[${OPENID}]]></FromUserName>
    <CreateTime>${createTime}</CreateTime>
    <MsgType><![CDATA[event]]></MsgType>
    <Event><![CDATA[subscribe_msg_popup_event]]></Event>
    <SubscribeMsgPopupEvent>${said
      .map(
        ([template, status]) => `
        <List>
            <TemplateId><![CDATA[${template}]]></TemplateId>
            <SubscribeStatusString><![CDATA[${status}]]></SubscribeStatusString>
            <PopupScene>2</PopupScene>
        </List>`,
      )
      .join('')}
    </SubscribeMsgPopupEvent>
</xml>`;
const json = (event: string, member: object, createTime: number) =>
  JSON.stringify({
    ToUserName: 'gh_1',
    FromUserName: OPENID,
    CreateTime: String(createTime),
    MsgType: 'event',
    Event: event,
    ...member,
  });

describe('what WeChat pushes', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
    world.more = { readMessagingAccounts: async () => ({ wechat: [{ appSecret: 's', ...KEYS }], sms: [] }) };
  });
  const seconds = () => epochSeconds(world.now);
  function push(message: string, changes: { query?: object; body?: string; appId?: string; ciphertext?: string } = {}) {
    const ciphertext = changes.ciphertext ?? sealed(message);
    const timestamp = String(seconds());
    const appId = changes.appId ?? KEYS.appId;
    return world.request('receive-wechat-push', definition, {
      method: 'POST',
      path: `/webhooks/wechat-messages/${appId}`,
      routeParameters: { appId },
      headers: { 'content-type': 'text/xml' },
      query: {
        encrypt_type: 'aes',
        timestamp,
        nonce: '1320562132',
        msg_signature: pushSignature(KEYS.pushToken, timestamp, '1320562132', ciphertext),
        ...changes.query,
      },
      body:
        changes.body ??
        `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[${ciphertext}]]></Encrypt></xml>`,
    });
  }
  const has = (templateId = FIRST, isLasting = false) =>
    hasConsent(world.table, about(templateId), isLasting, 'gift thank-you');

  it('of a window: each template that was agreed to is good for one message, and told three times it is one', async () => {
    const message = popup(seconds(), [FIRST, 'accept'], [SECOND, 'reject']);
    for (const _ of [1, 2, 3]) expect(await push(message)).toMatchObject({ status: 200, body: 'success' });
    expect(await has(FIRST)).toBe(true);
    expect(await has(SECOND)).toBe(false);
    expect(await takeConsent(world.table, about(), false, 'a')).toMatchObject({ usedFor: 'a' });
    expect(await takeConsent(world.table, about(), false, 'a')).toMatchObject({ usedFor: 'a' });
    expect(await takeConsent(world.table, about(), false, 'b')).toBeUndefined();
    await push(popup(seconds() + 1, [FIRST, 'accept']));
    expect(await takeConsent(world.table, about(), false, 'b')).toMatchObject({ usedFor: 'b' });
  });

  it('keeps no openid, and nothing that is in clear', async () => {
    await push(popup(seconds(), [FIRST, 'accept']));
    expect(JSON.stringify(world.table.everything())).not.toContain(OPENID);
  });

  it('of a mini program, in JSON: a window, and the settings in which messages are turned off', async () => {
    const said = { TemplateId: FIRST, SubscribeStatusString: 'accept', PopupScene: '0' };
    await push(json('subscribe_msg_popup_event', { List: [said] }, seconds()), {
      body: JSON.stringify({
        ToUserName: 'gh_1',
        Encrypt: sealed(json('subscribe_msg_popup_event', { List: [said] }, seconds())),
      }),
    });
    expect(await has()).toBe(true);
    const off = { SubscribeMsgChangeEvent: [{ TemplateId: FIRST, SubscribeStatusString: 'reject' }] };
    await push(json('subscribe_msg_change_event', off, seconds() + 5));
    expect(await has()).toBe(false);
    expect(await has(FIRST, true)).toBe(false);
    // The word before it, told again and late, changes nothing.
    await push(json('subscribe_msg_popup_event', { List: [said] }, seconds()));
    expect(await has()).toBe(false);
    await push(json('subscribe_msg_popup_event', { SubscribeMsgPopupEvent: { List: said } }, seconds() + 6));
    expect(await has()).toBe(true);
  });

  it('of a window in which somebody says no: what lasts is withdrawn, what was agreed to once is not', async () => {
    await push(popup(seconds(), [FIRST, 'accept']));
    await push(popup(seconds() + 60, [FIRST, 'reject']));
    expect(await has(FIRST, false)).toBe(true);
    expect(await has(FIRST, true)).toBe(false);
  });

  it('of a message that its reader did not want withdraws; one that failed otherwise does not', async () => {
    await push(popup(seconds(), [FIRST, 'accept'], [SECOND, 'accept']));
    const sent = (template: string, code: string) =>
      json(
        'subscribe_msg_sent_event',
        {
          SubscribeMsgSentEvent: { List: { TemplateId: template, MsgID: '1', ErrorCode: code, ErrorStatus: 'failed' } },
        },
        seconds() + 1,
      );
    await push(sent(FIRST, '43101'));
    await push(sent(SECOND, '1'));
    expect([await has(FIRST), await has(SECOND)]).toEqual([false, true]);
  });

  it('that is about something else, or that nobody can read, is taken and changes nothing', async () => {
    const text = popup(seconds(), [FIRST, 'accept']).replace('subscribe_msg_popup_event', 'VIEW');
    for (const message of [
      text,
      SAMPLE.message,
      '<xml></xml>',
      'hello',
      json('subscribe_msg_popup_event', { List: 3 }, 1),
    ])
      expect(await push(message)).toMatchObject({ status: 200, body: 'success' });
    expect(world.table.everything().filter(({ type }) => type.startsWith('wechat-'))).toEqual([]);
  });

  it('is refused unless it is sealed and signed, just now and for this account', async () => {
    const message = popup(seconds(), [FIRST, 'accept']);
    const old = String(seconds() - 301);
    const plain = pushSignature(KEYS.pushToken, String(seconds()), '1320562132');
    const refused = [
      await push(message, { query: { msg_signature: 'f'.repeat(40) } }),
      await push(message, { query: { msg_signature: undefined, signature: plain } }),
      await push(message, { body: message, query: { signature: plain } }),
      await push(message, { query: { timestamp: old } }),
      await push(message, { body: '<xml><Encrypt>a</Encrypt>' }),
    ];
    expect(refused.map(({ status, body }) => `${status} ${body.title}`)).toEqual(Array(5).fill('401 unverified'));
    expect(await push(message, { body: 'x'.repeat(70_000) })).toMatchObject({ status: 413 });
    expect(await push(message, { appId: 'wxffffffffffffffff' })).toMatchObject({ status: 404 });
    // Sealed for another account under keys that are ours: signed, and still nobody's word to us.
    expect(await push(message, { ciphertext: sealed(message, 'wxffffffffffffffff') })).toMatchObject({ status: 200 });
    expect(await has()).toBe(false);
  });

  it('asks whether an address is ours, and gets its word back only where it is WeChat that asks', async () => {
    const ask = (signature: string, echostr = '5893251702891') =>
      world.request('receive-wechat-push', definition, {
        method: 'GET',
        path: `/webhooks/wechat-messages/${KEYS.appId}`,
        routeParameters: { appId: KEYS.appId },
        query: { signature, timestamp: '1409659589', nonce: '263014780', echostr },
      });
    const signature = pushSignature(KEYS.pushToken, '1409659589', '263014780');
    expect(await ask(signature)).toMatchObject({ status: 200, body: '5893251702891' });
    expect(await ask('a'.repeat(40))).toMatchObject({ status: 401 });
    expect(await ask(signature, '<script>')).toMatchObject({ status: 401 });
  });
});
