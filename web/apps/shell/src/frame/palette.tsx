// Ctrl+K: patients as one types, screens and actions.
import { useCan, useNavigate, usePatientSearch, useWords, type PatientSearch, type PatientView } from '@galen/core';
import { CommandPalette, useLabels, type IconName, type PaletteGroup, type PaletteItem } from '@galen/ui';
import { useState } from 'react';
import { patientLine } from '../patient-line';
import { words } from '../words/words';

export interface PaletteTarget {
  id: string;
  label: string;
  icon: IconName;
  keys?: string;
  run: () => void;
}

const PATIENTS_SHOWN = 8;

const folded = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();
const fits = (target: PaletteTarget, query: string) => folded(target.label).includes(folded(query.trim()));
const toItem = ({ run, ...target }: PaletteTarget): PaletteItem => ({ ...target, onSelect: run });

function stateOf(search: PatientSearch): PaletteGroup['state'] {
  if (search.state === 'searching') return 'loading';
  return search.state === 'failed' ? 'failed' : 'ready';
}

function foundIn(search: PatientSearch): PatientView[] {
  if (search.state === 'found') return search.patients;
  return search.state === 'searching' ? search.previous : [];
}

export interface PaletteProps {
  opened: boolean;
  onClose: () => void;
  screens: readonly PaletteTarget[];
  actions: readonly PaletteTarget[];
}

export function Palette({ opened, onClose, screens, actions }: PaletteProps) {
  const t = useWords(words);
  const labels = useLabels();
  const navigate = useNavigate();
  const mayFind = useCan('findPatients');
  const [query, setQuery] = useState('');
  const search = usePatientSearch(opened && mayFind ? query : '', PATIENTS_SHOWN);

  const patientItem = (patient: PatientView): PaletteItem => ({
    id: patient.id,
    ...patientLine(patient, labels, t),
    icon: 'person',
    onSelect: () => void navigate(`/doctor/patients/${patient.id}/summary`),
  });
  const groups: PaletteGroup[] = [
    { id: 'patients', label: t('patients'), items: foundIn(search).map(patientItem), state: stateOf(search) },
    { id: 'screens', label: t('screens'), items: screens.filter((one) => fits(one, query)).map(toItem) },
    { id: 'actions', label: t('actions'), items: actions.filter((one) => fits(one, query)).map(toItem) },
  ];
  const close = () => {
    setQuery('');
    onClose();
  };
  return <CommandPalette opened={opened} onClose={close} query={query} onQueryChange={setQuery} groups={groups} />;
}
