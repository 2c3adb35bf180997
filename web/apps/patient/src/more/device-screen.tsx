// What stays on this device: nothing, unless one asks for it.
import { canKeep, keptAt, startKeeping, stopKeeping } from '@galen/account';
import { useAppSelector, useWords } from '@galen/core';
import { Alert, Checkbox, LoadingState, Panel, showToast, Text } from '@galen/ui';
import { useEffect, useState } from 'react';
import { useDayAndTime } from '../common/dates';
import { LinkButton } from '../common/link-button';
import { Screen } from '../common/screen';
import { useAddress } from '../place';
import { words } from '../words/words';

/** The page by itself, which a service worker can open without the hospital. */
const OWN_PAGE = '/my';

function Keeping() {
  const t = useWords(words);
  const { both } = useDayAndTime();
  const user = useAppSelector((state) => state.session.who?.user ?? '');
  const [at, setAt] = useState<number | null>();
  useEffect(() => void keptAt(user).then((time) => setAt(time ?? null)), [user]);
  const change = async (on: boolean) => {
    if (on) {
      await startKeeping(user);
      setAt(Date.now());
      showToast(t('deviceKept'));
    } else {
      await stopKeeping();
      setAt(null);
      showToast(t('deviceWiped'));
    }
  };
  if (at === undefined) return <LoadingState lines={2} />;
  return (
    <>
      <Checkbox label={t('deviceKeep')} description={t('deviceKeepDetail')} checked={at !== null} onChange={(on) => void change(on)} />
      {at !== null && <Text as="p" tone="muted" size="sm">{t('deviceKeptAt', { moment: both(at) })}</Text>}
      <Alert tone="warning">{t('deviceShared')}</Alert>
    </>
  );
}

export default function DeviceScreen() {
  const t = useWords(words);
  const address = useAddress();
  const isOwnPage = address('').startsWith(`${OWN_PAGE}/`);
  return (
    <Screen title={t('device')} lead={t('deviceLead')} back={address('more')}>
      <Panel>
        {!isOwnPage && <><Text as="p">{t('deviceNotHere')}</Text><LinkButton href={`${OWN_PAGE}/more/device`}>{t('deviceOpen')}</LinkButton></>}
        {isOwnPage && (canKeep() ? <Keeping /> : <Alert tone="info">{t('deviceUnable')}</Alert>)}
      </Panel>
    </Screen>
  );
}
