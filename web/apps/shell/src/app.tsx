// The page: who is there decides between sign-in, the frame, and waiting for the server.
import { ExpiredDialog, PreferenceMenus, SignInScreen, TakenOverDialog, useFirstSession, useOwnFirstScreen, Waiting } from '@galen/account';
import { useAppSelector, useIdleLock, useLocation, useWords, type AppStore } from '@galen/core';
import { ErrorState } from '@galen/ui';
import { useCallback, useEffect, useState } from 'react';
import { CONSENT_PATH, ConsentScreen } from './consent/consent-screen';
import { Frame } from './frame/frame';
import { portals } from './portals/federated';
import type { PortalManifest } from './portals/manifest';
import { words } from './words/words';

const RETRY_MS = 3_000;

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

/** Everything below the router. */
export function Page({ store }: { store: AppStore }) {
  const hasFailed = useFirstSession(store);
  const { phase, who, takenOver } = useAppSelector((state) => state.session);
  const isConsent = useLocation().pathname === CONSENT_PATH;
  // What an application asks stays: it is asked of whoever is there.
  useOwnFirstScreen('/', isConsent);
  useIdleLock(phase === 'signed-in');
  if (phase === 'unknown') return <Waiting hasFailed={hasFailed} />;
  return (
    <>
      {phase === 'signed-out' && <SignInScreen tools={<PreferenceMenus />} />}
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
