// What patients wrote and nobody has answered: who waits longest first.
import { useFreshness, useLive, useReadInboxQuery, useTitle, useWords, type ThreadView } from '@galen/core';
import { Alert, Badge, ClinicalDate, EmptyState, ErrorState, FreshnessStamp, Group, Heading, Icon, Link, LoadingState, Text } from '@galen/ui';
import { words } from '../words/words';

/** Messages are heard as they come; this is for when they are not. */
const ASK_AGAIN_MS = 60_000;

function Row({ thread }: { thread: ThreadView }) {
  const t = useWords(words);
  return (
    <li>
      <Link href={`/doctor/messages/${thread.id}`} className="inbox-row">
        <Icon name="message" />
        <span className="inbox-who">
          <Text weight="medium" isolate>{thread.patientName ?? thread.patient}</Text>
          {thread.birthDate && <Text tone="muted" size="sm"><ClinicalDate value={thread.birthDate} dateOnly /></Text>}
        </span>
        <span className="inbox-what">
          <Text isolate>{thread.subject}</Text>
          <Text tone="muted" size="sm">{t(`topic${thread.topic}`)} · {t('inboxSince')} <ClinicalDate value={thread.last} /></Text>
        </span>
        {thread.unread > 0 && <Badge tone="info">{t('inboxNew')}</Badge>}
        <Icon name="chevronEnd" size={1} />
      </Link>
    </li>
  );
}

export default function InboxScreen() {
  const t = useWords(words);
  const query = useReadInboxQuery(undefined, { pollingInterval: ASK_AGAIN_MS });
  const { data } = query;
  const { state, updatedAt } = useFreshness(query);
  const live = useLive('Communication');
  useTitle(t('inbox'));
  return (
    <div className="screen">
      <Group justify="between">
        <Heading level={1}>{t('inbox')}</Heading>
        <FreshnessStamp at={updatedAt} state={state === 'stale' ? 'offline' : live === 'live' || live === 'reconnecting' ? live : 'current'} />
      </Group>
      {state === 'stale' && data && <Alert tone="warning">{t('inboxStale')}</Alert>}
      {data?.isCut && <Alert tone="info">{t('inboxCut')}</Alert>}
      {data ? (
        data.threads.length === 0 ? (
          <EmptyState icon="message" title={t('inboxEmpty')}>{t('inboxEmptyHint')}</EmptyState>
        ) : (
          <ul className="inbox g-plain-list">{data.threads.map((thread) => <Row key={thread.id} thread={thread} />)}</ul>
        )
      ) : query.isError ? (
        <ErrorState title={t('inboxUnavailable')} onRetry={() => void query.refetch()} retrying={query.isFetching} />
      ) : (
        <LoadingState lines={8} />
      )}
    </div>
  );
}
