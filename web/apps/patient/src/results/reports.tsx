// Reports as their authors wrote them, and how many results are held back until somebody has looked at them.
import { useCountHeldResultsQuery, useDiagnosticReportsQuery, useWords } from '@galen/core';
import { documentList, reportView } from '@galen/fhir';
import { Alert, Button, ClinicalDate, Text, useLabels } from '@galen/ui';
import { AttachmentViewer } from '@galen/record';
import { useMemo, useState } from 'react';
import { Section } from '../common/screen';
import { Source } from '../common/source';
import { useOwnPatient } from '../own';
import { words } from '../words/words';

const REPORTS_SHOWN = 3;
/** The server says how many there are, and nothing else of them. */
export function HeldResults() {
  const t = useWords(words);
  const { data } = useCountHeldResultsQuery({ id: useOwnPatient() });
  if (!data || data.count === 0) return null;
  return (
    <Alert tone="info" title={t('heldResults', { count: data.count })}>
      {t('heldResultsDetail')}
      {data.next && <Text as="div" size="sm">{t('heldResultsUntil')} <ClinicalDate value={data.next} /></Text>}
    </Alert>
  );
}

export function Reports() {
  const t = useWords(words);
  const labels = useLabels();
  const query = useDiagnosticReportsQuery({ patient: useOwnPatient() });
  const [open, setOpen] = useState<string>();
  const [shown, setShown] = useState(REPORTS_SHOWN);
  const reports = useMemo(() => {
    const views = documentList((query.data?.resources ?? []).map((report) => reportView(report, labels.words)));
    return views.filter(({ conclusion, attachments }) => conclusion !== undefined || attachments.length > 0);
  }, [query.data, labels.words]);
  return (
    <Source query={query} missing={t('reportsMissing')} lines={2}>
      {() => (
        <>
          {reports.length > 0 && (
            <Section title={t('reports')}>
              <div className="p-cards">
                {reports.slice(0, shown).map((report) => (
                  <article key={report.id} className="p-card">
                    <div className="p-card-head">
                      <h3 className="p-card-title" dir="auto">{report.title}</h3>
                      <Text tone="muted" size="sm"><ClinicalDate value={report.at} dateOnly absent={t('noDate')} /></Text>
                    </div>
                    {report.conclusion !== undefined && <p className="p-prose" dir="auto"><Text tone="muted" size="sm">{t('comment')}</Text> {report.conclusion}</p>}
                    {report.attachments.length > 0 && (
                      <Button size="sm" icon="document" aria-expanded={open === report.id} onClick={() => setOpen(open === report.id ? undefined : report.id)}>{t('openDocument')}</Button>
                    )}
                    {open === report.id && report.attachments.map((attachment, index) => <AttachmentViewer key={index} attachment={attachment} title={report.title} />)}
                  </article>
                ))}
              </div>
              {reports.length > shown && <Button onClick={() => setShown(shown + REPORTS_SHOWN * 3)}>{t('showMoreReports')}</Button>}
            </Section>
          )}
        </>
      )}
    </Source>
  );
}
