// One box and the patients that fit it: typed, arrowed, entered. For the search screen and for picking a duplicate.
import { usePatientSearch, useWords, type PatientSearch, type PatientView } from '@galen/core';
import { Alert, EmptyState, ErrorState, SearchField, VisuallyHidden } from '@galen/ui';
import { useEffect, useId, useState, type KeyboardEvent, type ReactNode, type Ref } from 'react';
import { words } from '../words/words';
import { PatientIdentity } from './patient-identity';

export interface PatientPickerProps {
  label: string;
  typed: string;
  onTyped: (typed: string) => void;
  onPick: (patient: PatientView) => void;
  /** A patient that must not be offered, such as the one to merge into. */
  except?: string;
  /** Shown while nothing is typed. */
  idle?: ReactNode;
  autoFocus?: boolean;
  ref?: Ref<HTMLInputElement>;
}

function patientsOf(search: PatientSearch, except: string | undefined): PatientView[] {
  const patients = search.state === 'found' ? search.patients : search.state === 'searching' ? search.previous : [];
  return patients.filter(({ id }) => id !== except);
}

const STEPS: Record<string, (active: number, last: number) => number> = {
  ArrowDown: (active, last) => Math.min(active + 1, last),
  ArrowUp: (active) => Math.max(active - 1, 0),
  PageDown: (active, last) => Math.min(active + 8, last),
  PageUp: (active) => Math.max(active - 8, 0),
};

export function PatientPicker({ label, typed, onTyped, onPick, except, idle, autoFocus, ref }: PatientPickerProps) {
  const t = useWords(words);
  const id = useId();
  const search = usePatientSearch(typed);
  const patients = patientsOf(search, except);
  const [activeId, setActiveId] = useState<string>();
  const active = Math.max(0, patients.findIndex((patient) => patient.id === activeId));
  const current = patients[active];
  const optionId = (patient: PatientView) => `${id}-${patient.id}`;
  const currentId = current && optionId(current);

  useEffect(() => {
    if (currentId !== undefined && activeId !== undefined) {
      document.getElementById(currentId)?.scrollIntoView({ block: 'nearest' });
    }
  }, [currentId, activeId]);

  const press = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step && patients.length > 0) {
      event.preventDefault();
      setActiveId(patients[step(active, patients.length - 1)]?.id);
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing && current && search.state === 'found') {
      event.preventDefault();
      onPick(current);
    }
  };
  const status =
    search.state === 'searching' ? t('searching') : search.state === 'found' ? t('found', { count: patients.length }) : '';
  return (
    <div className="picker">
      <SearchField
        ref={ref}
        label={label}
        placeholder={t('searchHint')}
        value={typed}
        onChange={(text) => {
          setActiveId(undefined);
          onTyped(text);
        }}
        onKeyDown={press}
        role="combobox"
        aria-controls={`${id}-list`}
        aria-expanded={patients.length > 0}
        {...(currentId !== undefined && { 'aria-activedescendant': currentId })}
        {...(autoFocus && { autoFocus })}
      />
      <VisuallyHidden live="polite">{status}</VisuallyHidden>
      {search.state === 'idle' && idle}
      {search.state === 'failed' && (
        <ErrorState
          title={t('searchFailed')}
          detail={search.refusal.status === 0 ? t('searchUnreachable') : search.refusal.detail}
          {...(search.refusal.reference !== undefined && { reference: search.refusal.reference })}
        />
      )}
      {search.state === 'found' && patients.length === 0 && (
        <EmptyState icon="search" title={t('nobodyFound')}>{t('nobodyFoundHint')}</EmptyState>
      )}
      <div id={`${id}-list`} role="listbox" aria-label={t('patientsFound')} className="picker-list" aria-busy={search.state === 'searching'}>
        {patients.map((patient) => (
          <div
            key={patient.id}
            id={optionId(patient)}
            role="option"
            tabIndex={-1}
            aria-selected={patient === current}
            className="picker-option"
            onClick={() => onPick(patient)}
            onKeyDown={press}
          >
            <PatientIdentity patient={patient} />
          </div>
        ))}
      </div>
      {search.state === 'found' && search.hasMore && <Alert tone="info">{t('moreFound')}</Alert>}
    </div>
  );
}
