// The wristband label as a PDF, in a tab of its own to print from.
import { isRefusal, useLazyBinaryQuery, useWords } from '@galen/core';
import { Button, showToast } from '@galen/ui';
import { words } from '../words/words';

const KEPT_MS = 60_000;

/** Prints from a tab of its own. */
export function openInTab(content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.target = '_blank';
  link.rel = 'noopener';
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}

export function LabelButton({ id }: { id: string }) {
  const t = useWords(words);
  const [fetchLabel, { isFetching }] = useLazyBinaryQuery();
  const print = async () => {
    const answer = await fetchLabel({ url: `/api/patients/${id}/label` });
    // A refusal still carries the label printed before it.
    if (answer.error) showToast(isRefusal(answer.error) && answer.error.detail ? answer.error.detail : t('labelFailed'), 'critical');
    else if (answer.data) openInTab(answer.data);
  };
  return <Button icon="print" loading={isFetching} onClick={() => void print()}>{t('printLabel')}</Button>;
}
