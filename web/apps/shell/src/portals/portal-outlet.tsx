// Where a portal's screens appear: loading, failed with a way to try again, or the portal itself.
import { useWords } from '@galen/core';
import { ErrorState, LoadingState } from '@galen/ui';
import { useEffect, useState, type ComponentType } from 'react';
import { words } from '../words/words';
import { ErrorBoundary } from './error-boundary';
import { loadPortal } from './load';
import type { PortalManifest } from './manifest';

type Loading = { state: 'loading' } | { state: 'failed' } | { state: 'loaded'; Portal: ComponentType };

export function PortalOutlet({ manifest, label }: { manifest: PortalManifest; label: string }) {
  const t = useWords(words);
  const [attempt, setAttempt] = useState(0);
  const [loading, setLoading] = useState<Loading>({ state: 'loading' });

  useEffect(() => {
    let isCurrent = true;
    loadPortal(manifest).then(
      (module) => isCurrent && setLoading({ state: 'loaded', Portal: module.default }),
      () => isCurrent && setLoading({ state: 'failed' }),
    );
    return () => {
      isCurrent = false;
    };
  }, [manifest, attempt]);

  const retry = () => {
    setLoading({ state: 'loading' });
    setAttempt(attempt + 1);
  };
  const failure = (onRetry: () => void) => (
    <ErrorState title={t('portalFailed', { portal: label })} detail={t('portalFailedDetail')} onRetry={onRetry} />
  );
  if (loading.state === 'failed') return failure(retry);
  if (loading.state === 'loading') return <LoadingState lines={6} />;
  const { Portal } = loading;
  return (
    <ErrorBoundary fallback={failure}>
      <Portal />
    </ErrorBoundary>
  );
}
