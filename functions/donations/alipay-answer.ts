import { type KeyObject, verify } from 'node:crypto';
import * as z from 'zod';
import { jsonOf } from '../kernel/text.ts';
import type { AlipayMethod } from './alipay-request.ts';
import { BASE64_SIGNATURE } from './alipay-signature.ts';

/** What Alipay's gateway answered. Only a signed answer says anything about money; an unsigned refusal says to ask again or not. */
export type AlipayAnswer =
  | { readonly kind: 'signed'; readonly code: string; readonly subCode: string; readonly value: unknown }
  /** A refusal before the request reached any business, which the gateway does not always sign. */
  | { readonly kind: 'refusal'; readonly code: string; readonly subCode: string }
  /** A success that nobody signed, a wrong signature, or no answer of Alipay's at all. */
  | { readonly kind: 'unsigned' };

/** The code of an answer to a request that was carried out. */
export const SUCCESS_CODE = '10000';

const codesSchema = z.object({ code: z.string().max(16), sub_code: z.string().max(128).default('') });

/**
 * Reads an answer of Alipay's gateway. Its signature is over the answer's own text, from brace to brace, as it was sent:
 * what is parsed is that text and no other (opendocs.alipay.com/common/02mse7).
 */
export function alipayAnswer(text: string, method: AlipayMethod, keys: readonly KeyObject[]): AlipayAnswer {
  const members = rawMembers(text);
  const content = members?.get(`${method.replaceAll('.', '_')}_response`);
  const refused = members?.get('error_response');
  const raw = content ?? refused;
  const value = raw === undefined ? undefined : jsonOf(raw)?.value;
  const codes = codesSchema.safeParse(value);
  if (raw === undefined || !codes.success) return { kind: 'unsigned' };
  const { code, sub_code: subCode } = codes.data;
  const signature = jsonOf(members?.get('sign') ?? '""')?.value;
  if (content !== undefined && isSigned(raw, signature, keys)) return { kind: 'signed', code, subCode, value };
  return code === SUCCESS_CODE ? { kind: 'unsigned' } : { kind: 'refusal', code, subCode };
}

function isSigned(raw: string, signature: unknown, keys: readonly KeyObject[]): boolean {
  if (typeof signature !== 'string' || !BASE64_SIGNATURE.test(signature)) return false;
  const bytes = Buffer.from(signature, 'base64');
  return keys.some((key) => verify('sha256', Buffer.from(raw), key, bytes));
}

/**
 * The members of a JSON object, each value as the very text that stands there. `undefined` where the text is no object, or
 * names a member twice: then nobody knows which one was signed.
 */
export function rawMembers(text: string): ReadonlyMap<string, string> | undefined {
  const members = new Map<string, string>();
  let at = skipBlanks(text, 0);
  if (text[at] !== '{') return undefined;
  at = skipBlanks(text, at + 1);
  while (text[at] === '"') {
    const nameEnd = valueEnd(text, at);
    const name = jsonOf(text.slice(at, nameEnd))?.value;
    const colon = skipBlanks(text, nameEnd);
    if (typeof name !== 'string' || text[colon] !== ':' || members.has(name)) return undefined;
    const start = skipBlanks(text, colon + 1);
    const end = valueEnd(text, start);
    if (end === start) return undefined;
    members.set(name, text.slice(start, end));
    at = skipBlanks(text, end);
    if (text[at] !== ',') break;
    at = skipBlanks(text, at + 1);
  }
  return text[at] === '}' && skipBlanks(text, at + 1) === text.length ? members : undefined;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (' \t\r\n'.includes(text[at] ?? 'x')) at += 1;
  return at;
}

const STRING = /"(?:[^"\\]|\\.)*"/y;
const PLAIN = /[^\s,{}[\]":]+/y;

/** Where the value that begins here ends; the same place where none begins. */
function valueEnd(text: string, from: number): number {
  const end = tokenEnd(text, from);
  const opening = text[from];
  if (opening !== '{' && opening !== '[') return end;
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const letter = text[at] ?? '';
    if (letter === '"') {
      const next = tokenEnd(text, at);
      if (next === at) return from;
      at = next;
      continue;
    }
    if (letter === '{' || letter === '[') depth += 1;
    if (letter === '}' || letter === ']') depth -= 1;
    at += 1;
    if (depth === 0) return at;
  }
  return from;
}

function tokenEnd(text: string, from: number): number {
  const pattern = text[from] === '"' ? STRING : PLAIN;
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}
