// The whole record as a file that other programs understand.
import { isRefusal, useLazyEverythingQuery, useWords } from '@galen/core';
import { Alert, Button, Panel, showToast, Text } from '@galen/ui';
import { useState } from 'react';
import { download } from '../appointments/ics';
import { useRefusalText } from '../common/refusals';
import { useOwnPatient } from '../own';
import { words } from '../words/words';

export function Download() {
  const t = useWords(words);
  const patient = useOwnPatient();
  const said = useRefusalText();
  const [fetchAll, { isFetching }] = useLazyEverythingQuery();
  const [problem, setProblem] = useState('');
  const save = async () => {
    setProblem('');
    const { data, error } = await fetchAll({ patient });
    if (data) {
      download('my-record.json', 'application/fhir+json', data);
      showToast(t('downloaded'));
    } else if (isRefusal(error)) setProblem(error.code === 'record-too-long' ? t('recordTooLong') : said(error));
  };
  return (
    <Panel title={t('downloadTitle')}>
      <Text as="p">{t('downloadDetail')}</Text>
      {problem !== '' && <Alert tone="warning" announce>{problem}</Alert>}
      <div className="p-actions"><Button icon="download" loading={isFetching} onClick={() => void save()}>{t('downloadFhir')}</Button></div>
      <Text as="p" tone="muted" size="sm">{t('downloadCare')}</Text>
    </Panel>
  );
}
