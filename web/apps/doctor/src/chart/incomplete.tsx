// Says that a list goes on beyond what is shown.
import { useWords } from '@galen/core';
import { Alert } from '@galen/ui';
import { words } from '../words/words';

export function Incomplete({ isComplete }: { isComplete: boolean | undefined }) {
  const t = useWords(words);
  return isComplete === false ? <Alert tone="warning" title={t('incomplete')}>{t('incompleteDetail')}</Alert> : null;
}
