//! What is on record about the person beyond the banner.
import type { PatientView } from '@galen/fhir';
import { useLabels } from '../labels/context';
import { Facts, type Fact } from '../layout/panel';
import { Age, ClinicalDate } from './moments';
import { NhsNumber } from './nhs-number';

export interface DemographicsProps {
  patient: PatientView;
  columns?: 1 | 2;
}

function lines(texts: readonly string[]) {
  return texts.map((text, index) => <div key={`${index} ${text}`} dir="auto">{text}</div>);
}

export function Demographics({ patient, columns = 1 }: DemographicsProps) {
  const labels = useLabels();
  const words = labels.patient;
  const unknown = <span className="g-tone-muted">{labels.notRecorded}</span>;
  const birth = patient.multipleBirth;
  const facts: (Fact | false)[] = [
    { label: words.nhsNumber, value: <NhsNumber value={patient.nhsNumber} /> },
    ...patient.identifiers.map(({ label, value }) => ({ label, value: <bdi className="g-figures">{value}</bdi> })),
    { label: words.born, value: <ClinicalDate value={patient.born} absent={labels.notKnown} /> },
    { label: words.age, value: <Age {...(patient.age && { age: patient.age })} /> },
    { label: words.gender, value: words.genders[patient.gender] },
    birth !== undefined && { label: words.multipleBirth, value: birth === true ? labels.results.yes : words.birthOrder(birth) },
    { label: words.address, value: patient.address.length > 0 ? lines(patient.address) : unknown },
    { label: words.phone, value: patient.phone ? <bdi dir="ltr">{patient.phone}</bdi> : unknown },
    { label: words.email, value: patient.email ? <bdi dir="ltr">{patient.email}</bdi> : unknown },
    patient.language !== undefined && { label: words.language, value: patient.language },
    patient.maritalStatus !== undefined && { label: words.maritalStatus, value: patient.maritalStatus },
    patient.otherNames.length > 0 && { label: words.otherNames, value: lines(patient.otherNames.map((name) => name.full)) },
  ];
  return <Facts columns={columns} facts={facts.filter((fact): fact is Fact => fact !== false)} />;
}
