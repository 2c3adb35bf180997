// The patients opened since signing in.
import { Link, useAppSelector, useReadPatientQuery, useWords } from '@galen/core';
import { LoadingState, Panel } from '@galen/ui';
import { PatientIdentity } from '@galen/patients';
import { words } from '../words/words';

function RecentPatient({ id }: { id: string }) {
  const t = useWords(words);
  const { data, isError } = useReadPatientQuery({ id });
  if (isError && !data) return <span className="g-tone-muted">{t('recentUnavailable')}</span>;
  if (!data) return <LoadingState lines={1} />;
  return (
    <Link to={`/doctor/patients/${id}/summary`} className="picker-option picker-link">
      <PatientIdentity patient={data} />
    </Link>
  );
}

export function RecentPatients() {
  const t = useWords(words);
  const recent = useAppSelector((state) => state.recent);
  if (recent.length === 0) return null;
  return (
    <Panel title={t('recent')} flush>
      <ul className="g-plain-list">
        {recent.map((id) => (
          <li key={id}><RecentPatient id={id} /></li>
        ))}
      </ul>
    </Panel>
  );
}
