import { describe, expect, it } from 'vitest';
import { instantOf } from '../../functions/kernel/time.ts';
import { NotAccepted } from '../../functions/notices/notice.store.ts';
import { aliyunSms, type Sms } from '../../functions/notices/sms.gateway.ts';
import { NotSubscribed, type WechatMessage, wechatMessages } from '../../functions/notices/wechat-message.gateway.ts';

type Call = { readonly url: string; readonly init: RequestInit };

/** A provider that answers in order, and keeps what it was asked. */
function provider(...answers: readonly (object | Error)[]) {
  const calls: Call[] = [];
  const fetch = (async (url: string | URL, init: RequestInit = {}) => {
    const answer = answers[calls.length];
    calls.push({ url: String(url), init });
    if (answer instanceof Error) throw answer;
    return new Response(JSON.stringify(answer));
  }) as typeof globalThis.fetch;
  return { calls, fetch };
}
const bodyOf = (call: Call | undefined): unknown => JSON.parse(String(call?.init.body));
const unreachable = (code: string): Error => Object.assign(new TypeError('fetch failed'), { cause: { code } });

const NOW = instantOf('2026-09-07T10:00:00+08:00');
const SMS: Sms = {
  account: { accessKeyId: 'testId', accessKeySecret: 'testSecret' },
  phone: '13800138000',
  signName: '达州红十字',
  templateCode: 'SMS_123456',
  fields: { name: '张三', campaign: '困'.repeat(50) },
  outId: 'gft_1 thank-you',
};

describe('a text message', () => {
  it('is handed over as SendSms wants it, with fields that are not too long', async () => {
    const { calls, fetch } = provider({ Code: 'OK', BizId: '900619746936498440^0', RequestId: 'r', Message: 'OK' });
    expect(await aliyunSms(fetch, () => 'nonce')(SMS, NOW)).toEqual({ messageId: '900619746936498440^0' });
    const url = new URL(calls[0]?.url ?? '');
    expect(url.origin).toBe('https://dysmsapi.aliyuncs.com');
    const { TemplateParam = '', ...query } = Object.fromEntries(url.searchParams);
    expect(query).toEqual({
      PhoneNumbers: '13800138000',
      SignName: '达州红十字',
      TemplateCode: 'SMS_123456',
      OutId: 'gft_1 thank-you',
    });
    expect(JSON.parse(TemplateParam)).toEqual({ name: '张三', campaign: `${'困'.repeat(34)}…` });
    expect(calls[0]?.init.headers).toMatchObject({
      'x-acs-action': 'SendSms',
      'x-acs-date': '2026-09-07T02:00:00Z',
      'x-acs-version': '2017-05-25',
      authorization: expect.stringContaining('Credential=testId,'),
    });
  });

  it.each([
    ['isv.MOBILE_NUMBER_ILLEGAL', true],
    ['isv.BLACK_KEY_CONTROL_LIMIT', true],
    ['isv.BUSINESS_LIMIT_CONTROL', false],
    ['isv.AMOUNT_NOT_ENOUGH', false],
    ['Throttling.User', false],
    ['isp.SYSTEM_ERROR', false],
  ])('that is refused with %s was not sent (for good: %s)', async (Code, forGood) => {
    const sending = aliyunSms(provider({ Code }).fetch)(SMS, NOW);
    await expect(sending).rejects.toBeInstanceOf(NotAccepted);
    await expect(sending).rejects.toMatchObject({ forGood });
  });

  it('that never reached the provider was not sent; one without an answer may have been', async () => {
    await expect(aliyunSms(provider(unreachable('ECONNREFUSED')).fetch)(SMS, NOW)).rejects.toBeInstanceOf(NotAccepted);
    const lost = aliyunSms(provider(unreachable('UND_ERR_SOCKET')).fetch)(SMS, NOW);
    await expect(lost).rejects.not.toBeInstanceOf(NotAccepted);
  });
});

const MESSAGE: WechatMessage = {
  account: { appId: 'wx0123456789abcdef', appSecret: 'secret' },
  sentAs: 'template',
  language: 'zh-CN',
  openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
  templateId: 'ngqIpbwh8bUfcSsECmogfXcV14J0tQlEpBO27izEYtY',
  fields: { thing1: '困'.repeat(30), amount2: '¥12.00' },
  url: 'https://give.example.org/public/campaigns/c/page',
  messageId: 'abcdefghjkmnpqrstvwxyz0123',
};
const token = (text: string, seconds = 7_200) => ({ access_token: text, expires_in: seconds });
const OK = { errcode: 0, errmsg: 'ok', msgid: 200_163_836 };

