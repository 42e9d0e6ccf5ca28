import { delimiter, dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emulatedAwsEnvironment, pythonEnvironment, serverEnvironment } from '../../local/local-environment.ts';
import { placesOf } from '../../local/places.ts';

const places = placesOf('start', '/repository');
const ENDPOINT = 'http://127.0.0.1:4566';

/** A person's environment with a real AWS account in every way the SDK and the CLI know. */
const withRealAccount = {
  PATH: '/usr/bin',
  HOME: '/home/wang',
  AWS_PROFILE: 'production',
  AWS_ACCESS_KEY_ID: 'AKIAREALREALREALREAL',
  AWS_SECRET_ACCESS_KEY: 'real',
  AWS_SESSION_TOKEN: 'real',
  AWS_ENDPOINT_URL_DYNAMODB: 'https://dynamodb.cn-north-1.amazonaws.com.cn',
  AWS_ENDPOINT_URL_S3: 'https://s3.amazonaws.com',
  AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/admin',
  AWS_WEB_IDENTITY_TOKEN_FILE: '/token',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.2/',
  CDK_DEFAULT_ACCOUNT: '111122223333',
};

describe('the environment of what talks to the emulator', () => {
  test('holds nothing of a real AWS account', () => {
    const environment = emulatedAwsEnvironment(withRealAccount, ENDPOINT, places);
    expect(Object.fromEntries(Object.entries(environment).filter(([key]) => key.startsWith('AWS_')))).toEqual({
      AWS_ENDPOINT_URL: ENDPOINT,
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: '000000000000',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_CONFIG_FILE: '/repository/.local/no-aws-config',
      AWS_SHARED_CREDENTIALS_FILE: '/repository/.local/no-aws-credentials',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
    expect(JSON.stringify(environment)).not.toContain('111122223333');
    expect(JSON.stringify(environment)).not.toContain('amazonaws');
  });

  test('reaches loopback without the proxy, and keeps the exceptions there were', () => {
    const environment = emulatedAwsEnvironment(
      { HTTPS_PROXY: 'http://proxy:3128', no_proxy: 'intranet' },
      ENDPOINT,
      places,
    );
    expect(environment).toMatchObject({
      HTTPS_PROXY: 'http://proxy:3128',
      NO_PROXY: 'intranet,127.0.0.1,localhost,::1',
    });
    expect(environment['no_proxy']).toBe(environment['NO_PROXY']);
  });

  test('finds the Node that runs this before any other', () => {
    expect(emulatedAwsEnvironment({ PATH: '/usr/bin' }, ENDPOINT, places)['PATH']).toBe(
      `${dirname(process.execPath)}${delimiter}/usr/bin`,
    );
    expect(serverEnvironment({}, places, {})['PATH']).toBe(dirname(process.execPath));
  });
});

describe('the environment of the servers', () => {
  test('hands functions nothing but what is on the list', () => {
    const inherited = { ...withRealAccount, NODE_OPTIONS: '--inspect', DATABASE_PASSWORD: 'x', TZ: 'Asia/Shanghai' };
    expect(serverEnvironment(inherited, places, { GATEWAY_PORT: '4566' })).toEqual({
      HOME: '/home/wang',
      PATH: `${dirname(process.execPath)}${delimiter}/usr/bin`,
      TMPDIR: '/repository/.local/tmp',
      TZ: 'UTC',
      GATEWAY_PORT: '4566',
    });
  });
});

describe('the environment of Python', () => {
  test("respects a person's package index and refuses to install anywhere but into the virtual environment", () => {
    const inherited = {
      PIP_INDEX_URL: 'https://mirror/simple',
      PIP_TARGET: '/else',
      PIP_USER: '1',
      PYTHONPATH: '/mine',
      A: undefined,
    };
    expect(pythonEnvironment(inherited)).toEqual({ PIP_INDEX_URL: 'https://mirror/simple' });
  });
});
