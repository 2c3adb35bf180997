// Theme, language and store around a page, and the waiting before anybody is known.
import { CoreProvider, directionOf, Link, loadLanguage, refreshSession, usePreferences, useWords, watchSession, type AppStore } from '@galen/core';
import { ErrorState, GalenProvider, LoadingState, type Density, type LinkProps } from '@galen/ui';
import { useEffect, useState, type ReactNode } from 'react';
import { words } from '../words/words';

const RETRY_MS = 3_000;

function RouterLink({ href, ...props }: LinkProps) {
  return <Link to={href} {...props} />;
}

/** Asks who is signed in until the server says; whether it has failed to say so far. */
export function useFirstSession(store: AppStore): boolean {
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

export function Waiting({ hasFailed }: { hasFailed: boolean }) {
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

export interface SurroundingsProps {
  store: AppStore;
  nonce?: string;
  density?: Density;
  children: ReactNode;
}

export function Surroundings({ store, nonce, density, children }: SurroundingsProps) {
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
        {...(density !== undefined && { density })}
        {...(nonce !== undefined && { nonce })}
      >
        {children}
      </GalenProvider>
    </CoreProvider>
  );
}
