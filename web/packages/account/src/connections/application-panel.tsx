// One connected application, in the words in which it was allowed.
import { useWords } from '@galen/core';
import { Alert, Button, ClinicalDate, Facts, Panel, Stack, Text, useLabels } from '@galen/ui';
import { useMemo } from 'react';
import { wishesOf } from './scopes';
import { words } from '../words/words';
import type { Application } from './applications';

export interface ApplicationPanelProps {
  application: Application;
  onDisconnect: () => void;
}

export function ApplicationPanel({ application, onDisconnect }: ApplicationPanelProps) {
  const t = useWords(words);
  const labels = useLabels();
  const { name, scopes, patients, since, until, ended } = application;
  const { wishes } = useMemo(() => wishesOf(scopes, t), [scopes, t]);
  const client = name || t('connectionNameless');
  const records = patients.map((patient) => patient.name || labels.notKnown);
  return (
    <Panel
      title={client}
      actions={
        <Button size="sm" aria-label={t('connectionDisconnectOf', { client })} onClick={onDisconnect}>
          {t('connectionDisconnect')}
        </Button>
      }
    >
      <Stack gap={4}>
        {ended && <Alert tone="warning" title={t('connectionEnded')}>{t('connectionEndedDetail')}</Alert>}
        <Facts
          facts={[
            { label: t('connectionSince'), value: <ClinicalDate value={since} /> },
            { label: t('connectionUntil'), value: <ClinicalDate value={until} /> },
            ...(records.length > 0
              ? [{ label: t('connectionRecord', { count: records.length }), value: <Records names={records} /> }]
              : []),
          ]}
        />
        <div>
          <Text as="div" weight="bold">{t('connectionMay')}</Text>
          <ul className="connection-wishes">
            {wishes.map(({ key, label, detail }) => (
              <li key={key}>
                <div>{label}</div>
                {detail !== undefined && <Text as="div" tone="muted" size="sm">{detail}</Text>}
              </li>
            ))}
          </ul>
        </div>
      </Stack>
    </Panel>
  );
}

function Records({ names }: { names: readonly string[] }) {
  return (
    <Stack gap={0}>
      {names.map((name, place) => (
        // Two patients may have one name. A line of its own runs as the page does, the name in it as it does itself.
        <div key={`${place} ${name}`}><Text isolate>{name}</Text></div>
      ))}
    </Stack>
  );
}
