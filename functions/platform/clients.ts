// One connection attempt and one answer each have a bound well under every function's own timeout, so that a hung
// socket becomes a retry instead of a timed-out invocation.
const CONNECTION_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 4_000;
// Reports and bills are megabytes, mails carry attachments: more time for one request.
const LARGE_REQUEST_TIMEOUT_MS = 20_000;
// First try and two repeats with the SDK's own jittered backoff; longer patience belongs to the stream or the queue.
const MAX_ATTEMPTS = 3;

/** What every SDK client of ours is opened with. */
export const clientSettings = {
  maxAttempts: MAX_ATTEMPTS,
  requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
};

/** The same for clients that carry files. */
export const largeRequestSettings = {
  maxAttempts: MAX_ATTEMPTS,
  requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, requestTimeout: LARGE_REQUEST_TIMEOUT_MS },
};

/** Opens something once, when it is first used: importing a handler opens nothing. */
export function once<T>(open: () => T): () => T {
  let opened: { value: T } | undefined;
  return () => {
    opened ??= { value: open() };
    return opened.value;
  };
}
