//! Days of the week that suit: one press each, and none means any.
import { useId } from 'react';

/** FHIR's codes, Monday first. */
export const DAY_CODES = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export interface DaysFieldProps {
  label: string;
  description?: string;
  /** Codes of the days that are chosen. */
  value: readonly string[];
  onChange: (days: string[]) => void;
  /** Short names of the days, Monday first. */
  names: readonly string[];
}

export function DaysField({ label, description, value, onChange, names }: DaysFieldProps) {
  const id = useId();
  const toggle = (code: string, on: boolean) => onChange(DAY_CODES.filter((one) => (one === code ? on : value.includes(one))));
  return (
    <fieldset className="g-days" aria-describedby={description === undefined ? undefined : id}>
      <legend>{label}</legend>
      {description !== undefined && <p id={id} className="g-tone-muted g-size-sm">{description}</p>}
      <div className="g-days-row">
        {DAY_CODES.map((code, index) => (
          <label key={code} className="g-day-chip">
            <input type="checkbox" checked={value.includes(code)} onChange={(event) => toggle(code, event.currentTarget.checked)} />
            <span>{names[index] ?? code}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
