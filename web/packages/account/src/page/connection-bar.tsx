// Says that the server is gone, and that it is back.
import { connectionFound, useAppDispatch, useAppSelector, useWords } from '@galen/core';
import { OfflineBar, showToast } from '@galen/ui';
import { useEffect, useRef } from 'react';
import { words } from '../words/words';

export function ConnectionBar() {
  const t = useWords(words);
  const dispatch = useAppDispatch();
  const isReachable = useAppSelector((state) => state.connection.isReachable);
  const wasReachable = useRef(isReachable);
  useEffect(() => {
    if (isReachable && !wasReachable.current) showToast(t('reconnected'));
    wasReachable.current = isReachable;
  }, [isReachable, t]);
  return (
    <OfflineBar
      state={isReachable ? 'online' : navigator.onLine ? 'reconnecting' : 'offline'}
      onRetry={() => void dispatch(connectionFound())}
    />
  );
}
