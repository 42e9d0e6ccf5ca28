import { describe, it } from 'vitest';
import { once } from '../../functions/platform/clients.ts';
import { openTestTable } from './open-test-table.ts';
import { tableContract } from './table.contract.ts';

const emulator = process.env['AWS_ENDPOINT_URL'];
const dynamodbLocal = process.env['DYNAMODB_ENDPOINT'];

if (emulator !== undefined)
  tableContract(
    'DynamoDB of the emulator',
    once(() => openTestTable(emulator)),
  );
if (dynamodbLocal !== undefined)
  tableContract(
    'DynamoDB at DYNAMODB_ENDPOINT',
    once(() => openTestTable(dynamodbLocal)),
  );

describe('the contract suite against a DynamoDB', () => {
  it('was pointed at one', () => {
    if (emulator === undefined && dynamodbLocal === undefined)
      throw new Error('set AWS_ENDPOINT_URL or DYNAMODB_ENDPOINT');
  });
});
