// Letters and documents, opened where they stand in the list.
import { useWords } from '@galen/core';
import type { DocumentView } from '@galen/fhir';
import { Badge, Button, ClinicalDate, EmptyState, Text, useLabels } from '@galen/ui';
import { AttachmentViewer, useDocuments } from '@galen/record';
import { useState } from 'react';
import { Screen } from '../common/screen';
import { Source } from '../common/source';
import { useOwnPatient } from '../own';
import { useAddress } from '../place';
import { words } from '../words/words';

const DOCUMENTS_SHOWN = 10;

function Document({ document }: { document: DocumentView }) {
  const t = useWords(words);
  const labels = useLabels();
  const [isOpen, setOpen] = useState(false);
  return (
    <li className="p-card">
      <div className="p-card-head">
        <Text weight="medium" isolate>{document.title}</Text>
        <Text tone="muted" size="sm"><ClinicalDate value={document.at} dateOnly absent={t('noDate')} /></Text>
      </div>
      {document.author !== undefined && <Text as="div" tone="muted" size="sm" isolate>{document.author}</Text>}
      {document.status !== 'current' && document.status !== 'final' && <Badge tone="info">{labels.recordStatuses[document.status] ?? document.status}</Badge>}
      {document.conclusion !== undefined && <p className="p-prose" dir="auto">{document.conclusion}</p>}
      {document.attachments.length > 0 && (
        <Button size="sm" icon="document" aria-expanded={isOpen} aria-label={`${isOpen ? t('closeDocument') : t('openDocument')} ${document.title}`} onClick={() => setOpen(!isOpen)}>
          {isOpen ? t('closeDocument') : t('openDocument')}
        </Button>
      )}
      {isOpen && document.attachments.map((attachment, index) => <AttachmentViewer key={index} attachment={attachment} title={attachment.title ?? document.title} />)}
    </li>
  );
}

export default function DocumentsScreen() {
  const t = useWords(words);
  const address = useAddress();
  const { queries, documents } = useDocuments(useOwnPatient());
  const [references, reports] = queries;
  const [shown, setShown] = useState(DOCUMENTS_SHOWN);
  const query = {
    data: references.data && reports.data ? documents : undefined,
    error: references.error ?? reports.error,
    isFetching: references.isFetching || reports.isFetching,
    refetch: () => Promise.all([references.refetch(), reports.refetch()]),
  };
  return (
    <Screen title={t('documents')} lead={t('documentsLead')} back={address('record')}>
      <Source query={query} missing={t('documentsMissing')} lines={8}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState icon="document" title={t('documentsNone')} />
          ) : (
            <>
              <ul className="p-cards g-plain-list">{all.slice(0, shown).map((document) => <Document key={`${document.source} ${document.id}`} document={document} />)}</ul>
              {all.length > shown && <Button onClick={() => setShown(shown + DOCUMENTS_SHOWN)}>{t('showEarlier')}</Button>}
            </>
          )
        }
      </Source>
    </Screen>
  );
}
