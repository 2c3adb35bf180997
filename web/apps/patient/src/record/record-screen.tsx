// The parts of one's record.
import { useWords } from '@galen/core';
import { LinkList } from '../common/link-list';
import { Screen } from '../common/screen';
import { useAddress } from '../place';
import { words } from '../words/words';
import { Download } from './download';

export default function RecordScreen() {
  const t = useWords(words);
  const address = useAddress();
  const to = (part: string) => address(`record/${part}`);
  return (
    <Screen title={t('record')} lead={t('recordLead')}>
      <LinkList
        rows={[
          { href: to('medicines'), label: t('medicines'), detail: t('medicinesDetail'), icon: 'pill' },
          { href: to('allergies'), label: t('allergies'), detail: t('allergiesDetail'), icon: 'alert' },
          { href: to('conditions'), label: t('conditions'), detail: t('conditionsDetail'), icon: 'heart' },
          { href: to('immunizations'), label: t('immunizations'), detail: t('immunizationsDetail'), icon: 'syringe' },
          { href: to('encounters'), label: t('encounters'), detail: t('encountersDetail'), icon: 'bed' },
          { href: to('documents'), label: t('documents'), detail: t('documentsDetail'), icon: 'document' },
        ]}
      />
      <Download />
    </Screen>
  );
}
