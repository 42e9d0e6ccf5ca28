/**
 * What the page of proofs runs in a browser: the rules of verify-proof.ts, written a second time and with nothing but WebCrypto, so
 * that the two are each other's check (test/proofs/proof-script.test.ts runs both over the same proofs). No line of what comes
 * from the server is ever markup: it is only put in as text.
 */
export const PROOF_SCRIPT = `
'use strict';
const GIFT = ['gifts', 'moneyMinor', 'goodsMinor', 'matchMinor'];
const CHANGE = ['changes', 'moneyBackMinor', 'goodsBackMinor', 'matchAddedMinor', 'matchTakenMinor', 'lumpAddedMinor', 'lumpTakenMinor'];
const utf8 = (text) => new TextEncoder().encode(text);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (two) => parseInt(two, 16));
const unbase64 = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
const joined = (parts) => {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) { all.set(part, at); at += part.length; }
  return all;
};
const sha256 = async (...parts) => hex(new Uint8Array(await crypto.subtle.digest('SHA-256', joined(parts))));
const must = (holds, problem) => { if (!holds) throw new Error(problem); };
const isSum = (sum) => Number.isSafeInteger(sum) && sum >= 0;
const eight = (sum) => {
  must(isSum(sum), 'bad sum');
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(sum));
  return bytes;
};
const canonical = (value) =>
  JSON.stringify(value, (name, inner) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner);
const parsed = (text) => {
  const value = JSON.parse(text);
  must(canonical(value) === text, 'not in canonical form');
  return value;
};
// A signature in DER is two numbers; WebCrypto wants them side by side in 32 bytes each.
const rawSignature = (der) => {
  must(der[0] === 0x30 && der[1] === der.length - 2, 'bad signature');
  const raw = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    must(der[at] === 2, 'bad signature');
    const number = der.subarray(at + 2, at + 2 + der[at + 1]);
    at += 2 + der[at + 1];
    const bare = number[0] === 0 ? number.subarray(1) : number;
    must(bare.length > 0 && bare.length <= 32, 'bad signature');
    raw.set(bare, end - bare.length);
  }
  must(at === der.length, 'bad signature');
  return raw;
};
const signedDay = async (signed, keys) => {
  const day = parsed(signed.statement);
  must(day.version === 'yiqi-day-1', 'unknown version');
  let der;
  for (const key of keys) if ((await sha256(unbase64(key.publicKey))) === day.key) der = unbase64(key.publicKey);
  must(der !== undefined, 'unknown key');
  const bytes = unbase64(signed.signature);
  must(btoa(String.fromCharCode(...bytes)) === signed.signature, 'bad signature');
  const key = await crypto.subtle.importKey('spki', der, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
  const holds = await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, rawSignature(bytes), utf8(signed.statement));
  must(holds, 'the signature is not that of the key');
  return day;
};
const climb = async (proven, leaf, names, side, day) => {
  let sums = names.map((name, n) => (n === 0 ? 1 : leaf[name]));
  must(sums.every(isSum), 'bad sum');
  let node = await sha256(Uint8Array.of(0), utf8(proven.leaf));
  let before = 0;
  for (const step of proven.steps) {
    must(step.sums.length === names.length && step.sums.every(isSum), 'bad sum');
    must(step.side === 'left' || step.side === 'right', 'bad step');
    must(/^[0-9a-f]{64}$/.test(step.hash), 'bad step');
    const mine = [unhex(node), ...sums.map(eight)];
    const other = [unhex(step.hash), ...step.sums.map(eight)];
    if (step.side === 'left') before += step.sums[0];
    node = await sha256(Uint8Array.of(1), ...(step.side === 'left' ? [...other, ...mine] : [...mine, ...other]));
    sums = sums.map((sum, n) => sum + step.sums[n]);
  }
  must(sums.every(isSum), 'bad sum');
  must(node === side.root, 'the steps do not lead to the root that was signed');
  must(names.every((name, n) => sums[n] === side[name]), 'the sums are not those that were signed');
  return day.toDate[names[0]] - side[names[0]] + before + 1;
};
const exactly = (value, names) =>
  must(value !== null && typeof value === 'object' && Object.keys(value).sort().join() === [...names].sort().join(), 'not a proof');
const verifyGift = async (proof, keys) => {
  exactly(proof, ['format', 'gift', 'opening', 'changes']);
  must(proof.format === 'yiqi-proof-1', 'not a proof');
  for (const proven of [proof.gift, ...proof.changes]) {
    exactly(proven, ['leaf', 'steps', 'day']);
    exactly(proven.day, ['statement', 'signature']);
    for (const step of proven.steps) exactly(step, ['side', 'hash', 'sums']);
  }
  const gift = parsed(proof.gift.leaf);
  exactly(gift, ['kind', 'campaignId', 'no', 'order', ...GIFT.slice(1)]);
  must(gift.kind === 'gift', 'not a gift');
  const day = await signedDay(proof.gift.day, keys);
  must(gift.campaignId === day.campaignId, 'another campaign');
  must((await climb(proof.gift, gift, GIFT, day.gifts, day)) === gift.no, 'not at its number');
  if (proof.opening !== null) {
    exactly(proof.opening, ['salt', 'orderNo']);
    must(/^[0-9a-f]{64}$/.test(proof.opening.salt), 'bad salt');
    must((await sha256(utf8(proof.opening.salt + ':' + proof.opening.orderNo))) === gift.order, 'another order');
  }
  const changes = [];
  for (const proven of proof.changes) {
    const change = parsed(proven.leaf);
    exactly(change, ['kind', 'campaignId', 'number', 'about', 'giftNo', ...CHANGE.slice(1)]);
    must(change.kind === 'change', 'not a change');
    const changed = await signedDay(proven.day, keys);
    must(change.campaignId === gift.campaignId && changed.campaignId === gift.campaignId, 'another campaign');
    must(change.giftNo === gift.no, 'another gift');
    must((await climb(proven, change, CHANGE, changed.changes, changed)) === change.number, 'not at its number');
    must(changes.every((earlier) => earlier.change.number < change.number), 'a change is told of twice');
    changes.push({ change, day: changed });
  }
  return { gift, day, isOpened: proof.opening !== null, changes };
};

const page = () => {
  const by = (id) => document.getElementById(id);
  const result = by('result');
  const words = JSON.parse(result.dataset.words);
  const money = (minor, currency) => {
    const format = new Intl.NumberFormat(document.documentElement.lang, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
    const { maximumFractionDigits } = format.resolvedOptions();
    return format.format(minor / 10 ** maximumFractionDigits);
  };
  const shown = (kind, lines, rows = []) => {
    const card = document.createElement('div');
    card.className = 'card ' + kind;
    const put = (tag, text, parent, className) => {
      const element = document.createElement(tag);
      element.textContent = text;
      if (className) element.className = className;
      parent.append(element);
      return element;
    };
    put('p', lines[0], card);
    if (rows.length > 0) {
      const list = put('dl', '', card);
      for (const [name, value] of rows) { put('dt', name, list); put('dd', value, list); }
    }
    for (const line of lines.slice(1)) put('p', line, card, 'plain');
    result.replaceChildren(card);
  };
  const rowsOf = ({ gift, day, changes }) => {
    const of = (minor) => money(minor, day.currency);
    return [
      [words.number, String(gift.no)],
      [words.day, day.day],
      ...(gift.goodsMinor > 0 ? [[words.goods, of(gift.goodsMinor)]] : [[words.money, of(gift.moneyMinor)]]),
      [words.match, of(gift.matchMinor)],
      ...changes.flatMap(({ change, day: on }) => [
        ...(change.moneyBackMinor + change.goodsBackMinor > 0 ? [[words.back + ' ' + on.day, of(change.moneyBackMinor + change.goodsBackMinor)]] : []),
        ...(change.matchAddedMinor + change.matchTakenMinor > 0 ? [[words.matchChange + ' ' + on.day, of(change.matchAddedMinor - change.matchTakenMinor)]] : []),
      ]),
      [words.total, of(day.gifts.moneyMinor)],
      [words.toDate, of(day.toDate.moneyMinor)],
    ];
  };
  const asked = async (address) => {
    const answer = await fetch(address);
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.detail || String(answer.status));
    return body;
  };
  const keys = asked('../../proof-keys').then((body) => body.keys);
  keys.then((all) => { by('key').textContent = all.map(({ key }) => key).join(' · ') || '–'; }).catch(() => {});
  const check = async (read) => {
    shown('', [words.checking]);
    by('save').hidden = true;
    let proof;
    try { proof = await read(); } catch (error) { shown('bad', [words.unreachable + error.message]); return; }
    try {
      const verified = await verifyGift(proof, await keys);
      shown('good', [words.good, verified.isOpened ? words.mine : words.notMine], rowsOf(verified));
      by('saved').href = 'data:application/json;charset=utf-8,' + encodeURIComponent(JSON.stringify(proof, null, 1));
      by('save').hidden = false;
    } catch (error) { shown('bad', [words.bad + error.message]); }
  };
  by('ask').addEventListener('submit', (event) => {
    event.preventDefault();
    check(() => asked('gifts/' + encodeURIComponent(by('gift').value.trim()) + '/proof'));
  });
  by('file').addEventListener('change', () => {
    const [file] = by('file').files;
    if (file) check(async () => JSON.parse(await file.text()));
  });
};
if (typeof document !== 'undefined') page();
`;
