// Results that the patient does not see yet: until when, and letting go of them, with a comment or without.
import { Can, isRefusal, useReleaseResultMutation, useWords } from '@galen/core';
import type { ResultView } from '@galen/fhir';
import { Alert, Button, ClinicalDate, Dialog, showToast, Text, Textarea } from '@galen/ui';
import { useState } from 'react';
import { words } from '../words/words';

type Held = ResultView & Required<Pick<ResultView, 'release'>>;

const isHeld = (result: ResultView): result is Held => result.release !== undefined && result.release.at.earliest > Date.now();

export function HeldNotice({ results }: { results: readonly ResultView[] }) {
  return results.filter(isHeld).map((result) => <Notice key={result.id} result={result} />);
}

function Notice({ result }: { result: Held }) {
  const t = useWords(words);
  const [isAsked, setIsAsked] = useState(false);
  const [comment, setComment] = useState('');
  const [release, { isLoading }] = useReleaseResultMutation();
  const letGo = async () => {
    const said = comment.trim();
    const { error } = await release({ type: 'Observation', id: result.id, releaseResult: { version: result.release.version, ...(said !== '' && { comment: said }) } });
    setIsAsked(false);
    if (error) showToast(isRefusal(error) && error.detail ? error.detail : t('releaseFailed'), 'critical');
    else showToast(t('released'));
  };
  return (
    <Alert
      tone="info"
      title={t('held')}
      actions={<Can ability="releaseResults"><Button size="sm" icon="eye" onClick={() => setIsAsked(true)}>{t('release')}</Button></Can>}
    >
      {result.at && <><ClinicalDate value={result.at} /> · </>}{t('heldUntil')} <ClinicalDate value={result.release.at} />
      <Dialog
        opened={isAsked}
        onClose={() => setIsAsked(false)}
        title={t('releaseTitle', { test: result.testName })}
        actions={
          <>
            <Button onClick={() => setIsAsked(false)}>{t('cancel')}</Button>
            <Button kind="primary" loading={isLoading} onClick={() => void letGo()}>{t('release')}</Button>
          </>
        }
      >
        <Text as="p">{t('releaseDetail')}</Text>
        <Textarea id={`comment-${result.id}`} label={t('releaseComment')} description={t('releaseCommentHint')} value={comment} onChange={setComment} rows={4} maxLength={4000} />
      </Dialog>
    </Alert>
  );
}
