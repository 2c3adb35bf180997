// Reports as their authors wrote them, and those that are held back until somebody has talked about them.
import { useDiagnosticReportsQuery, useWords } from '@galen/core';
import { documentList, reportView, type DiagnosticReport } from '@galen/fhir';
import { Alert, Button, ClinicalDate, Text, useLabels } from '@galen/ui';
import { AttachmentViewer } from '@galen/record';
import { useMemo, useState } from 'react';
import { Section } from '../common/screen';
import { Source } from '../common/source';
import { useOwnPatient } from '../own';
import { words } from '../words/words';

const REPORTS_SHOWN = 3;
const SECURITY = 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue';

/** The server gives out the bare fact of a result that it holds back, and marks that it left the rest out. */
export const isHeld = ({ meta }: DiagnosticReport): boolean =>
  (meta?.security ?? []).some(({ system, code }) => (system === undefined || system === SECURITY) && (code === 'REDACTED' || code === 'SUBSETTED'));

export function Reports() {
  const t = useWords(words);
  const labels = useLabels();
  const query = useDiagnosticReportsQuery({ patient: useOwnPatient() });
  const [open, setOpen] = useState<string>();
  const [shown, setShown] = useState(REPORTS_SHOWN);
  const { held, reports } = useMemo(() => {
    const all = query.data?.resources ?? [];
    const views = documentList(all.filter((report) => !isHeld(report)).map((report) => reportView(report, labels.words)));
    return { held: all.filter(isHeld).length, reports: views.filter(({ conclusion, attachments }) => conclusion !== undefined || attachments.length > 0) };
  }, [query.data, labels.words]);
  return (
    <Source query={query} missing={t('reportsMissing')} lines={2}>
      {() => (
        <>
          {held > 0 && <Alert tone="info" title={t('heldResults', { count: held })}>{t('heldResultsDetail')}</Alert>}
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
