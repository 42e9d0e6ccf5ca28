import createClient, { type Client, type Middleware } from 'openapi-fetch';
import type { paths } from './api-types.ts';
import { type Problem, problemSchema } from './problems.ts';

/** The API with every route typed: `api.GET('/campaigns/{campaignId}', { params: { path: { campaignId } } })`. */
export type YiqiClient = Client<paths>;

export type ClientOptions = {
  /** The output ApiUrl, without a slash at its end. */
  readonly apiUrl: string;
  /** A token of the user pool for staff calls; asked for with each call, so that it may be renewed meanwhile. */
  readonly token?: () => Promise<string> | string;
  /** Replaced by tests. */
  readonly fetch?: (request: Request) => Promise<Response>;
};

/** A client of the API. A problem is the `error` of a call, never an exception; what `fetch` itself throws is thrown. */
export function yiqiClient({ apiUrl, token, fetch }: ClientOptions): YiqiClient {
  const client = createClient<paths>({ baseUrl: apiUrl, ...(fetch === undefined ? {} : { fetch }) });
  if (token !== undefined) client.use(authorised(token));
  return client;
}

const authorised = (token: () => Promise<string> | string): Middleware => ({
  async onRequest({ request }) {
    request.headers.set('authorization', `Bearer ${await token()}`);
    return request;
  },
});

/** A call was refused; the message is what a person needs: the detail, and each field with what to do. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  readonly problem: Problem | undefined;

  constructor(status: number, problem: Problem | undefined) {
    super(problem === undefined ? `The API answered ${status}.` : sentencesOf(problem));
    this.status = status;
    this.problem = problem;
  }
}

const sentencesOf = ({ detail, problems = [] }: Problem): string =>
  [detail, ...problems.map(({ field, problem, fix }) => `  ${field}: ${problem}; ${fix}`)].join('\n');

/** The data of a call. Throws ProblemError where it was refused. */
export async function dataOf<Data>(
  call: Promise<{ readonly data?: Data; readonly error?: unknown; readonly response: Response }>,
): Promise<Data> {
  const { data, error, response } = await call;
  if (error === undefined && response.ok) return data as Data;
  const problem = problemSchema.safeParse(error);
  throw new ProblemError(response.status, problem.success ? problem.data : undefined);
}
