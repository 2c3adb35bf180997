// What is needed less often.
import { useAppSelector, useWords } from '@galen/core';
import { LinkList } from '../common/link-list';
import { Screen } from '../common/screen';
import { useAddress } from '../place';
import { words } from '../words/words';

export default function MoreScreen() {
  const t = useWords(words);
  const address = useAddress();
  const isActing = useAppSelector(({ acting }) => acting.for !== null);
  return (
    <Screen title={t('more')}>
      <LinkList
        rows={[
          { href: address('forms'), label: t('forms'), detail: t('formsShort'), icon: 'edit' },
          { href: address('more/threads'), label: t('threads'), detail: t('threadsShort'), icon: 'message' },
          { href: address('more/messages'), label: t('messagesSent'), detail: t('messagesSentShort'), icon: 'document' },
          { href: address('more/details'), label: t('details'), detail: t('detailsShort'), icon: 'person' },
          { href: address('more/preferences'), label: t('preferences'), detail: t('preferencesShort'), icon: 'globe' },
          { href: address('more/people'), label: t('people'), detail: t('peopleShort'), icon: 'people' },
          { href: address('more/accesses'), label: t('accesses'), detail: t('accessesShort'), icon: 'eye' },
          ...(isActing ? [] : [{ href: address('more/sharing'), label: t('sharing'), detail: t('sharingShort'), icon: 'lock' as const }]),
          { href: address('more/apps'), label: t('apps'), detail: t('appsShort'), icon: 'link' },
          { href: address('more/device'), label: t('device'), detail: t('deviceShort'), icon: 'lock' },
          { href: address('appointments/calendar'), label: t('calendarFeeds'), detail: t('calendarFeedsShort'), icon: 'calendar' },
        ]}
      />
    </Screen>
  );
}
