// The list of forms.
import { useWords } from '@galen/core';
import { ClinicalDate, EmptyState, Text } from '@galen/ui';
import { LinkList } from '../common/link-list';
import { Screen, Section } from '../common/screen';
import { Source } from '../common/source';
import { useAddress } from '../place';
import { words } from '../words/words';
import { useForms } from './use-forms';

export default function FormsScreen() {
  const t = useWords(words);
  const address = useAddress();
  const forms = useForms();
  const row = (detail: string) => ({ key, title }: { key: string; title: string }) => ({ href: address(`forms/${key}`), label: title || t('form'), detail, icon: 'edit' as const });
  return (
    <Screen title={t('forms')} lead={t('formsLead')} back={address('more')}>
      <Source query={forms} missing={t('formsMissing')} lines={6}>
        {({ open, offered, sent }) => (
          <>
            {open.length > 0 && <Section title={t('formsToDo')}><LinkList rows={open.map(row(t('formsToDoDetail')))} /></Section>}
            {offered.length > 0 && <Section title={t('formsOffered')}><LinkList rows={offered.map(row(t('formsOfferedDetail')))} /></Section>}
            {open.length === 0 && offered.length === 0 && <EmptyState icon="edit" title={t('formsNone')} />}
            {sent.length > 0 && (
              <Section title={t('formsSent')}>
                <ul className="p-cards g-plain-list">
                  {sent.map(({ id, title, at }) => (
                    <li key={id} className="p-card p-card-head"><Text isolate>{title || t('form')}</Text><Text tone="muted" size="sm"><ClinicalDate value={at} /></Text></li>
                  ))}
                </ul>
              </Section>
            )}
          </>
        )}
      </Source>
    </Screen>
  );
}
