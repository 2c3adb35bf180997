// How the hospital may tell one something: by which way, in which language, and when not.
import {
  isRefusal, useReadMessagePreferencesQuery, useSetMessagePreferencesMutation, useWords, type Language, type MessagePreferences, type MessagePreferencesView, type MessageView,
} from '@galen/core';
import { LANGUAGE_NAMES } from '@galen/account';
import { Alert, Button, Checkbox, Form, Panel, RadioGroup, Select, showToast, Text, type FormProblem } from '@galen/ui';
import { useState } from 'react';
import { useRefusalText } from '../common/refusals';
import { Screen } from '../common/screen';
import { Source } from '../common/source';
import { useOwnPatient } from '../own';
import { useAddress } from '../place';
import { words } from '../words/words';

type Channel = MessageView['channel'];
type Word = Parameters<ReturnType<typeof words.translate>>[0];

const CHANNELS: readonly { channel: Channel; word: Word }[] = [
  { channel: 'sms', word: 'channelSms' },
  { channel: 'email', word: 'channelEmail' },
  { channel: 'in-app', word: 'channelHere' },
];
const SPOKEN: readonly Language[] = ['en', 'cy', 'ar'];
/** Half hours are exact enough for when not to be woken. */
const HOURS = Array.from({ length: 48 }, (_, half) => `${String(Math.floor(half / 2)).padStart(2, '0')}:${half % 2 === 0 ? '00' : '30'}`);

const isNever = (hours: { from: string; until: string } | undefined) => hours !== undefined && hours.from === hours.until;

/** The way that was chosen is tried first, the others after it in the order that they had. */
export function withFirst(channels: readonly Channel[], first: Channel): Channel[] {
  return [first, ...channels.filter((one) => one !== first)];
}

function PreferenceForm({ view }: { view: MessagePreferencesView }) {
  const t = useWords(words);
  const said = useRefusalText();
  const id = useOwnPatient();
  const [wanted, setWanted] = useState<MessagePreferences>(view.preferences);
  const [problems, setProblems] = useState<readonly FormProblem[]>([]);
  const [save, { isLoading }] = useSetMessagePreferencesMutation();
  const channels = wanted.channels ?? [];
  const hours = wanted.quietHours ?? { from: '21:00', until: '08:00' };
  const change = (part: Partial<MessagePreferences>) => setWanted({ ...wanted, ...part });
  const submit = async () => {
    setProblems([]);
    const { error } = await save({ id, setMessagePreferences: { version: view.version, preferences: wanted } });
    if (isRefusal(error)) setProblems([{ message: said(error) }]);
    else showToast(t('saved'));
  };
  return (
    <Form onSubmit={() => void submit()} problems={problems} aria-label={t('preferences')}>
      <Panel title={t('howToTell')}>
        <RadioGroup
          label={t('firstWay')}
          value={channels[0] ?? ''}
          onChange={(chosen) => change({ channels: withFirst(channels, chosen as Channel) })}
          choices={CHANNELS.map(({ channel, word }) => ({ value: channel, label: t(word) }))}
        />
        <Text as="p" weight="medium">{t('mayUse')}</Text>
        {CHANNELS.filter(({ channel }) => channel !== 'in-app').map(({ channel, word }) => (
          <Checkbox key={channel} label={t(word)} checked={wanted.consent?.[channel] !== false} onChange={(on) => change({ consent: { ...wanted.consent, [channel]: on } })} />
        ))}
        <Text as="p" tone="muted" size="sm">{t('mayUseHint')}</Text>
      </Panel>
      <Panel title={t('messageLanguage')}>
        <Select
          label={t('messageLanguage')}
          value={wanted.language ?? ''}
          onChange={(language) => change({ language: SPOKEN.find((one) => one === language) ?? null })}
          choices={[{ value: '', label: t('asInRecord') }, ...SPOKEN.map((one) => ({ value: one, label: LANGUAGE_NAMES[one] }))]}
        />
      </Panel>
      <Panel title={t('quietHours')}>
        <Checkbox label={t('quietNever')} checked={isNever(hours)} onChange={(never) => change({ quietHours: never ? { from: '00:00', until: '00:00' } : { from: '21:00', until: '08:00' } })} />
        {!isNever(hours) && (
          <div className="p-inline">
            <Select label={t('quietFrom')} value={hours.from.slice(0, 5)} onChange={(from) => change({ quietHours: { ...hours, from } })} choices={HOURS.map((hour) => ({ value: hour, label: hour }))} />
            <Select label={t('quietUntil')} value={hours.until.slice(0, 5)} onChange={(until) => change({ quietHours: { ...hours, until } })} choices={HOURS.map((hour) => ({ value: hour, label: hour }))} />
          </div>
        )}
      </Panel>
      <div className="p-actions"><Button kind="primary" type="submit" loading={isLoading}>{t('save')}</Button></div>
    </Form>
  );
}

export default function PreferencesScreen() {
  const t = useWords(words);
  const address = useAddress();
  const query = useReadMessagePreferencesQuery({ id: useOwnPatient() });
  return (
    <Screen title={t('preferences')} lead={t('preferencesLead')} back={address('more')}>
      <Source query={query} missing={t('preferencesMissing')} lines={8}>
        {(view) => <PreferenceForm key={view.version} view={view} />}
      </Source>
      <Alert tone="info">{t('preferencesCare')}</Alert>
    </Screen>
  );
}
