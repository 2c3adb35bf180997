// The page: who is there decides between sign-in, the portal, and what is kept for when there is no connection.
import { Brand, ConnectionBar, keptAt, LanguageChoice, useFirstSession, useLeaving, useOwnFirstScreen, Waiting } from '@galen/account';
import { lazyScreen, Link, useAppSelector, useIdleLock, useLocation, usePreferences, useWords, type AppStore } from '@galen/core';
import { NAVIGATION } from '@galen/patient/navigation';
import { words } from '@galen/patient/words';
import { AppFrame, IconButton, iconNames, LoadingState, type IconName } from '@galen/ui';
import { Suspense, useEffect, useState } from 'react';

const PLACE = '/my';
const ACTIVATE = `${PLACE}/activate`;

// Each visit needs one of these first; the others come when they are needed.
const portal = () => import('@galen/patient/portal');
const Portal = lazyScreen(portal);
const SignIn = lazyScreen(async () => ({ default: (await import('@galen/account/sign-in')).SignInScreen }));
const Activate = lazyScreen(async () => ({ default: (await import('@galen/account/activate')).ActivateScreen }));
const SessionDialogs = lazyScreen(() => import('@galen/account/dialogs'));
const Offline = lazyScreen(() => import('./offline'));
const Keeper = lazyScreen(() => import('./keeper'));

const iconOf = (name: string): IconName => iconNames.find((known) => known === name) ?? 'list';

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
          <LanguageChoice />
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
      <Suspense fallback={<LoadingState lines={8} />}>
        {isKeeping && user !== undefined && <Keeper user={user} />}
        <Portal />
      </Suspense>
    </AppFrame>
  );
}

export function Page({ store }: { store: AppStore }) {
  const hasFailed = useFirstSession(store);
  const { phase, who, takenOver } = useAppSelector((state) => state.session);
  const { pathname } = useLocation();
  useOwnFirstScreen(PLACE);
  useIdleLock(phase === 'signed-in');
  useEffect(() => {
    // While somebody types a password there is time to fetch what comes after it.
    if (phase === 'signed-out') void portal().catch(() => undefined);
  }, [phase]);
  const waiting = <Waiting hasFailed={false} />;
  if (phase === 'unknown') return hasFailed ? <Suspense fallback={waiting}><Offline /></Suspense> : waiting;
  return (
    <>
      {phase === 'signed-out' && (
        <Suspense fallback={waiting}>
          {pathname === ACTIVATE ? <Activate tools={<LanguageChoice />} signIn={PLACE} /> : <SignIn tools={<LanguageChoice />} activate={ACTIVATE} />}
        </Suspense>
      )}
      {phase !== 'signed-out' && !takenOver && <div hidden={phase === 'expired'}><Frame key={who?.user} /></div>}
      {(phase === 'expired' || takenOver) && <Suspense><SessionDialogs /></Suspense>}
    </>
  );
}
