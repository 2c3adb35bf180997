// Documents and reports, and the one that is open beside the list.
import { useWords } from '@galen/core';
import type { DocumentView } from '@galen/fhir';
import { Badge, Button, ClinicalDate, Panel, Stack, useLabels } from '@galen/ui';
import { useState } from 'react';
import { words } from '../words/words';
import { AttachmentViewer } from '@galen/record';
import { Incomplete } from './incomplete';
import { useDocuments } from '@galen/record';
import { Section } from './section';

function DocumentLine({ document, isOpen, onOpen }: { document: DocumentView; isOpen: boolean; onOpen: () => void }) {
  const t = useWords(words);
  return (
    <div className="line">
      <div>
        <span dir="auto">{document.title}</span>
        {document.status !== 'current' && document.status !== 'final' && <> <Badge tone="warning">{document.status}</Badge></>}
        <div className="g-tone-muted g-size-sm" dir="auto">{[document.category, document.author].filter(Boolean).join(' · ')}</div>
        {document.conclusion !== undefined && <div dir="auto">{document.conclusion}</div>}
      </div>
      <div className="line-when">
        <ClinicalDate value={document.at} dateOnly absent="" />
        {document.attachments.length > 0 && (
          <Button size="sm" icon="document" aria-pressed={isOpen} onClick={onOpen} aria-label={`${t('openDocument')} ${document.title}`}>
            {t('openDocument')}
          </Button>
        )}
      </div>
    </div>
  );
}

export function Documents({ id }: { id: string }) {
  const t = useWords(words);
  const labels = useLabels();
  const { queries, documents } = useDocuments(id);
  const [openId, setOpenId] = useState<string>();
  const open = documents.find((document) => document.id === openId);
  return (
    <Stack gap={4}>
      <div className={open ? 'beside' : undefined}>
        <Section title={t('documents')} queries={queries} isEmpty={documents.length === 0} emptyTitle={t('noDocuments')} icon="document" flush>
          <ul className="lines">
            {documents.map((document) => (
              <li key={`${document.source} ${document.id}`}>
                <DocumentLine
                  document={document}
                  isOpen={document.id === openId}
                  onOpen={() => setOpenId(document.id === openId ? undefined : document.id)}
                />
              </li>
            ))}
          </ul>
        </Section>
        {open && (
          <Panel title={open.title} actions={<Button size="sm" icon="close" onClick={() => setOpenId(undefined)}>{labels.close}</Button>}>
            {open.attachments.map((attachment, index) => (
              <AttachmentViewer key={`${open.id} ${index}`} attachment={attachment} title={attachment.title ?? open.title} />
            ))}
          </Panel>
        )}
      </div>
      <Incomplete isComplete={queries.every(({ data }) => data?.isComplete !== false)} />
    </Stack>
  );
}
