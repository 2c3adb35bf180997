// The whole record to take along: as a document for people, and as a file that other programs understand.
import { isRefusal, useLazyEverythingQuery, useLazyPrintedRecordQuery, usePreferences, useWords } from '@galen/core';
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
  const [fetchPrinted, { isFetching: isPrinting }] = useLazyPrintedRecordQuery();
  const { language } = usePreferences();
  const [problem, setProblem] = useState('');
  const save = async (name: string, type: string, fetched: Promise<{ data?: Blob; error?: unknown }>) => {
    setProblem('');
    const { data, error } = await fetched;
    if (data) {
      download(name, type, data);
      showToast(t('downloaded'));
    } else if (isRefusal(error)) setProblem(error.code === 'record-too-long' ? t('recordTooLong') : said(error));
  };
  const savePrinted = () => save('my-record.pdf', 'application/pdf', fetchPrinted({ patient, language }));
  const saveAll = () => save('my-record.json', 'application/fhir+json', fetchAll({ patient }));
  return (
    <Panel title={t('downloadTitle')}>
      <Text as="p">{t('downloadDetail')}</Text>
      {problem !== '' && <Alert tone="warning" announce>{problem}</Alert>}
      <div className="p-actions">
        <Button icon="document" loading={isPrinting} onClick={() => void savePrinted()}>{t('downloadPdf')}</Button>
        <Button icon="download" loading={isFetching} onClick={() => void saveAll()}>{t('downloadFhir')}</Button>
      </div>
      <Text as="p" tone="muted" size="sm">{t('downloadCare')}</Text>
    </Panel>
  );
}
