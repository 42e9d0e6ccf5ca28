/** Node decodes GBK and does not encode it: every two bytes are tried once, and the table is turned round. */
function tableOfGbk(): ReadonlyMap<string, readonly [number, number]> {
  const decoder = new TextDecoder('gbk');
  const table = new Map<string, readonly [number, number]>();
  for (let lead = 0x81; lead <= 0xfe; lead += 1)
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      const character = decoder.decode(Uint8Array.of(lead, trail));
      if (character.length === 1 && character !== '\uFFFD') table.set(character, [lead, trail]);
    }
  return table;
}

let table: ReadonlyMap<string, readonly [number, number]> | undefined;

/** Text in GBK; what GBK does not have becomes a question mark. */
export function inGbk(text: string): Buffer {
  table ??= tableOfGbk();
  const known = table;
  return Buffer.from(
    [...text].flatMap((character) => {
      const code = character.codePointAt(0) ?? 0;
      return code < 0x80 ? [code] : (known.get(character) ?? [0x3f]);
    }),
  );
}
