// Text that tries to run, to break out of its place or to pass for something else: five hundred strings of our own making.

/** What each one tries to do; a page that lets it happen has this set. */
const CALL = 'pwned=1';

const ELEMENTS = ['img', 'svg', 'body', 'video', 'audio', 'input', 'iframe', 'object', 'details', 'marquee', 'select', 'style'];
const HANDLERS = ['onerror', 'onload', 'onfocus', 'ontoggle', 'onmouseover', 'onanimationstart', 'onpointerenter', 'onbegin'];
const BREAKS = ['', '">', "'>", '-->', '</title>', '</script>', '</textarea>', '</style>', ']]>'];
const SCHEMES = ['javascript:', 'JaVaScRiPt:', 'java\tscript:', 'javascript&colon;', 'data:text/html,', 'vbscript:', 'feed:javascript:', '\u0001javascript:'];
const TEMPLATES = ['{{', '${', '#{', '<%=', '[[', '{%', '@{', '${{'];
const ENDS = ['}}', '}', '}', '%>', ']]', '%}', '}', '}}'];
const MARKS = ['\u202e', '\u2066', '\u200b', '\ufeff', '\u0301', '\u{1f469}\u200d\u2695\ufe0f', '\u2028', '\u00ad', '\ud83d\ude00', '\uffef'];
const CLOAKS = [
  (text) => text.replace(/</g, '\u02c2'),
  (text) => text.replace(/</g, '\uff1c').replace(/>/g, '\uff1e'),
  (text) => text.replace(/</g, '&lt;').replace(/>/g, '&gt;'),
  (text) => text.replace(/</g, '%3C').replace(/>/g, '%3E'),
  (text) => text.replace(/</g, '\\u003c').replace(/>/g, '\\x3e'),
  (text) => text.replace(/e/g, '&#101;'),
  (text) => text.toUpperCase(),
];

function* elements() {
  for (const element of ELEMENTS) for (const handler of HANDLERS) yield `<${element} src=x autofocus open ${handler}=${CALL}>`;
}

function* breaks() {
  for (const before of BREAKS) {
    yield `${before}<script>${CALL}</script>`;
    yield `${before}<img src=x onerror="${CALL}">`;
    yield `${before}<svg><script href="data:,${CALL}"/></svg>`;
    yield `${before}<math><mtext></form><form><mglyph><style></math><img src onerror=${CALL}>`;
    for (const quote of ['"', "'", '`']) yield `${before}${quote} onfocus=${quote}${CALL}${quote} autofocus x=${quote}`;
  }
}

function* addresses() {
  for (const scheme of SCHEMES) {
    yield `${scheme}${CALL}//`;
    yield `<a href="${scheme}${CALL}">x</a>`;
    yield `<iframe src="${scheme}${CALL}"></iframe>`;
    yield `<form action="${scheme}${CALL}"><button>x</button></form>`;
    yield `[x](${scheme}${CALL})`;
    yield `url(${scheme}${CALL})`;
  }
}

function* templates() {
  for (const [index, start] of TEMPLATES.entries()) {
    for (const inner of ['constructor.constructor("pwned=1")()', '7*7', 'globalThis.pwned=1', 'self["pwned"]=1']) yield `${start}${inner}${ENDS[index]}`;
  }
}

function* cloaked() {
  for (const cloak of CLOAKS) {
    for (const text of [`<script>${CALL}</script>`, `<img src=x onerror=${CALL}>`, `"><svg onload=${CALL}>`, `<b>not bold</b>`]) yield cloak(text);
  }
  for (const mark of MARKS) {
    yield `Al${mark}ice`;
    yield `<scr${mark}ipt>${CALL}</script>`;
    yield `<img src=x on${mark}error=${CALL}>`;
    yield `${mark}`.repeat(20);
  }
}

function* others() {
  yield* ['__proto__', 'constructor', 'toString', 'null', 'undefined', 'NaN', 'true', '[object Object]', '0', '-1', '1e999', ' ', '..', '/', '\\', '%00', '%', '?a=b#c'];
  yield* ["'; DROP TABLE patients; --", '" OR 1=1 --', '$(reboot)', '`id`', '| cat', '=HYPERLINK("x")', '@SUM(1)', '../../etc/passwd', 'a\tb', 'a"b\'c'];
  for (const property of ['background:url(javascript:pwned=1)', 'width:expression(pwned=1)', '@import "javascript:pwned=1"', 'behavior:url(#x)']) {
    yield `<style>*{${property}}</style>`;
    yield `<div style="${property}">x</div>`;
    yield `}*{${property}`;
  }
}

/** Widened, when the kinds do not yield enough, by putting one kind behind another. */
function corpus(count) {
  const kinds = [...elements(), ...breaks(), ...addresses(), ...templates(), ...cloaked(), ...others()];
  const strings = new Set(kinds);
  for (let step = 1; strings.size < count; step += 1) strings.add(`${kinds[step]} ${kinds[(step * 7) % kinds.length]}`);
  return [...strings].slice(0, count);
}

export const STRINGS_COUNT = 500;
export const hostileStrings = corpus(STRINGS_COUNT);

/** As many strings as fit, joined, into texts of at most `most` characters. */
export function packed(strings, most) {
  const texts = [];
  for (const text of strings) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + text.length + 1 <= most) texts[texts.length - 1] = `${last} ${text}`;
    else texts.push(text.slice(0, most));
  }
  return texts;
}
