// The page: who is there decides between sign-in, the frame, and waiting for the server.
import {
  CoreProvider,
  directionOf,
  Link,
  loadLanguage,
  refreshSession,
  useAppSelector,
  useIdleLock,
  useLocation,
  useNavigate,
  usePreferences,
  useWords,
  watchSession,
  type AppStore,
} from '@galen/core';
import { ErrorState, GalenProvider, LoadingState, type LinkProps } from '@galen/ui';
import { useCallback, useEffect, useRef, useState } from 'react';
import { CONSENT_PATH, ConsentScreen } from './consent/consent-screen';
import { ExpiredDialog } from './frame/expired-dialog';
import { Frame } from './frame/frame';
import { TakenOverDialog } from './frame/taken-over-dialog';
import { portals } from './portals/federated';
import type { PortalManifest } from './portals/manifest';
import { SignInScreen } from './sign-in/sign-in-screen';
import { words } from './words/words';

const RETRY_MS = 3_000;

function RouterLink({ href, ...props }: LinkProps) {
  return <Link to={href} {...props} />;
}

/** Asks who is signed in until the server says. */
function useFirstSession(store: AppStore): boolean {
  const [hasFailed, setFailed] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const ask = async () => {
      const session = await refreshSession(store);
      if (isOver || session !== undefined) return;
      setFailed(true);
      timer = setTimeout(() => void ask(), RETRY_MS);
    };
    void ask();
    const stop = watchSession(store);
    return () => {
      isOver = true;
      clearTimeout(timer);
      stop();
    };
  }, [store]);
  return hasFailed;
}

function Waiting({ hasFailed }: { hasFailed: boolean }) {
  const t = useWords(words);
  return (
    <main className="waiting">
      {hasFailed ? (
        <ErrorState title={t('connectingFailed')} detail={t('connectingFailedDetail')} />
      ) : (
        <LoadingState label={t('connecting')} lines={4} />
      )}
    </main>
  );
}

type Known = { state: 'asking' } | { state: 'failed' } | { state: 'known'; portals: PortalManifest[] };

function Portals() {
  const t = useWords(words);
  const [known, setKnown] = useState<Known>({ state: 'asking' });
  const ask = useCallback(() => {
    portals().then(
      (found) => setKnown({ state: 'known', portals: found }),
      () => setKnown({ state: 'failed' }),
    );
  }, []);
  useEffect(ask, [ask]);
  useEffect(() => {
    if (known.state !== 'failed') return;
    const timer = setInterval(ask, RETRY_MS);
    return () => clearInterval(timer);
  }, [ask, known.state]);
  if (known.state === 'asking') return <Waiting hasFailed={false} />;
  if (known.state === 'known') return <Frame portals={known.portals} />;
  return (
    <main className="waiting">
      <ErrorState title={t('portalsFailed')} detail={t('connectingFailedDetail')} onRetry={ask} />
    </main>
  );
}

/**
 * Another person starts at their own first screen and never at the patient that somebody else had open. What an
 * application asks stays: it is asked of whoever is there.
 */
function useOwnFirstScreen(isConsent: boolean): void {
  const navigate = useNavigate();
  const user = useAppSelector((state) => state.session.who?.user);
  const before = useRef(user);
  useEffect(() => {
    const isAnother = before.current !== undefined && before.current !== user;
    if (isAnother && !isConsent) void navigate('/', { replace: true });
    before.current = user;
  }, [navigate, user, isConsent]);
}

/** Everything below the router. */
export function Page({ store }: { store: AppStore }) {
  const hasFailed = useFirstSession(store);
  const { phase, who, takenOver } = useAppSelector((state) => state.session);
  const isConsent = useLocation().pathname === CONSENT_PATH;
  useOwnFirstScreen(isConsent);
  useIdleLock(phase === 'signed-in');
  if (phase === 'unknown') return <Waiting hasFailed={hasFailed} />;
  return (
    <>
      {phase === 'signed-out' && <SignInScreen />}
      {phase !== 'signed-out' && !takenOver && (
        // Locked, the screens stay as they are with all that was typed, but nobody who walks by sees a patient.
        <div hidden={phase === 'expired'}>
          {isConsent ? <ConsentScreen key={who?.user} /> : <Portals key={who?.user} />}
        </div>
      )}
      <ExpiredDialog />
      <TakenOverDialog />
    </>
  );
}

/** Theme, language and store around it all. */
export function Surroundings({ store, nonce, children }: { store: AppStore; nonce?: string; children: React.ReactNode }) {
  const { colorScheme, language } = usePreferences();
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dir = directionOf(language);
    void loadLanguage(language);
  }, [language]);
  return (
    <CoreProvider store={store}>
      <GalenProvider
        colorScheme={colorScheme}
        dir={directionOf(language)}
        language={language}
        link={RouterLink}
        {...(nonce !== undefined && { nonce })}
      >
        {children}
      </GalenProvider>
    </CoreProvider>
  );
}
