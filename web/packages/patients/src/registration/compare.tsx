// Two records side by side, with what differs marked in words and not by colour alone.
import { useWords, type PatientView } from '@galen/core';
import { formatIso, formatNhsNumber } from '@galen/fhir';
import { Badge, useLabels } from '@galen/ui';
import { deathOf, genderOf, nameOf } from '../search/patient-identity';
import { words } from '../words/words';

export type Comparable = Omit<PatientView, 'id' | 'version'>;

const folded = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase().replace(/\s+/g, ' ').trim();

export type Likeness = 'same' | 'differs' | 'unknown';

/** Something against nothing is no difference: nobody knows. */
export function likenessOf(left: string, right: string): Likeness {
  if (left === '' || right === '') return 'unknown';
  return folded(left) === folded(right) ? 'same' : 'differs';
}

export interface CompareProps {
  left: Comparable;
  right: Comparable;
  leftTitle: string;
  rightTitle: string;
  caption: string;
}

export function Compare({ left, right, leftTitle, rightTitle, caption }: CompareProps) {
  const t = useWords(words);
  const labels = useLabels();
  const date = (iso: string | null | undefined) => (iso ? (formatIso(iso, { words: labels.words }) ?? iso) : '');
  const death = (patient: Comparable) => {
    const { isDeceased, on } = deathOf(patient);
    return isDeceased ? (on === undefined ? labels.patient.deceased : date(on)) : '';
  };
  const rows: [string, (patient: Comparable) => string][] = [
    [t('name'), (patient) => nameOf(patient) ?? ''],
    [labels.patient.otherNames, (patient) => (patient.otherNames ?? []).join('; ')],
    [labels.patient.born, (patient) => date(patient.birthDate)],
    [labels.patient.gender, (patient) => (patient.gender ? labels.patient.genders[genderOf(patient)] : '')],
    [labels.patient.nhsNumber, (patient) => (patient.nhsNumber ? formatNhsNumber(patient.nhsNumber) : '')],
    [labels.patient.mrn, (patient) => patient.mrn ?? ''],
    [labels.patient.phone, (patient) => patient.phone ?? ''],
    [labels.patient.email, (patient) => patient.email ?? ''],
    [labels.patient.address, (patient) => (patient.address ?? []).join(', ')],
    [labels.patient.died, death],
  ];
  const shown = rows.filter(([, text]) => text(left) !== '' || text(right) !== '');
  const cell = (text: string) => (text === '' ? <span className="g-tone-muted">{labels.notRecorded}</span> : <bdi>{text}</bdi>);
  return (
    <div className="table-scroller" tabIndex={0} role="region" aria-label={caption}>
      <table className="compare">
        <caption className="g-hidden">{caption}</caption>
        <thead>
          <tr>
            <td />
            <th scope="col">{leftTitle}</th>
            <th scope="col">{rightTitle}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {shown.map(([label, text]) => {
            const likeness = likenessOf(text(left), text(right));
            return (
              <tr key={label} className={`compare-${likeness}`}>
                <th scope="row">{label}</th>
                <td>{cell(text(left))}</td>
                <td>{cell(text(right))}</td>
                <td>
                  {likeness === 'same' && <Badge tone="info" icon="check">{t('same')}</Badge>}
                  {likeness === 'differs' && <Badge tone="warning" icon="alert">{t('differs')}</Badge>}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
