//! Fields that know what they hold: a sign-in code, an NHS number, a date typed as clinicians write it.
import { formatIso, formatNhsNumber, nhsNumberProblem, parseTypedDate } from '@galen/fhir';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useLabels } from '../labels/context';
import { TextField, type FieldProps } from './fields';

const CODE_DIGITS = 6;

export interface CodeFieldProps extends FieldProps {
  value: string;
  onChange: (digits: string) => void;
  /** Called once all digits stand there, so that no button need be pressed. */
  onComplete?: (digits: string) => void;
}

/** One box, so that pasting, password managers and screen readers all work. */
export function CodeField({ value, onChange, onComplete, description, ...props }: CodeFieldProps) {
  const labels = useLabels();
  const change = (typed: string) => {
    const digits = typed.replace(/\D/g, '').slice(0, CODE_DIGITS);
    onChange(digits);
    if (digits.length === CODE_DIGITS && digits !== value) onComplete?.(digits);
  };
  return (
    <div className="g-code-field">
      <TextField value={value} onChange={change} inputMode="numeric" autoComplete="one-time-code" spellCheck={false} description={description ?? labels.form.codeHint} {...props} />
    </div>
  );
}

/** Longest press that is waited for. */
const PRESS_MS_MAX = 500;

/**
 * Whether the field was left. A press elsewhere is over before that is said: an objection appearing under the finger
 * moves the page, and the press would miss its button.
 */
function useLeft(): [left: boolean, leave: () => void] {
  const [left, setLeft] = useState(false);
  const leave = () => {
    if (document.querySelector(':active') === null) {
      setLeft(true);
      return;
    }
    const over = () => {
      clearTimeout(timer);
      removeEventListener('click', over);
      setLeft(true);
    };
    const timer = setTimeout(over, PRESS_MS_MAX);
    addEventListener('click', over);
  };
  return [left, leave];
}

export interface NhsNumberFieldProps extends FieldProps {
  value: string;
  /** Digits only, as many as were typed. */
  onChange: (digits: string) => void;
}

export function NhsNumberField({ value, onChange, error, description, ...props }: NhsNumberFieldProps) {
  const labels = useLabels();
  const [left, leave] = useLeft();
  const problem = left && value !== '' ? nhsNumberProblem(value) : undefined;
  const words = { length: labels.form.nhsNumberLength, check: labels.form.nhsNumberCheck };
  return (
    <TextField
      value={formatNhsNumber(value)}
      onChange={(typed) => onChange(typed.replace(/\D/g, '').slice(0, 10))}
      onBlur={leave}
      inputMode="numeric"
      autoComplete="off"
      spellCheck={false}
      description={description ?? labels.form.nhsNumberHint}
      error={error ?? (problem && words[problem])}
      {...props}
    />
  );
}

export interface DateFieldProps extends FieldProps {
  /** FHIR's form, at whatever precision: `1945-07-14`, `1945-07`, `1945`; empty where nothing is entered. */
  value: string;
  /** Called with FHIR's form, or with what stands there while that is no date: left out, it would be lost unsaid. */
  onChange: (iso: string) => void;
  /** A year, or a month and a year, will do. */
  partial?: boolean;
  /** A button inside the box, at its end. */
  end?: ReactNode;
}

export function DateField({ value, onChange, partial = true, error, description, ...props }: DateFieldProps) {
  const labels = useLabels();
  const shown = (iso: string) => formatIso(iso, { words: labels.words }) ?? iso;
  const [typed, setTyped] = useState(() => shown(value));
  const [left, leave] = useLeft();
  const emitted = useRef(value);
  useEffect(() => {
    // A value that did not come from this box (a draft, a reset, a calendar) replaces what stands there.
    if (value === emitted.current) return;
    emitted.current = value;
    setTyped(formatIso(value, { words: labels.words }) ?? value);
  }, [value, labels.words]);
  const parsed = (text: string) => {
    const iso = parseTypedDate(text, labels.words) ?? '';
    return partial || iso.length === 10 ? iso : '';
  };
  const change = (text: string) => {
    setTyped(text);
    emitted.current = parsed(text) || text.trim();
    onChange(emitted.current);
  };
  const blur = () => {
    leave();
    const iso = parsed(typed);
    if (iso) setTyped(shown(iso));
  };
  const invalid = left && typed.trim() !== '' && parsed(typed) === '';
  return (
    <TextField
      value={typed}
      onChange={change}
      onBlur={blur}
      autoComplete="off"
      spellCheck={false}
      description={description ?? (partial ? labels.form.dateHint : labels.form.fullDateHint)}
      error={error ?? (invalid && (partial ? labels.form.dateInvalid : labels.form.fullDateInvalid))}
      {...props}
    />
  );
}
