// Who the hospital thinks one is, and how it reaches one.
import { usePatientResourceQuery, useWords } from '@galen/core';
import { formatMoment, formatNhsNumber, patientView } from '@galen/fhir';
import { Alert, Facts, Panel, useLabels } from '@galen/ui';
import { Screen } from '../common/screen';
import { Source } from '../common/source';
import { useOwnPatient } from '../own';
import { useAddress } from '../place';
import { words } from '../words/words';

export default function DetailsScreen() {
  const t = useWords(words);
  const labels = useLabels();
  const address = useAddress();
  const query = usePatientResourceQuery({ patient: useOwnPatient() });
  return (
    <Screen title={t('details')} lead={t('detailsLead')} back={address('more')}>
      <Source query={query} missing={t('detailsMissing')} lines={6}>
        {(resource) => {
          const view = patientView(resource, { now: Date.now(), words: labels.words });
          const text = (value: string | undefined) => <bdi>{value ?? labels.notRecorded}</bdi>;
          return (
            <Panel>
              <Facts
                facts={[
                  { label: t('fullName'), value: text(view.name.full) },
                  { label: t('born'), value: text(view.born && formatMoment(view.born, { words: labels.words })) },
                  { label: labels.patient.nhsNumber, value: <bdi dir="ltr">{view.nhsNumber ? formatNhsNumber(view.nhsNumber.digits) : labels.notRecorded}</bdi> },
                  { label: labels.patient.mrn, value: <bdi dir="ltr">{view.mrn ?? labels.notRecorded}</bdi> },
                  { label: labels.patient.phone, value: <bdi dir="ltr">{view.phone ?? labels.notRecorded}</bdi> },
                  { label: labels.patient.email, value: <bdi dir="ltr">{view.email ?? labels.notRecorded}</bdi> },
                  { label: labels.patient.address, value: text(view.address.length > 0 ? view.address.join(', ') : undefined) },
                ]}
              />
            </Panel>
          );
        }}
      </Source>
      <Alert tone="info">{t('detailsWrong')}</Alert>
    </Screen>
  );
}
