//! Bundles joined as text: what is handed over keeps the digits that its sender wrote, which numbers of a browser would not.

/** Where the value that begins at `from` ends: behind its last character. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  let isInString = false;
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (isInString) {
      if (character === '\\') at += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

/** What stands between the brackets of a bundle's own `entry`; nothing where there is none. */
export function rawEntries(bundle: string): string {
  let at = bundle.indexOf('{') + 1;
  while (at > 0 && at < bundle.length) {
    const key = /^[\s,]*"([^"]*)"\s*:\s*/.exec(bundle.slice(at, at + 200));
    if (!key) return '';
    at += key[0].length;
    const opens = bundle.charAt(at);
    const end = opens === '{' || opens === '[' ? endOfValue(bundle, at) : endOfPlain(bundle, at);
    if (key[1] === 'entry' && opens === '[') return bundle.slice(at + 1, end - 1).trim();
    at = end;
  }
  return '';
}

function endOfPlain(text: string, from: number): number {
  const plain = /^(?:"(?:[^"\\]|\\.)*"|[^,}\s]+)/.exec(text.slice(from));
  return from + (plain?.[0].length ?? text.length);
}

/** One collection of all the entries of several pages. */
export function joinedBundle(pages: readonly string[]): string {
  const entries = pages.map(rawEntries).filter((entries) => entries !== '');
  return `{"resourceType":"Bundle","type":"collection","entry":[${entries.join(',')}]}`;
}
