import { type FunctionSpec, http } from '../function-spec.ts';

/** The functions of `filing`. */
export const filingFunctions = {
  'get-filing-sheet': {
    entry: 'filing/get-filing-sheet.lambda.ts',
    purpose: "Makes the sheet that is handed in to the authority, as JSON and as a PDF, in the form's order.",
    trigger: {
      kind: 'http',
      routes: [{ method: 'GET', path: '/campaigns/{campaignId}/filing-sheet' }],
      access: 'staff',
    },
    timeoutSeconds: 29, // opening the typesetter takes two seconds, and setting two pages a tenth of one
    memoryMb: 1769, // one whole core: setting type is the heaviest thing we do
    assets: 'press',
    needs: { table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'ORGANISATION#'] } },
  },
  'record-filing': {
    entry: 'filing/record-filing.lambda.ts',
    purpose: "Records the authority's number and the day of filing, or that an emergency does not wait for it.",
    trigger: { kind: 'http', routes: [{ method: 'PUT', path: '/campaigns/{campaignId}/filing' }], access: 'staff' },
    ...http,
    needs: { table: { verbs: ['get', 'put', 'update'], partitions: ['CAMPAIGN#'] } },
  },
} as const satisfies Record<string, FunctionSpec>;
