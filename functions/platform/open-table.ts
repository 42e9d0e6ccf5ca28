import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ClientSettings, clientSettings, hurriedSettings, once } from './clients.ts';
import { openClock } from './clock.ts';
import { environment } from './environment.ts';
import { dynamodbTable } from './table.dynamodb.ts';
import type { Table } from './table.ts';

const open = (settings: ClientSettings): Table =>
  dynamodbTable(new DynamoDBClient(settings), environment('TABLE_NAME'));

/** The deployed table, on one client per execution environment. */
export const openTable: () => Table = once(() => open(clientSettings));

/** The same for who has seconds and not minutes: gives up early, so that the caller's caller can try again. */
export const openHurriedTable: () => Table = once(() => open(hurriedSettings));

/** The clock of this deployment; every stack asks it once per invocation. */
export const tellTime = openClock(openTable);
