/** Elements and texts, and in them an element's text, its elements, or a list of those that have one name. */
export type FlatXml = { readonly [name: string]: FlatXml | string | readonly (FlatXml | string)[] };

type Element = { readonly name: string; text: string; readonly members: Map<string, (FlatXml | string)[]> };

/** `<xml>`, an event, its list, what is in it: four. */
const DEEPEST = 8;
const TOKEN = /<(\/?)([A-Za-z_]\w{0,63})>|<!\[CDATA\[([\s\S]*?)\]\]>|([^<&]+)/y;

/**
 * The inside of `<xml>…</xml>` as WeChat writes it: elements without attributes, texts, CDATA. Whatever else XML has (a DOCTYPE, an entity, a
 * comment, an attribute) is refused, and with it all that has ever been done to a reader by these. `undefined` where it is not this.
 */
export function flatXmlOf(text: string): FlatXml | undefined {
  const root: Element = { name: '', text: '', members: new Map() };
  const open: Element[] = [root];
  const trimmed = text.trim();
  let at = 0;
  while (at < trimmed.length) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(trimmed);
    if (token === null || !read(token, open)) return undefined;
    at = TOKEN.lastIndex;
  }
  const [document] = root.members.get('xml') ?? [];
  const isWhole = open.length === 1 && root.text.trim() === '' && root.members.size === 1;
  return isWhole && root.members.get('xml')?.length === 1 && typeof document === 'object' ? document : undefined;
}

/** Takes one token in; `false` where it cannot stand here. */
function read([, slash, name, data, text]: RegExpExecArray, open: Element[]): boolean {
  const current = open.at(-1);
  if (current === undefined) return false;
  if (name === undefined) {
    current.text += data ?? text ?? '';
    return true;
  }
  if (slash === '') {
    open.push({ name, text: '', members: new Map() });
    return open.length <= DEEPEST;
  }
  const parent = open.at(-2);
  if (parent === undefined || current.name !== name) return false;
  open.pop();
  parent.members.set(name, [...(parent.members.get(name) ?? []), contentOf(current)]);
  return true;
}

/** An element without elements is its text; of several with one name all are kept, in order. */
function contentOf({ text, members }: Element): FlatXml | string {
  if (members.size === 0) return text;
  // Without a prototype: no name of an element is anything else than that.
  const value: Record<string, FlatXml | string | readonly (FlatXml | string)[]> = Object.create(null);
  for (const [name, [first = '', ...more]] of members) value[name] = more.length === 0 ? first : [first, ...more];
  return value;
}
