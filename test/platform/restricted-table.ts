import { type FunctionSpec, type TableVerb, tableNeedsOf } from '../../functions/function-spec.ts';
import { type FunctionName, MANIFEST } from '../../functions/manifest.ts';
import { keyOf, type Table, type TransactWrite } from '../../functions/platform/table.ts';

/**
 * The table as one function's grant lets it see it: anything beyond the manifest's verbs and partitions throws, as
 * DynamoDB would refuse it. Every story runs behind this, so a grant that is too narrow fails a test before it fails a
 * deployment.
 */
export function restrictedTable(table: Table, name: FunctionName): Table {
  const grants = tableNeedsOf(MANIFEST[name] as FunctionSpec);
  const allow = (verb: TableVerb, partition: string): void => {
    const onPartition = grants.filter(({ partitions }) => partitions.some((prefix) => partition.startsWith(prefix)));
    if (onPartition.length === 0) throw new Error(`${name} has no grant on ${partition}`);
    if (!onPartition.some(({ verbs }) => verbs.includes(verb)))
      throw new Error(`${name} has no grant to ${verb} (${partition})`);
  };
  const allowWrite = (write: TransactWrite): void => allow(verbOf(write), keyOf(write).pk);
  return {
    async get(key, options) {
      allow('get', key.pk);
      return table.get(key, options);
    },
    async getMany(keys) {
      for (const key of keys) allow('get', key.pk);
      return table.getMany(keys);
    },
    async query(question, options) {
      allow('query', question.partition);
      return table.query(question, options);
    },
    async write(write) {
      allowWrite(write);
      return table.write(write);
    },
    async transact(writes) {
      writes.forEach(allowWrite);
      return table.transact(writes);
    },
  };
}

function verbOf(write: TransactWrite): TableVerb {
  if ('put' in write) return 'put';
  if ('update' in write) return 'update';
  return 'delete' in write ? 'delete' : 'check';
}
