import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientSettings, once } from './clients.ts';
import { openClock } from './clock.ts';
import { environment } from './environment.ts';
import { dynamodbTable } from './table.dynamodb.ts';
import type { Table } from './table.ts';

/** The deployed table, on one client per execution environment. */
export const openTable: () => Table = once(() =>
  dynamodbTable(new DynamoDBClient(clientSettings), environment('TABLE_NAME')),
);

/** The clock of this deployment; every stack asks it once per invocation. */
export const tellTime = openClock(openTable);
