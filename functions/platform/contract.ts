import * as z from 'zod';

/** What a route answers under one status. Left out of `body`: the answer has none, or it is not JSON (`contentType`). */
export type AnswerContract = {
  readonly description: string;
  readonly body?: z.ZodType;
  /** Where it is not `application/json`. A `body` beside it is the text as it is sent. */
  readonly contentType?: string;
};

/**
 * One route of the HTTP API as its callers see it. The OpenAPI document, the typed client and a test of every answer are
 * made from these; no function imports them, so that none carries in its bundle what it only answers.
 */
export type RouteContract = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As in the manifest. Every `{name}` is a parameter. */
  readonly path: string;
  /** The name of the method in a client: a verb and a noun, unique. */
  readonly operation: string;
  /** One line. */
  readonly summary: string;
  readonly description?: string;
  /** `needed`: 400 without one. */
  readonly idempotencyKey?: 'needed' | 'optional';
  /** 428 without `If-Match`, 412 with an old one. */
  readonly ifMatch?: true;
  /** The answer carries an `ETag`. */
  readonly etag?: true;
  /** An object schema of strings; every member that may be absent is optional in it. */
  readonly query?: z.ZodObject;
  /** Headers that a call must have beside those of the other members: name -> what it holds. */
  readonly headers?: Readonly<Record<string, string>>;
  /** One that takes `undefined` may be left out. */
  readonly body?: z.ZodType;
  /** Where the body is not `application/json`. */
  readonly bodyType?: string;
  readonly answers: Readonly<Record<number, AnswerContract>>;
  /** Problem codes beyond those that every route of its kind can answer (401, 403, 413, 422, 503), by status. */
  readonly problems?: Readonly<Record<number, readonly string[]>>;
  /**
   * Failures are answered in the shape that the caller wants, a payment provider: no problem of the common ones is
   * promised, and every status stands in `answers`.
   */
  readonly ownProblems?: true;
};

/** The routes of one area. `named`: schemas that stand under their own name in the document; the name is part of the API. */
export type AreaContract = {
  readonly tag: string;
  readonly routes: readonly RouteContract[];
  readonly named?: Readonly<Record<string, z.ZodType>>;
};

/** Money in an answer; below zero where something came back. */
export const amountAnswer = z.number().int().describe('Whole numbers of the smallest unit of the currency');
export const countAnswer = z.number().int().min(0);
/** The query of the following page. */
export const nextAnswer = z.string().nullable().describe('The query of the following page, or null');
/** Where a page begins. */
export const afterQuery = z.string().optional().describe('As `next` of the page before says');