describe('a WeChat template message', () => {
  it('is sent with a stable token that is asked for once', async () => {
    const { calls, fetch } = provider(token('T1'), OK, OK);
    const send = wechatMessages(fetch, () => 0);
    expect(await send(MESSAGE)).toEqual({ messageId: '200163836' });
    await send(MESSAGE);
    expect(calls.map(({ url }) => url)).toEqual([
      'https://api.weixin.qq.com/cgi-bin/stable_token',
      'https://api.weixin.qq.com/cgi-bin/message/template/send?access_token=T1',
      'https://api.weixin.qq.com/cgi-bin/message/template/send?access_token=T1',
    ]);
    expect(bodyOf(calls[0])).toEqual({
      grant_type: 'client_credential',
      appid: 'wx0123456789abcdef',
      secret: 'secret',
      force_refresh: false,
    });
    expect(bodyOf(calls[1])).toEqual({
      touser: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
      template_id: MESSAGE.templateId,
      url: MESSAGE.url,
      client_msg_id: MESSAGE.messageId,
      data: { thing1: { value: `${'困'.repeat(19)}…` }, amount2: { value: '¥12.00' } },
    });
  });

  it('asks for another token five minutes before one ends', async () => {
    let nowMs = 0;
    const { calls, fetch } = provider(token('T1'), OK, OK, token('T2'), OK);
    const send = wechatMessages(fetch, () => nowMs);
    await send(MESSAGE);
    nowMs = 6_899_000;
    await send(MESSAGE);
    nowMs = 6_900_000;
    await send(MESSAGE);
    expect(calls.at(-1)?.url).toContain('access_token=T2');
  });

  it.each([40001, 40014, 42001])('whose token is refused (%d) gets another one, once', async (errcode) => {
    const { calls, fetch } = provider(token('T1'), { errcode }, token('T2'), OK);
    await wechatMessages(fetch, () => 0)(MESSAGE);
    expect(calls).toHaveLength(4);
    const twice = provider(token('T1'), { errcode }, token('T2'), { errcode });
    await expect(wechatMessages(twice.fetch, () => 0)(MESSAGE)).rejects.toMatchObject({ forGood: false });
    expect(twice.calls).toHaveLength(4);
  });

  it('forces a new token only where the refused one is given again', async () => {
    const { calls, fetch } = provider(token('T1'), { errcode: 40001 }, token('T1'), token('T2'), OK);
    await wechatMessages(fetch, () => 0)(MESSAGE);
    expect(calls.slice(2, 4).map(bodyOf)).toMatchObject([{ force_refresh: false }, { force_refresh: true }]);
  });

  it.each([
    [43004, true],
    [43101, true],
    [40003, true],
    [40037, true],
    [45009, false],
    [-1, false],
  ])('that is refused with errcode %d was not sent (for good: %s)', async (errcode, forGood) => {
    const sending = wechatMessages(provider(token('T'), { errcode }).fetch, () => 0)(MESSAGE);
    await expect(sending).rejects.toBeInstanceOf(NotAccepted);
    await expect(sending).rejects.toMatchObject({ forGood });
  });

  it('for which no token was given was certainly not sent', async () => {
    const sending = wechatMessages(provider({ errcode: 40125, errmsg: 'invalid appsecret' }).fetch, () => 0)(MESSAGE);
    await expect(sending).rejects.toBeInstanceOf(NotAccepted);
  });

  it('that got no answer may have been sent', async () => {
    const sending = wechatMessages(provider(token('T'), unreachable('ECONNRESET')).fetch, () => 0)(MESSAGE);
    await expect(sending).rejects.not.toBeInstanceOf(NotAccepted);
  });
});

describe('a WeChat subscription message', () => {
  it('of an official account is sent as `bizsend` wants it', async () => {
    const { calls, fetch } = provider(token('T1'), { errcode: 0, errmsg: 'ok' });
    const message = { ...MESSAGE, sentAs: 'subscription', page: undefined } as const;
    expect(await wechatMessages(fetch, () => 0)(message)).toEqual({ messageId: MESSAGE.messageId });
    expect(calls[1]?.url).toBe('https://api.weixin.qq.com/cgi-bin/message/subscribe/bizsend?access_token=T1');
    expect(bodyOf(calls[1])).toEqual({
      touser: MESSAGE.openid,
      template_id: MESSAGE.templateId,
      page: MESSAGE.url,
      data: { thing1: { value: `${'困'.repeat(19)}…` }, amount2: { value: '¥12.00' } },
    });
  });

  it('of a mini program is sent as `subscribe/send` wants it, and leads to a page of its own', async () => {
    const { calls, fetch } = provider(token('T1'), { errcode: 0, errmsg: 'ok', msgid: '2258' });
    const message = { ...MESSAGE, sentAs: 'mini-program', page: 'pages/gift?from=wx', language: 'en' } as const;
    expect(await wechatMessages(fetch, () => 0)(message)).toEqual({ messageId: '2258' });
    expect(calls[1]?.url).toBe('https://api.weixin.qq.com/cgi-bin/message/subscribe/send?access_token=T1');
    expect(bodyOf(calls[1])).toEqual({
      touser: MESSAGE.openid,
      template_id: MESSAGE.templateId,
      page: 'pages/gift?from=wx',
      miniprogram_state: 'formal',
      lang: 'en_US',
      data: { thing1: { value: `${'困'.repeat(19)}…` }, amount2: { value: '¥12.00' } },
    });
  });

  it.each([
    ['the user refused it, or agreed to no further one', 43101, true, true],
    ['a field does not fit', 47003, true, false],
    ['there is no such template', 40037, true, false],
    ['the page is wrong', 41030, true, false],
    ['the account may not send', 43107, true, false],
    ['two were sent at one moment', 43108, false, false],
    ['the quota of calls is used', 45009, false, false],
    ['WeChat is busy', -1, false, false],
  ])('because %s (%d) was not sent (for good: %s, not wanted: %s)', async (_why, errcode, forGood, isNotWanted) => {
    const message = { ...MESSAGE, sentAs: 'mini-program' } as const;
    const error = await wechatMessages(provider(token('T'), { errcode }).fetch, () => 0)(message).catch((e) => e);
    expect(error).toBeInstanceOf(NotAccepted);
    expect(error).toMatchObject({ forGood });
    expect(error instanceof NotSubscribed).toBe(isNotWanted);
  });

  it('with a value that its field never takes is handed over to nobody', async () => {
    const { calls, fetch } = provider();
    const message = { ...MESSAGE, sentAs: 'subscription', fields: { number1: '第一批' } } as const;
    await expect(wechatMessages(fetch, () => 0)(message)).rejects.toMatchObject({ forGood: true });
    expect(calls).toEqual([]);
  });
});
