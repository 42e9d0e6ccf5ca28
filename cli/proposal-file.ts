import { isCollection, isMap, isNode, LineCounter, type Node, parseDocument } from 'yaml';

/** A place in a text file, both counted from 1 as editors do. */
export type Place = { readonly line: number; readonly column: number };

export type ProposalFile = {
  /** The file's own name for its proposal: the same file again goes on with the same draft. */
  readonly id: string;
  readonly organisationId: string;
  /** The proposal as JSON, without the id. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Where a field stands; of one that is missing, where it would be: what it belongs to. */
  readonly placeOf: (field: string) => Place;
};

export type ReadProposal =
  | { readonly kind: 'good'; readonly file: ProposalFile }
  | { readonly kind: 'bad'; readonly problems: readonly (Place & { readonly problem: string })[] };

/** As an Idempotency-Key has to be (functions/platform/idempotency-key.ts). */
const ID = /^[A-Za-z0-9_-]{1,64}$/;
/** The API's own limit of a draft; a file has comments besides. */
export const LARGEST_PROPOSAL_CHARACTERS = 256 * 1024;

/** Reads a proposal written in YAML 1.2, where days stay texts. */
export function readProposal(text: string): ReadProposal {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = document.errors.map(({ message, pos }) => ({ ...placeAt(pos[0]), problem: message }));
  if (problems.length > 0) return { kind: 'bad', problems };
  const fault = (node: unknown, problem: string): ReadProposal => ({
    kind: 'bad',
    problems: [{ ...placeAt(isNode(node) ? (node.range?.[0] ?? 0) : 0), problem }],
  });
  if (text.length > LARGEST_PROPOSAL_CHARACTERS)
    return fault(undefined, `is longer than ${LARGEST_PROPOSAL_CHARACTERS} characters`);
  if (!isMap(document.contents)) return fault(document.contents, 'must be a list of "field: value"');
  const content = jsonOf(document);
  if (content === undefined) return fault(document.contents, 'refers to itself again and again');
  const { id, ...fields } = content;
  const organisationId = fields['organisationId'];
  if (typeof id !== 'string' || !ID.test(id))
    return fault(
      document.get('id', true),
      'id must be 1 to 64 letters, digits, hyphens or underscores: the file\'s own name for this proposal, such as "rain-2026"',
    );
  if (typeof organisationId !== 'string')
    return fault(
      document.get('organisationId', true),
      'organisationId must be the id of the organisation that proposes',
    );
  const placeOf = (field: string): Place => placeAt(offsetOf(document.contents, pathOf(field)));
  return { kind: 'good', file: { id, organisationId, fields, placeOf } };
}

function jsonOf(document: ReturnType<typeof parseDocument>): Readonly<Record<string, unknown>> | undefined {
  try {
    return document.toJS() as Readonly<Record<string, unknown>>;
  } catch (error) {
    // What yaml throws for aliases that multiply beyond its limit.
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

/** `budgetLines[2].amountMinor` is budgetLines, 2, amountMinor. */
export const pathOf = (field: string): (string | number)[] =>
  [...field.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, position, name]) =>
    position === undefined ? (name ?? '') : Number(position),
  );

/** Where the deepest part of a path begins that is there: its value in a list, its name in a mapping. */
function offsetOf(root: unknown, path: readonly (string | number)[]): number {
  let node = root;
  let offset = isNode(root) ? (root.range?.[0] ?? 0) : 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => String((key as { value?: unknown }).value ?? key) === String(part));
      if (pair === undefined) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else if (isCollection(node)) {
      const item = node.get(part, true);
      if (!isNode(item)) return offset;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else return offset;
  }
  return offset;
}
