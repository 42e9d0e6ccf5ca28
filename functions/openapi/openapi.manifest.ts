import { type FunctionSpec, http } from '../function-spec.ts';

/** The functions of `openapi`. */
export const openapiFunctions = {
  'get-openapi': {
    entry: 'openapi/get-openapi.lambda.ts',
    purpose: 'Tells what the API takes and answers, as an OpenAPI document.',
    trigger: { kind: 'http', routes: [{ method: 'GET', path: '/openapi.json' }], access: 'public' },
    ...http,
    needs: {},
  },
} as const satisfies Record<string, FunctionSpec>;
