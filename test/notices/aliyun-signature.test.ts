import { describe, expect, it } from 'vitest';
import { canonicalQuery, percentEncoded, signedHeaders } from '../../functions/notices/aliyun-signature.ts';

const ACCOUNT = { accessKeyId: 'YourAccessKeyId', accessKeySecret: 'YourAccessKeySecret' };

describe('a request signed by ACS3-HMAC-SHA256', () => {
  it('is signed as in the provider’s own example', () => {
    // Alibaba Cloud, "V3 request structure and signature": the worked example with its fixed nonce and date.
    const { authorization } = signedHeaders(ACCOUNT, {
      host: 'ecs.cn-shanghai.aliyuncs.com',
      action: 'RunInstances',
      version: '2014-05-26',
      query: { RegionId: 'cn-shanghai', ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd' },
      date: '2023-10-26T10:22:32Z',
      nonce: '3156853299f313e23d1673dc12e1703d',
    });
    expect(authorization).toBe(
      'ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;' +
        'x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
    );
  });

  it('is signed over Chinese names and JSON as openssl computes it by the published steps', () => {
    const { authorization } = signedHeaders(
      { accessKeyId: 'testId', accessKeySecret: 'testSecret' },
      {
        host: 'dysmsapi.aliyuncs.com',
        action: 'SendSms',
        version: '2017-05-25',
        query: {
          PhoneNumbers: '13800138000',
          SignName: '达州红十字',
          TemplateCode: 'SMS_123456',
          TemplateParam: '{"name":"张(三)*","amount":"¥12.00"}',
          OutId: 'gft_1 thank-you',
        },
        date: '2026-09-07T02:00:00Z',
        nonce: '0123456789abcdef0123456789abcdef',
      },
    );
    expect(authorization).toMatch(/Signature=a0a25e62ed211d3814c86fdb5d8267831950331e37b56bdda89ae5c40071bfd1$/);
  });

  it('encodes by RFC 3986 what encodeURIComponent leaves as it is', () => {
    expect(percentEncoded("a b*~!'()/中")).toBe('a%20b%2A~%21%27%28%29%2F%E4%B8%AD');
  });

  it('puts the names of the query in order', () => {
    expect(canonicalQuery({ b: '2', a: '1', B: '3' })).toBe('B=3&a=1&b=2');
  });
});
