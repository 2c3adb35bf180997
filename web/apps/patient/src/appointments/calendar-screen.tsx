// Private addresses that a calendar program reads one's appointments from.
import { isRefusal, useCreateCalendarFeedMutation, useListCalendarFeedsQuery, useRevokeCalendarFeedMutation, useWords } from '@galen/core';
import { Alert, Button, ClinicalDate, EmptyState, Panel, showToast, Text, TextField } from '@galen/ui';
import { useState } from 'react';
import { useRefusalText } from '../common/refusals';
import { Screen, Section } from '../common/screen';
import { Source } from '../common/source';
import { useOwnPatient } from '../own';
import { useAddress } from '../place';
import { words } from '../words/words';

export default function CalendarScreen() {
  const t = useWords(words);
  const address = useAddress();
  const id = useOwnPatient();
  const said = useRefusalText();
  const query = useListCalendarFeedsQuery({ id });
  const [create, { isLoading }] = useCreateCalendarFeedMutation();
  const [revoke] = useRevokeCalendarFeedMutation();
  const [made, setMade] = useState('');
  const [problem, setProblem] = useState('');
  const make = async () => {
    setProblem('');
    const { data, error } = await create({ id });
    if (data?.address) setMade(data.address);
    else if (isRefusal(error)) setProblem(said(error));
  };
  const close = async (feed: string) => {
    setProblem('');
    const { error } = await revoke({ id, feed });
    if (isRefusal(error)) setProblem(said(error));
    else showToast(t('feedClosed'));
  };
  const copy = async () => {
    await navigator.clipboard.writeText(made);
    showToast(t('copied'));
  };
  return (
    <Screen title={t('calendarFeeds')} back={address('appointments')} lead={t('calendarFeedsLead')}>
      {problem !== '' && <Alert tone="warning" announce>{problem}</Alert>}
      {made !== '' && (
        <Panel title={t('feedMade')}>
          <Text as="p">{t('feedMadeDetail')}</Text>
          <TextField label={t('feedAddress')} value={made} onChange={() => undefined} readOnly />
          <div className="p-actions"><Button kind="primary" onClick={() => void copy()}>{t('copy')}</Button></div>
        </Panel>
      )}
      <div><Button icon="plus" loading={isLoading} onClick={() => void make()}>{t('feedMake')}</Button></div>
      <Section title={t('feedsOpen')}>
        <Source query={query} missing={t('feedsMissing')}>
          {({ feeds }) =>
            feeds.length === 0 ? (
              <EmptyState icon="calendar" title={t('feedsNone')} />
            ) : (
              <ul className="p-links">
                {feeds.map((feed) => (
                  <li key={feed.id} className="p-link-row p-plain-row">
                    <span className="p-link-text"><Text>{t('feedSince')} <ClinicalDate value={feed.created} /></Text></span>
                    <Button size="sm" onClick={() => void close(feed.id)}>{t('feedClose')}</Button>
                  </li>
                ))}
              </ul>
            )
          }
        </Source>
      </Section>
    </Screen>
  );
}
