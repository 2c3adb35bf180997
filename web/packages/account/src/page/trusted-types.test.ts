// What may be written as HTML: text, and nothing that could become an element.
import { expect, it, vi } from 'vitest';
import { adoptPolicy, onlyText } from './trusted-types';

it('lets style text through and refuses markup', () => {
  expect(onlyText(':root{--a:1}')).toBe(':root{--a:1}');
  expect(() => onlyText('<img src=x onerror=alert(1)>')).toThrow(TypeError);
});

it('becomes the default policy where the browser knows policies', () => {
  const createPolicy = vi.fn();
  adoptPolicy({ createPolicy });
  expect(createPolicy).toHaveBeenCalledWith('default', { createHTML: onlyText });
  expect(() => adoptPolicy(undefined)).not.toThrow();
});
