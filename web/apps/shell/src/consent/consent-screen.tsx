// An application asks for access: what for, whose record, and the answer, which leads back to it.
import { CardPage, PreferenceMenus } from '@galen/account';
import {
  isRefusal,
  sessionEnded,
  useAppDispatch,
  useAppSelector,
  useConsentQuery,
  useSearchParams,
  useSignOutMutation,
  useTitle,
  useWords,
} from '@galen/core';
import { Button, ErrorState, Heading, LoadingState, Stack, Text } from '@galen/ui';
import { words } from '../words/words';
import { ConsentForm } from './consent-form';

/** Where the server sends the browser with an application's request. */
export const CONSENT_PATH = '/authorize';

const go = (address: string) => location.assign(address);

function Asked({ request, leave }: { request: string; leave: (address: string) => void }) {
  const t = useWords(words);
  const { data, error, isFetching, refetch } = useConsentQuery({ request });
  if (data) {
    const { client, destination } = data;
    return (
      <>
        <Heading level={1} look={2}>{t('consentAsk', { client })}</Heading>
        <Text as="p" className="consent-detail">{t('consentDetail', { client, destination })}</Text>
        <ConsentForm request={request} consent={data} leave={leave} />
      </>
    );
  }
  if (!isRefusal(error)) return <LoadingState lines={6} />;
  const isAway = error.status === 0;
  return (
    <>
      <Heading level={1} look={2}>{t('consent')}</Heading>
      <ErrorState
        title={t('consentFailed')}
        detail={isAway ? t('unreachable') : [error.detail, error.next].filter(Boolean).join('. ')}
        {...(error.reference !== undefined && { reference: error.reference })}
        {...(isAway && { onRetry: () => void refetch(), retrying: isFetching })}
      />
    </>
  );
}

export function ConsentScreen({ leave = go }: { leave?: (address: string) => void }) {
  const t = useWords(words);
  const dispatch = useAppDispatch();
  const name = useAppSelector((state) => state.session.who?.name ?? '');
  const [parameters] = useSearchParams();
  const [signOut, { isLoading }] = useSignOutMutation();
  useTitle(t('consent'));
  const changeAccount = async () => {
    await signOut();
    dispatch(sessionEnded());
  };
  return (
    <CardPage tools={<PreferenceMenus />} card={<Asked request={parameters.get('request') ?? ''} leave={leave} />}>
      <Stack gap={1} align="center">
        <Text tone="muted" size="sm">{t('signedInAs', { name })}</Text>
        <Button kind="quiet" size="sm" loading={isLoading} onClick={() => void changeAccount()}>{t('consentOther')}</Button>
      </Stack>
    </CardPage>
  );
}
