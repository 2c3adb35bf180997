//! Decimals as they were written: no digit added, none dropped, no exponent, whatever the browser's locale.
import type { FhirDecimal } from './datatypes';

const NUMERAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Digits without exponent and thousands marks; undefined for what is no number. */
function plainDigits(text: string): string | undefined {
  const match = NUMERAL.exec(text.trim());
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent] = match;
  const minus = sign === '-' ? '-' : '';
  if (exponent === undefined) return `${minus}${whole.replace(/^0+(?=\d)/, '')}${fraction && `.${fraction}`}`;
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = point <= 0 ? `${'0'.repeat(1 - point)}${digits}` : digits.padEnd(point, '0');
  const cut = Math.max(1, point);
  const rest = padded.slice(cut);
  return `${minus}${padded.slice(0, cut).replace(/^0+(?=\d)/, '')}${rest && `.${rest}`}`;
}

function grouped(digits: string): string {
  const [whole = '', fraction] = digits.split('.');
  const marked = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return fraction === undefined ? marked : `${marked}.${fraction}`;
}

/** `7.40` stays `7.40`, `.5` cannot occur, `1234` becomes `1,234`. Text that is no number is shown as it came. */
export function decimalText(value: FhirDecimal | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = String(value);
  const digits = plainDigits(text);
  return digits === undefined ? text.trim() || undefined : grouped(digits);
}

/** For doses: `5.0` is shown as `5`, since a trailing nought read without its point is ten times the dose. */
export function doseText(value: FhirDecimal | undefined): string | undefined {
  return decimalText(value)?.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
}

export function decimalNumber(value: FhirDecimal | undefined): number | undefined {
  if (value === undefined || plainDigits(String(value)) === undefined) return undefined;
  return Number(value);
}

const places = (digits: string) => digits.split('.')[1]?.length ?? 0;

/** `a - b` with as many places as the more exact of the two, signed; free of binary rounding. */
export function differenceText(a: FhirDecimal, b: FhirDecimal): string | undefined {
  const left = plainDigits(String(a));
  const right = plainDigits(String(b));
  if (left === undefined || right === undefined) return undefined;
  const digits = Math.max(places(left), places(right));
  const difference = Number(left) - Number(right);
  const text = grouped(Math.abs(difference).toFixed(Math.min(digits, 20)));
  return difference === 0 ? text : `${difference > 0 ? '+' : '−'}${text}`;
}

/**
 * JSON whose decimals keep the digits they were written with (`7.40`), where the browser can tell them.
 * Elsewhere it is JSON.parse, and trailing noughts are lost as they are everywhere in JavaScript.
 */
export function parseFhirJson(text: string): unknown {
  const keepDigits = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && context?.source !== undefined && context.source !== String(value) ? context.source : value;
  return JSON.parse(text, keepDigits);
}
