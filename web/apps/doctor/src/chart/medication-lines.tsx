// Medicines, one line each.
import type { MedicationView } from '@galen/fhir';
import { MedicationLine } from '@galen/ui';

export function MedicationLines({ medications, details = true }: { medications: readonly MedicationView[]; details?: boolean }) {
  return (
    <ul className="lines">
      {medications.map((medication) => (
        <li key={`${medication.source} ${medication.id}`}><MedicationLine medication={medication} details={details} /></li>
      ))}
    </ul>
  );
}
