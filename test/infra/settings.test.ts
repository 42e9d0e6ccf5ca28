import { describe, expect, it } from 'vitest';
import { SETTING_NAMES, SettingsError, settingsFrom } from '../../infra/settings.ts';

const onAws = { mailFrom: 'no-reply@redcross.example.org' };

describe('on AWS', () => {
  it('is where a deployment goes that says nothing else, and takes only a sender', () => {
    expect(settingsFrom(onAws)).toEqual({
      target: 'aws',
      mailFrom: 'no-reply@redcross.example.org',
      mailEndpoint: undefined,
      wechatPayBaseUrl: 'https://api.mch.weixin.qq.com',
      alipayGatewayUrl: 'https://openapi.alipay.com/gateway.do',
      corsOrigins: [],
      alarmEmail: undefined,
      logRetentionDays: 90,
      scheduleZone: 'Asia/Shanghai',
      clock: 'system',
      keepsData: true,
      timeoutFactor: 1,
      traces: true,
      strictSignIn: true,
    });
  });

  it.each([
    [{}, /mailFrom is needed on AWS.*-c mailFrom=/],
    [{ ...onAws, mailEndpoint: 'http://127.0.0.1:8005' }, /mailEndpoint is for target local only/],
    [{ ...onAws, wechatPayBaseUrl: 'http://pay.example.org' }, /wechatPayBaseUrl must begin with https/],
    [{ ...onAws, alipayGatewayUrl: 'http://pay.example.org' }, /alipayGatewayUrl must begin with https/],
    [
      { ...onAws, corsOrigins: 'https://a.example.org,http://b.example.org' },
      /http:\/\/b\.example\.org.*must begin with https/,
    ],
    [{ mailFrom: 'no address' }, /Setting mailFrom/],
    [{ ...onAws, target: 'production' }, /Setting target/],
    [{ ...onAws, logRetentionDays: '91' }, /Setting logRetentionDays/],
    [{ ...onAws, alarmEmail: 'nobody' }, /Setting alarmEmail/],
  ])('refuses %j with a sentence', (context, sentence) => {
    expect(() => settingsFrom(context)).toThrow(SettingsError);
    expect(() => settingsFrom(context)).toThrow(sentence);
  });

  it('names every problem at once', () => {
    const context = { mailEndpoint: 'http://127.0.0.1:8005', wechatPayBaseUrl: 'http://pay.example.org' };
    expect(() => settingsFrom(context)).toThrow(/mailFrom[\s\S]*mailEndpoint[\s\S]*wechatPayBaseUrl/);
  });
});

describe('in a local run', () => {
  it('turns the clock, keeps nothing, and talks to the sandbox in the clear', () => {
    const settings = settingsFrom({
      target: 'local',
      mailEndpoint: 'http://127.0.0.1:8005',
      wechatPayBaseUrl: 'http://127.0.0.1:9001',
    });
    expect(settings).toMatchObject({ clock: 'demo', keepsData: false, traces: false, strictSignIn: false });
    expect(settings.mailFrom).toBe('yiqi@example.org');
  });

  it('reads what the command line can only give as text', () => {
    const settings = settingsFrom({
      target: 'local',
      logRetentionDays: '30',
      corsOrigins: 'http://localhost:5173, http://127.0.0.1:5173',
    });
    expect(settings.logRetentionDays).toBe(30);
    expect(settings.corsOrigins).toEqual(['http://localhost:5173', 'http://127.0.0.1:5173']);
  });
});

it('knows the names of all its settings, so that the app can ask for each', () => {
  expect([...SETTING_NAMES].toSorted()).toEqual([
    'alarmEmail',
    'alipayGatewayUrl',
    'corsOrigins',
    'logRetentionDays',
    'mailEndpoint',
    'mailFrom',
    'scheduleZone',
    'target',
    'wechatPayBaseUrl',
  ]);
});
