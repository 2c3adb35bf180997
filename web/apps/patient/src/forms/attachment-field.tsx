// A file as an answer: read here, of a size that a form may carry.
import { useWords } from '@galen/core';
import type { ShownItem } from '@galen/fhir';
import { Button, Text } from '@galen/ui';
import { useRef, useState } from 'react';
import { words } from '../words/words';
import { fieldId, useAnswer } from './context';

/** The form itself must stay within what the server takes. */
const FILE_BYTES_MAX = 1_000_000;
const KINDS = 'image/png,image/jpeg,application/pdf,text/plain';

function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export function AttachmentField({ shown, label, error }: { shown: ShownItem; label: string; error: string | undefined }) {
  const t = useWords(words);
  const { values, set } = useAnswer(shown.place);
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState('');
  const held = values[0]?.kind === 'attachment' ? values[0].value : undefined;
  const take = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > FILE_BYTES_MAX) {
      setProblem(t('fileTooBig'));
      return;
    }
    setProblem('');
    const data = base64Of(new Uint8Array(await file.arrayBuffer()));
    set([{ kind: 'attachment', value: { contentType: file.type || 'application/octet-stream', title: file.name, size: file.size, data } }]);
  };
  const id = fieldId(shown.place);
  return (
    <div className="p-file">
      <label htmlFor={id} className="p-file-label"><span dir="auto">{label}</span></label>
      <input ref={input} id={id} type="file" accept={KINDS} aria-describedby={`${id}-about`} onChange={(event) => void take(event.currentTarget.files?.[0])} />
      <Text as="p" tone="muted" size="sm" id={`${id}-about`}>{t('fileHint')}</Text>
      {held && (
        <div className="p-card-head">
          <Text isolate>{held.title ?? t('file')}</Text>
          <Button
            size="sm"
            onClick={() => {
              set([]);
              if (input.current) input.current.value = '';
            }}
          >
            {t('removeFile')}
          </Button>
        </div>
      )}
      {(problem || error) && <Text as="p" tone="critical" size="sm">{problem || error}</Text>}
    </div>
  );
}
