import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { PermanentError, ThrottledError, TransientError } from '../../functions/kernel/errors.ts';
import { hurriedSettings } from '../../functions/platform/clients.ts';
import { dynamodbTable } from '../../functions/platform/table.dynamodb.ts';
import type { Table } from '../../functions/platform/table.ts';

describe('a store that does not answer as it should', () => {
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  /** A table on a server that treats every request as told: `undefined` takes it and never answers. */
  async function tableOn(answer: { status: number; type: string } | undefined): Promise<Table> {
    const server = createServer((_request, response) => {
      if (answer === undefined) return;
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${answer.type}`, message: 'as told' }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = new DynamoDBClient({
      ...hurriedSettings,
      maxAttempts: 1,
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    closing.push(() => {
      client.destroy();
      server.closeAllConnections();
      server.close();
    });
    return dynamodbTable(client, 'table');
  }

  const read = async (answer: { status: number; type: string } | undefined): Promise<unknown> =>
    (await tableOn(answer)).get({ pk: 'P', sk: 'S' }).then(
      () => 'answered',
      (error: unknown) => error,
    );

  it('is given up after a second when it says nothing at all', async () => {
    expect(await read(undefined)).toBeInstanceOf(TransientError);
  });

  it.each([
    'AccessDeniedException',
    'ExpiredTokenException',
    'ResourceNotFoundException',
    'KMSAccessDeniedException',
    'SomethingNewException',
  ])('makes the stream wait, and sets no gift aside, when it answers %s', async (type) => {
    expect(await read({ status: 400, type })).toBeInstanceOf(TransientError);
  });

  it('is asked more slowly when it throttles', async () => {
    expect(await read({ status: 400, type: 'ProvisionedThroughputExceededException' })).toBeInstanceOf(ThrottledError);
  });

  it('is believed when it says that the request itself is wrong', async () => {
    expect(await read({ status: 400, type: 'ValidationException' })).toBeInstanceOf(PermanentError);
  });
});
