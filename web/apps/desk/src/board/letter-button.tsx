// The appointment's letter as a PDF, in a tab of its own to print from.
import { isRefusal, useLazyBinaryQuery, useWords } from '@galen/core';
import { openInTab } from '@galen/patients';
import { Button, showToast } from '@galen/ui';
import { words } from '../words/words';

export function LetterButton({ id }: { id: string }) {
  const t = useWords(words);
  const [fetchLetter, { isFetching }] = useLazyBinaryQuery();
  const print = async () => {
    const answer = await fetchLetter({ url: `/api/appointments/${id}/letter` });
    if (answer.error) showToast(isRefusal(answer.error) && answer.error.detail ? answer.error.detail : t('letterFailed'), 'critical');
    else if (answer.data) openInTab(answer.data);
  };
  return <Button icon="print" loading={isFetching} onClick={() => void print()}>{t('letter')}</Button>;
}
