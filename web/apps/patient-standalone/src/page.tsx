// The page: who is there decides between sign-in, the portal, and what is kept for when there is no connection.
import {
  ConnectionBar, Brand, ExpiredDialog, keep, keptAt, LanguageMenu, SignInScreen, TakenOverDialog, ThemeMenu, useFirstSession, useLeaving, useOwnFirstScreen, Waiting,
} from '@galen/account';
import { LANGUAGES, Link, useAppSelector, useIdleLock, useLocation, usePreferences, useWords, type AppStore } from '@galen/core';
import { NAVIGATION } from '@galen/patient/navigation';
import { useVisits, words } from '@galen/patient/offline';
import Portal from '@galen/patient/portal';
import { AppFrame, IconButton, iconNames, type IconName } from '@galen/ui';
import { useEffect, useState } from 'react';
import { Offline } from './offline';

const PLACE = '/my';

const iconOf = (name: string): IconName => iconNames.find((known) => known === name) ?? 'list';

/** Keeps the last view of the appointments, for those who asked for it. */
function Keeper({ user }: { user: string }) {
  const { data } = useVisits();
  useEffect(() => {
    if (data) void keep(user, data);
  }, [user, data]);
  return null;
}

function useIsKeeping(user: string | undefined, location: string): boolean {
  const [isKeeping, setKeeping] = useState(false);
  useEffect(() => {
    // Asked anew on every screen: it is switched on and off on one of them.
    if (user !== undefined) void keptAt(user).then((at) => setKeeping(at !== undefined));
  }, [user, location]);
  return isKeeping;
}

function Frame() {
  const t = useWords(words);
  const { language } = usePreferences();
  const { pathname } = useLocation();
  const user = useAppSelector((state) => state.session.who?.user);
  const isKeeping = useIsKeeping(user, pathname);
  const { leave, isLeaving } = useLeaving();
  return (
    <AppFrame
      brand={<Link to={`${PLACE}/home`}><Brand /></Link>}
      tools={
        <>
          <ThemeMenu />
          <LanguageMenu languages={LANGUAGES} />
          <IconButton icon="signOut" label={t('signOut')} loading={isLeaving} onClick={() => void leave()} />
        </>
      }
      navigation={[
        {
          items: NAVIGATION.map(({ path, label, icon }) => ({
            href: `${PLACE}${path}`,
            label: label[language],
            icon: iconOf(icon),
            current: pathname === `${PLACE}${path}` || pathname.startsWith(`${PLACE}${path}/`),
          })),
        },
      ]}
      phoneNavigation="bottom"
      bars={<ConnectionBar />}
      location={pathname}
    >
      {isKeeping && user !== undefined && <Keeper user={user} />}
      <Portal />
    </AppFrame>
  );
}

export function Page({ store }: { store: AppStore }) {
  const hasFailed = useFirstSession(store);
  const { phase, who, takenOver } = useAppSelector((state) => state.session);
  useOwnFirstScreen(PLACE);
  useIdleLock(phase === 'signed-in');
  if (phase === 'unknown') return hasFailed ? <Offline /> : <Waiting hasFailed={false} />;
  return (
    <>
      {phase === 'signed-out' && <SignInScreen />}
      {phase !== 'signed-out' && !takenOver && <div hidden={phase === 'expired'}><Frame key={who?.user} /></div>}
      <ExpiredDialog />
      <TakenOverDialog />
    </>
  );
}
