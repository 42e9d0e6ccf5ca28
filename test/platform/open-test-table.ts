import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { CAMPAIGN_INDEX, dynamodbTable } from '../../functions/platform/table.dynamodb.ts';
import type { Table } from '../../functions/platform/table.ts';

/** A fresh table of our shape on any DynamoDB that answers at `endpoint`. */
export async function openTestTable(endpoint: string): Promise<Table> {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const tableName = `contract-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
  const keys = ['pk', 'sk', 'indexPk', 'indexSk'];
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: CAMPAIGN_INDEX,
          KeySchema: [
            { AttributeName: 'indexPk', KeyType: 'HASH' },
            { AttributeName: 'indexSk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30 }, { TableName: tableName });
  return dynamodbTable(client, tableName);
}
