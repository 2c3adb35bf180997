// Pages of a record become one file, digit for digit.
import { describe, expect, it } from 'vitest';
import { joinedBundle, rawEntries } from './raw-bundles';

const page = (...values: string[]) =>
  `{"resourceType":"Bundle","link":[{"relation":"self","url":"a]\\"}"}],"total":2, "entry" : [ ${values.map((value) => `{"resource":{"v":${value},"t":"]}{\\\\\\""}}`).join(',')} ],"type":"searchset"}`;

describe('joining bundles', () => {
  it('keeps every digit, which parsing would not', () => {
    const joined = joinedBundle([page('1.10', '7'), page('2.00')]);
    expect(joined).toContain('"v":1.10');
    expect(joined).toContain('"v":2.00');
    expect(JSON.parse(joined)).toEqual({
      resourceType: 'Bundle', type: 'collection',
      entry: [1.1, 7, 2].map((v) => ({ resource: { v, t: ']}{\\"' } })),
    });
  });

  it.each([
    ['no entries', '{"resourceType":"Bundle","type":"searchset"}', ''],
    ['an empty list', '{"entry":[]}', ''],
    ['an entry of something inside', '{"meta":{"entry":[1]},"entry":[{"a":2}]}', '{"a":2}'],
    ['numbers and words before it', '{"total":3,"ok":true,"none":null,"entry":[{"a":2}]}', '{"a":2}'],
    ['no bundle', '', ''],
  ])('reads %s', (_what, text, expected) => {
    expect(rawEntries(text)).toBe(expected);
  });
});
