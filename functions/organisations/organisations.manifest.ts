import { type FunctionSpec, http } from '../function-spec.ts';

/** The functions of `organisations`. */
export const organisationsFunctions = {
  'create-organisation': {
    entry: 'organisations/create-organisation.lambda.ts',
    purpose: 'Adds an organisation under its parent.',
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/organisations' }], access: 'staff' },
    ...http,
    needs: { table: { verbs: ['get', 'put', 'check'], partitions: ['ORGANISATION#'] } },
  },
  'show-organisations': {
    entry: 'organisations/show-organisations.lambda.ts',
    purpose: "Shows an organisation with those right below it, and a caller's own memberships.",
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}' },
        { method: 'GET', path: '/me' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['ORGANISATION#'] } },
  },
  'manage-public-address': {
    entry: 'organisations/manage-public-address.lambda.ts',
    purpose: "Says where an organisation's public pages are reached: in its letters and on its receipts.",
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/public-address' },
        { method: 'PUT', path: '/organisations/{organisationId}/public-address' },
        { method: 'DELETE', path: '/organisations/{organisationId}/public-address' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'put', 'delete'], partitions: ['ORGANISATION#'] } },
  },
} as const satisfies Record<string, FunctionSpec>;
