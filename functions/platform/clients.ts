// One connection attempt and one answer each have a bound well under every function's own timeout, so that a hung
// socket becomes a retry instead of a timed-out invocation. The SDK only logs a late answer unless it is told to throw.
const CONNECTION_TIMEOUT_MS = 1_000;

/** How an SDK client of ours is opened: at most `maxAttempts` requests of `requestTimeout` each, with the SDK's jittered backoff between them. */
export type ClientSettings = {
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
};

const settings = (maxAttempts: number, requestTimeout: number): ClientSettings => ({
  maxAttempts,
  requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, requestTimeout, throwOnRequestTimeout: true },
});

/** For most clients: 3 x 4 s. Longer patience belongs to the stream, the queue or the workflow. */
export const clientSettings = settings(3, 4_000);

/** For the webhook, which has 5 s in all for a read and a write: 2 x 1 s each. */
export const hurriedSettings = settings(2, 1_000);

/** For clients that carry files: reports and bills are megabytes. */
export const largeRequestSettings = settings(3, 20_000);

/** Opens something once, when it is first used: importing a handler opens nothing. */
export function once<T>(open: () => T): () => T {
  let opened: { value: T } | undefined;
  return () => {
    opened ??= { value: open() };
    return opened.value;
  };
}
