/** What a sign-in gives. */
export type Tokens = {
  readonly token: string;
  /** Left out where a session was only renewed. */
  readonly refreshToken?: string;
  readonly validSeconds: number;
};

/** What the user pool answers to a step of a sign-in: either it is done, or something is asked for. */
export type PoolAnswer =
  | { readonly kind: 'signed-in'; readonly tokens: Tokens }
  | { readonly kind: 'challenge'; readonly name: string; readonly session: string };

/** The user pool in which people have their accounts. Throws CommandProblem for what a person can put right. */
export type UserPool = {
  begin(email: string, password: string): Promise<PoolAnswer>;
  /** In place of the temporary one of an invitation. */
  setPassword(email: string, session: string, password: string): Promise<PoolAnswer>;
  /** The secret for an authenticator app. */
  enrol(session: string): Promise<{ readonly secret: string; readonly session: string }>;
  /** With the first code of the app. */
  finishEnrolment(email: string, session: string, code: string): Promise<PoolAnswer>;
  answerCode(email: string, session: string, code: string): Promise<PoolAnswer>;
  /** `undefined` where the session is over. */
  renew(refreshToken: string): Promise<Tokens | undefined>;
  /** The refresh token is good for nothing after this. */
  revoke(refreshToken: string): Promise<void>;
};
