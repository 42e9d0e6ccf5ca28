/**
 * An independent reader of text/calendar, as strict as RFC 5545 lets it be: CRLF everywhere, 75 octets a line, properly nested
 * components. Shares nothing with what writes.
 */
export type ReadEvent = Readonly<Record<string, string>>;
export type ReadCalendar = { readonly properties: ReadEvent; readonly events: readonly ReadEvent[] };

/** Throws Error naming the line that a calendar program could refuse. */
export function readICalendar(text: string): ReadCalendar {
  const properties: Record<string, string> = {};
  const events: Record<string, string>[] = [];
  const open: string[] = [];
  for (const line of contentLines(text)) {
    const [, name = '', value = ''] = /^([A-Z-]+(?:;[A-Z-]+=[A-Z-]+)*):(.*)$/su.exec(line) ?? [];
    if (name === '') throw new Error(`not a content line: ${line}`);
    if (name === 'BEGIN') {
      open.push(value);
      if (value === 'VEVENT') events.push({});
    } else if (name === 'END') {
      if (open.pop() !== value) throw new Error(`END:${value} closes nothing`);
    } else put(open.at(-1) === 'VEVENT' ? (events.at(-1) ?? {}) : properties, name, value);
  }
  if (open.length > 0) throw new Error(`${open.join(', ')} is not closed`);
  return { properties, events };
}

function put(target: Record<string, string>, name: string, value: string): void {
  if (name in target) throw new Error(`${name} stands twice`);
  target[name] = unescaped(value);
}

/** Lines as they were before they were folded. */
function contentLines(text: string): string[] {
  if (!text.endsWith('\r\n')) throw new Error('the last line has no end');
  const lines: string[] = [];
  for (const [index, line] of text.slice(0, -2).split('\r\n').entries()) {
    const octets = new TextEncoder().encode(line).length;
    if (octets > 75) throw new Error(`line ${index + 1} has ${octets} octets`);
    if (/[\r\n\ufffd]/.test(line))
      throw new Error(`line ${index + 1} holds a bare line end, or was cut inside a character`);
    if (line.startsWith(' ')) lines.push(`${lines.pop() ?? ''}${line.slice(1)}`);
    else lines.push(line);
  }
  return lines;
}

function unescaped(value: string): string {
  let text = '';
  for (let at = 0; at < value.length; at += 1) {
    const character = value[at] ?? '';
    if (character !== '\\') {
      text += character;
      continue;
    }
    at += 1;
    const next = value[at] ?? '';
    if (!'\\;,nN'.includes(next) || next === '') throw new Error(`\\${next} means nothing`);
    text += next.toLowerCase() === 'n' ? '\n' : next;
  }
  return text;
}
