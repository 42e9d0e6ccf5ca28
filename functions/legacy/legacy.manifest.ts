import { type FunctionSpec, http, task } from '../function-spec.ts';

/** The functions of `legacy`. */
export const legacyFunctions = {
  'manage-legacy-exercises': {
    entry: 'legacy/manage-legacy-exercises.lambda.ts',
    purpose: 'Opens exercises of old projects, shows how far they have come, and saves how their lists are read.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/legacy-exercises' },
        { method: 'GET', path: '/legacy-exercises' },
        { method: 'GET', path: '/legacy-exercises/{exerciseId}' },
        { method: 'GET', path: '/organisations/{organisationId}/legacy-settings' },
        { method: 'PUT', path: '/organisations/{organisationId}/legacy-settings' },
      ],
      access: 'staff',
    },
    ...http,
    memoryMb: 1024, // 2,000 projects are 8 MB of items, looked at together
    needs: {
      table: { verbs: ['get', 'query', 'put'], partitions: ['LEGACY#', 'LEGACY-EXERCISES#', 'ORGANISATION#'] },
      bucket: { verbs: ['get'], prefix: 'legacy/' },
    },
  },
  'manage-legacy-files': {
    entry: 'legacy/manage-legacy-files.lambda.ts',
    purpose: 'Takes the lists of old projects, has them read and imported, and shows what they hold.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/files' },
        { method: 'GET', path: '/legacy-exercises/{exerciseId}/files/{fileId}' },
        { method: 'PUT', path: '/legacy-exercises/{exerciseId}/files/{fileId}/entries' },
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/files/{fileId}/readings' },
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/files/{fileId}/imports' },
      ],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['LEGACY#'] },
      bucket: { verbs: ['get', 'put'], prefix: 'legacy/' },
      legacyCloseout: true,
    },
  },
  'manage-legacy-projects': {
    entry: 'legacy/manage-legacy-projects.lambda.ts',
    purpose:
      'Shows old projects, takes what people confirm, correct, give to others and decide, and starts the closing.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/legacy-exercises/{exerciseId}/projects' },
        { method: 'GET', path: '/legacy-exercises/{exerciseId}/projects/{projectId}' },
        { method: 'PATCH', path: '/legacy-exercises/{exerciseId}/projects/{projectId}' },
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/confirmations' },
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/assignments' },
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/pairs/{pairId}/decisions' },
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/decisions' },
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/closings' },
      ],
      access: 'staff',
    },
    timeoutSeconds: 29, // 2,000 projects confirmed at once are 21 transactions, one after another
    memoryMb: 1024,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['LEGACY#', 'ORGANISATION#'] },
      legacyCloseout: true,
    },
  },
  'manage-legacy-papers': {
    entry: 'legacy/manage-legacy-papers.lambda.ts',
    purpose: 'Takes the papers of old projects, checks them, and takes the word of two people that one is lost.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/legacy-exercises/{exerciseId}/projects/{projectId}/papers/{paper}' },
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/projects/{projectId}/papers/{paper}/uploads' },
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/projects/{projectId}/papers/{paper}/confirmations' },
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/projects/{projectId}/papers/{paper}/losses' },
        {
          method: 'POST',
          path: '/legacy-exercises/{exerciseId}/projects/{projectId}/papers/{paper}/loss-confirmations',
        },
      ],
      access: 'staff',
    },
    timeoutSeconds: 29, // a file of 20 MB is read whole and hashed
    memoryMb: 512,
    needs: {
      table: { verbs: ['get', 'put', 'update'], partitions: ['LEGACY#'] },
      bucket: { verbs: ['get', 'put'], prefix: 'attachments/' },
    },
  },
  'remind-legacy': {
    entry: 'legacy/remind-legacy.lambda.ts',
    purpose: 'Mails people what papers of old projects they still have to find.',
    trigger: { kind: 'job', job: 'remind-legacy' },
    timeoutSeconds: 300,
    memoryMb: 1024,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update', 'delete'],
        partitions: ['LEGACY#', 'LEGACY-EXERCISES#', 'ORGANISATION#', 'PERSON#'],
      },
      mail: true,
    },
  },

  'read-legacy-file': {
    entry: 'legacy/read-legacy-file.lambda.ts',
    purpose: 'Reads a list of old projects cell by cell and imports nothing.',
    ...task,
    timeoutSeconds: 300,
    memoryMb: 2048, // a workbook of 10 MB is read whole: 460 MB were seen, and its cells once more
    needs: {
      table: { verbs: ['get', 'query', 'update'], partitions: ['LEGACY#', 'ORGANISATION#'] },
      bucket: { verbs: ['get', 'put'], prefix: 'legacy/' },
    },
  },
  'import-legacy-file': {
    entry: 'legacy/import-legacy-file.lambda.ts',
    purpose: 'Makes projects of what was read from a list, each once.',
    ...task,
    timeoutSeconds: 300,
    memoryMb: 1024,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['LEGACY#', 'ORGANISATION#'] },
      bucket: { verbs: ['get'], prefix: 'legacy/' },
      auditTrail: true,
    },
  },
  'prepare-legacy-closing': {
    entry: 'legacy/prepare-legacy-closing.lambda.ts',
    purpose: 'Names the old projects that are to be closed, in batches.',
    ...task,
    memoryMb: 1024,
    needs: { table: { verbs: ['get', 'query'], partitions: ['LEGACY#'] } },
  },
  'close-legacy-projects': {
    entry: 'legacy/close-legacy-projects.lambda.ts',
    purpose: 'Closes old projects, each by an entry that is written once, and tells which cannot be.',
    ...task,
    memoryMb: 1024,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['LEGACY#', 'ORGANISATION#'] },
      auditTrail: true,
    },
  },
  'write-legacy-summary': {
    entry: 'legacy/write-legacy-summary.lambda.ts',
    purpose: 'Sums up the old projects that are closed, by year, source and county, as JSON, XLSX and PDF.',
    ...task,
    timeoutSeconds: 300,
    memoryMb: 2048, // the press as for the closeout report
    needs: {
      table: { verbs: ['get', 'query', 'put'], partitions: ['LEGACY#', 'ORGANISATION#'] },
      bucket: { verbs: ['get', 'put'], prefix: 'legacy/' },
    },
    assets: 'press',
  },
  'mail-legacy-summary': {
    entry: 'legacy/mail-legacy-summary.lambda.ts',
    purpose: 'Mails the summary of old projects to its recipients, once each.',
    ...task,
    timeoutSeconds: 120,
    needs: {
      table: { verbs: ['get', 'put', 'update', 'delete'], partitions: ['LEGACY#', 'ORGANISATION#'] },
      bucket: { verbs: ['get'], prefix: 'legacy/' },
      mail: true,
    },
  },
  'finish-legacy-step': {
    entry: 'legacy/finish-legacy-step.lambda.ts',
    purpose: 'Says on a file or an exercise of old projects how a step ended.',
    ...task,
    memoryMb: 1024,
    needs: { table: { verbs: ['get', 'query', 'update'], partitions: ['LEGACY#'] }, auditTrail: true },
  },
} as const satisfies Record<string, FunctionSpec>;
