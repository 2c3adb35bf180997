// The applications that a person connected: what each may do, since when, and the end of it.
import { isRefusal, useConnectionsQuery, useTitle, useWords, type Refusal } from '@galen/core';
import { EmptyState, ErrorState, Heading, LoadingState, showToast, Stack, Text } from '@galen/ui';
import { useEffect, useMemo, useRef, useState } from 'react';
import { words } from '../words/words';
import { ApplicationPanel } from './application-panel';
import { applicationsOf, type Application } from './applications';
import { DisconnectDialog } from './disconnect-dialog';

function Failed({ refusal, onRetry, isRetrying }: { refusal: Refusal | undefined; onRetry: () => void; isRetrying: boolean }) {
  const t = useWords(words);
  const isAway = !refusal || refusal.status === 0;
  return (
    <ErrorState
      title={t('connectionsFailed')}
      detail={isAway ? t('unreachable') : [refusal.detail, refusal.next].filter(Boolean).join('. ')}
      {...(refusal?.reference !== undefined && { reference: refusal.reference })}
      onRetry={onRetry}
      retrying={isRetrying}
    />
  );
}

export default function ConnectionsScreen() {
  const t = useWords(words);
  const heading = useRef<HTMLHeadingElement>(null);
  // The dialog is there before it opens and after it closed: only so it gives the focus back to the button that was pressed.
  const [asked, setAsked] = useState<{ application: Application; isOpen: boolean }>();
  const [gone, setGone] = useState<string>();
  const { data, error, isFetching, refetch } = useConnectionsQuery();
  useTitle(t('connections'));
  const applications = useMemo(() => data && applicationsOf(data), [data]);
  useEffect(() => {
    if (gone === undefined || applications?.some(({ id }) => id === gone)) return;
    // The button that was pressed went with its application.
    heading.current?.focus();
    setGone(undefined);
  }, [applications, gone]);
  const close = () => setAsked((one) => one && { ...one, isOpen: false });
  const ended = (client: string, application: Application) => {
    close();
    setGone(application.id);
    showToast(t('connectionDisconnected', { client }));
  };
  return (
    <div className="connections">
      <Stack gap={4}>
        <Stack gap={2}>
          <Heading level={1} ref={heading} focusable>{t('connections')}</Heading>
          <Text as="p" tone="muted">{t('connectionsDetail')}</Text>
        </Stack>
        {/* What could not be asked for again must not look as if it still held. */}
        {error ? (
          <Failed refusal={isRefusal(error) ? error : undefined} onRetry={() => void refetch()} isRetrying={isFetching} />
        ) : !applications ? (
          <LoadingState lines={6} />
        ) : applications.length === 0 ? (
          <EmptyState icon="link" title={t('connectionsEmpty')}>{t('connectionsEmptyDetail')}</EmptyState>
        ) : (
          <Stack gap={4}>
            {applications.map((application) => (
              <ApplicationPanel key={application.id} application={application} onDisconnect={() => setAsked({ application, isOpen: true })} />
            ))}
          </Stack>
        )}
      </Stack>
      <DisconnectDialog application={asked?.application} opened={asked?.isOpen ?? false} onClose={close} onEnded={ended} />
    </div>
  );
}
