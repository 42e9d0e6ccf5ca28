import { type FunctionSpec, http, task } from '../function-spec.ts';

/** The functions of `statements`. */
export const statementsFunctions = {
  'save-statement-mapping': {
    entry: 'statements/save-statement-mapping.lambda.ts',
    purpose: 'Saves how files of one kind are read in an organisation, and lists what is saved.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'PUT', path: '/organisations/{organisationId}/statement-mappings/{mappingId}' },
        { method: 'GET', path: '/organisations/{organisationId}/statement-mappings' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query', 'put'], partitions: ['ORGANISATION#'] } },
  },
  'create-statement-import': {
    entry: 'statements/create-statement-import.lambda.ts',
    purpose: 'Opens the import of a statement and says where to put its file.',
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/statement-imports' }], access: 'staff' },
    ...http,
    needs: {
      table: { verbs: ['get', 'put'], partitions: ['ORGANISATION#', 'CAMPAIGN#', 'STATEMENT#'] },
      bucket: { verbs: ['put'], prefix: 'statements/' },
    },
  },
  'run-statement-import': {
    entry: 'statements/run-statement-import.lambda.ts',
    purpose: 'Starts the reading of an uploaded statement, or the booking of one that was read.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/statement-imports/{importId}/checks' },
        { method: 'POST', path: '/statement-imports/{importId}/bookings' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'update'], partitions: ['STATEMENT#'] }, statementImport: true },
  },
  'get-statement-import': {
    entry: 'statements/get-statement-import.lambda.ts',
    purpose: 'Shows an import: what its file holds, how far its booking has come, which rows could not be read.',
    trigger: { kind: 'http', routes: [{ method: 'GET', path: '/statement-imports/{importId}' }], access: 'staff' },
    ...http,
    needs: {
      table: { verbs: ['get', 'query'], partitions: ['STATEMENT#'] },
      bucket: { verbs: ['get'], prefix: 'statements/' },
    },
  },

  'manage-bank-rows': {
    entry: 'statements/manage-bank-rows.lambda.ts',
    purpose: 'Lists what statements of the bank hold beside gifts, and keeps what people say that a row is.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/bank-rows' },
        { method: 'POST', path: '/organisations/{organisationId}/bank-rows/{day}/{rowId}/namings' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query', 'put'], partitions: ['BANK#'] } },
  },

  'check-statement': {
    entry: 'statements/check-statement.lambda.ts',
    purpose: 'Reads an uploaded statement row by row and books nothing.',
    ...task,
    timeoutSeconds: 600, // 1,000,000 rows at some 25,000 a second are 40 s on a whole core, and this is a half
    memoryMb: 1024, // a workbook is read whole; delimited text needs a fifth of it
    needs: {
      table: { verbs: ['get', 'query', 'update'], partitions: ['STATEMENT#', 'CAMPAIGN#'] },
      bucket: { verbs: ['get', 'put'], prefix: 'statements/' },
    },
  },
  'book-statement-part': {
    entry: 'statements/book-statement-part.lambda.ts',
    purpose: 'Books the rows of one part of a statement, each once for ever.',
    ...task,
    timeoutSeconds: 300, // 5,000 rows at some 200 a second are 25 s; the rest is room for a slow store
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update', 'check'],
        partitions: ['STATEMENT#', 'ORDER#', 'GIFT#', 'LINK#', 'CAMPAIGN#', 'BANK#'],
      },
      bucket: { verbs: ['get'], prefix: 'statements/' },
      secrets: ['donor-key'],
    },
  },
  'finish-statement': {
    entry: 'statements/finish-statement.lambda.ts',
    purpose: 'Says on an import how it ended.',
    ...task,
    needs: {
      table: { verbs: ['get', 'query', 'update', 'put'], partitions: ['STATEMENT#', 'BANK#'] },
      bucket: { verbs: ['get'], prefix: 'statements/' },
    },
  },
} as const satisfies Record<string, FunctionSpec>;
