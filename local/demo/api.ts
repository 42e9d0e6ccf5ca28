import { type YiqiClient, yiqiClient } from '../../client/client.ts';
import type { SystemAddresses } from '../running-system.ts';

export type ApiAnswer = {
  readonly status: number;
  readonly body: Record<string, unknown>;
  /** Of what may be changed: what a change has to name. */
  readonly etag: string | undefined;
};

/** The public HTTP API of a running system, as a client calls it. */
export class Api {
  readonly #baseUrl: string;
  /** Without a token: what anybody may call. */
  readonly everybody: YiqiClient;

  constructor(system: Pick<SystemAddresses, 'apiUrl'>) {
    this.#baseUrl = system.apiUrl;
    this.everybody = yiqiClient({ apiUrl: system.apiUrl });
  }

  /** The API as somebody of the staff calls it. */
  staff(token: string): YiqiClient {
    return yiqiClient({ apiUrl: this.#baseUrl, token: () => token });
  }

  address(path: string): string {
    return `${this.#baseUrl}${path}`;
  }

  /** Sends one call as it is written, right or wrong, and reads its JSON. @throws Error when the answer's status is not among `expected`. */
  async call(
    method: string,
    path: string,
    options: { body?: object; token?: string; key?: string; ifMatch?: string; expected?: readonly number[] } = {},
  ): Promise<ApiAnswer> {
    const { body, token, key, ifMatch, expected = [200, 201] } = options;
    const answer = await fetch(this.address(path), {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!expected.includes(answer.status))
      throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 500)}`);
    return {
      status: answer.status,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      etag: answer.headers.get('etag') ?? undefined,
    };
  }
}
