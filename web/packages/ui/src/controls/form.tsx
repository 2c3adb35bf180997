//! A form that says at its top what is wrong and leads to the field.
import { useEffect, useRef, type FormEvent, type ReactNode } from 'react';
import { Alert } from '../feedback/alert';
import { useLabels } from '../labels/context';

export interface FormProblem {
  /** Id of the field; without it the problem is the whole form's. */
  field?: string;
  message: string;
}

export interface FormProps {
  onSubmit: () => void;
  /** Shown, and given focus, whenever a new list comes in. */
  problems?: readonly FormProblem[];
  id?: string;
  'aria-label'?: string;
  'aria-labelledby'?: string;
  children?: ReactNode;
}

function focusField(id: string) {
  document.getElementById(id)?.focus();
}

export function Form({ onSubmit, problems = [], id, children, ...aria }: FormProps) {
  const labels = useLabels();
  const summary = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (problems.length > 0) summary.current?.focus();
  }, [problems]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form id={id} className="g-form g-stack" noValidate onSubmit={submit} {...aria}>
      {problems.length > 0 && (
        <Alert ref={summary} tone="critical" title={labels.form.errorSummary(problems.length)}>
          <ul className="g-problems">
            {problems.map(({ field, message }) => (
              <li key={`${field ?? ''} ${message}`}>
                {field ? (
                  <a className="g-link" href={`#${field}`} onClick={(event) => { event.preventDefault(); focusField(field); }}>{message}</a>
                ) : message}
              </li>
            ))}
          </ul>
        </Alert>
      )}
      {children}
    </form>
  );
}
