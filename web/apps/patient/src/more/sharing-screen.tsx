// From whom one's record is withheld: said here, and obeyed at once by every part of the hospital.
import {
  isRefusal, useDebounced, useListConsentsQuery, usePractitionersQuery, useRecordConsentMutation, useWithdrawConsentMutation, useWords, type PatientConsentView, type RecordConsent,
} from '@galen/core';
import { personName } from '@galen/fhir';
import { Alert, Badge, Button, ClinicalDate, EmptyState, Panel, RadioGroup, showToast, Text, TextField } from '@galen/ui';
import { useState } from 'react';
import { useRefusalText } from '../common/refusals';
import { Screen, Section } from '../common/screen';
import { Source } from '../common/source';
import { useOwnPatient } from '../own';
import { useAddress } from '../place';
import { words } from './words/words';

const LETTERS_MIN = 3;

type Contents = NonNullable<RecordConsent['contents']>;

function useSaid(): (consent: PatientConsentView) => string {
  const t = useWords(words);
  return ({ choice, people }) => {
    const names = people.map(({ name }) => name ?? t('personGone')).join(', ');
    if (choice === 'withholdFromPerson') return t('person', { name: names });
    if (choice === 'withholdFromEverybody') return names === '' ? t('everybody') : t('everybodyBut', { people: names });
    return choice === 'noResearch' ? t('researchNo') : t('other');
  };
}

function Consent({ consent, onWithdraw }: { consent: PatientConsentView; onWithdraw: () => void }) {
  const t = useWords(words);
  const said = useSaid()(consent);
  const isInForce = consent.status === 'active';
  return (
    <li className="p-link-row p-plain-row">
      <span className="p-link-text">
        <Text weight="medium" isolate>{said}</Text>
        {consent.contents && consent.choice !== 'noResearch' && <Text tone="muted" size="sm">{t(consent.contents === 'everything' ? 'allShort' : 'healthShort')}</Text>}
        {consent.recorded && <Text tone="muted" size="sm">{t('saved')} <ClinicalDate value={consent.recorded} dateOnly /></Text>}
      </span>
      {isInForce ? <Button size="sm" onClick={onWithdraw} aria-label={`${t('givenBack')}: ${said}`}>{t('givenBack')}</Button> : <Badge tone="neutral">{t('notInForce')}</Badge>}
    </li>
  );
}

/** Finds somebody by name; nobody is listed before somebody is looked for. */
function FindPerson({ onChoose }: { onChoose: (practitioner: string) => void }) {
  const t = useWords(words);
  const [typed, setTyped] = useState('');
  const name = useDebounced(typed.trim(), 300);
  const query = usePractitionersQuery({ name }, { skip: name.length < LETTERS_MIN });
  return (
    <>
      <TextField label={t('find')} description={t('findHint')} value={typed} onChange={setTyped} autoComplete="off" spellCheck={false} />
      {name.length >= LETTERS_MIN && (
        <Source query={query} missing={t('findMissing')} lines={3}>
          {(found) =>
            found.length === 0 ? (
              <EmptyState icon="people" title={t('findNobody')} />
            ) : (
              <ul className="p-links">
                {found.map(({ id, name: names }) => {
                  const shown = names?.[0]?.text ?? personName(names?.[0] ?? {}).full;
                  return (
                    <li key={id} className="p-link-row p-plain-row">
                      <span className="p-link-text"><Text weight="medium" isolate>{shown}</Text></span>
                      <Button size="sm" onClick={() => onChoose(id ?? '')} aria-label={`${t('dontShow')}: ${shown}`}>{t('dontShow')}</Button>
                    </li>
                  );
                })}
              </ul>
            )
          }
        </Source>
      )}
    </>
  );
}

export default function SharingScreen() {
  const t = useWords(words);
  const address = useAddress();
  const refused = useRefusalText();
  const id = useOwnPatient();
  const query = useListConsentsQuery({ id });
  const [record, { isLoading }] = useRecordConsentMutation();
  const [withdraw] = useWithdrawConsentMutation();
  const [contents, setContents] = useState<Contents>('healthRecord');
  const [problem, setProblem] = useState('');
  const told = (error: unknown, done: string) => {
    setProblem(isRefusal(error) ? refused(error) : '');
    if (!isRefusal(error)) showToast(done);
  };
  const say = async (recordConsent: RecordConsent) => told((await record({ id, recordConsent })).error, t('recorded'));
  const takeBack = async (consent: string) => told((await withdraw({ id: consent })).error, t('withdrawn'));
  return (
    <Screen title={t('sharing')} lead={t('sharingLead')} back={address('more')}>
      {problem !== '' && <Alert tone="warning" announce>{problem}</Alert>}
      <Source query={query} missing={t('missing')}>
        {({ consents }) => {
          const ofResearch = consents.find(({ choice, status }) => choice === 'noResearch' && status === 'active');
          const others = consents.filter((consent) => consent !== ofResearch);
          return (
            <>
              <Section title={t('somebody')}>
                {others.length === 0 ? (
                  <EmptyState icon="eye" title={t('somebodyNone')} />
                ) : (
                  <ul className="p-links">{others.map((consent) => <Consent key={consent.id} consent={consent} onWithdraw={() => void takeBack(consent.id)} />)}</ul>
                )}
                <Alert tone="info">{t('emergency')}</Alert>
              </Section>
              <Panel title={t('dontShow')}>
                <Text as="p">{t('somebodyLead')}</Text>
                <RadioGroup
                  label={t('what')}
                  value={contents}
                  onChange={(value) => setContents(value === 'everything' ? 'everything' : 'healthRecord')}
                  choices={[{ value: 'healthRecord', label: t('health') }, { value: 'everything', label: t('all') }]}
                />
                <FindPerson onChoose={(practitioner) => void say({ choice: 'withholdFromPerson', practitioner, contents })} />
              </Panel>
              <Section title={t('research')}>
                <Text as="p">{t('researchLead')}</Text>
                {ofResearch ? (
                  <ul className="p-links"><Consent consent={ofResearch} onWithdraw={() => void takeBack(ofResearch.id)} /></ul>
                ) : (
                  <div><Button loading={isLoading} onClick={() => void say({ choice: 'noResearch' })}>{t('researchSay')}</Button></div>
                )}
              </Section>
            </>
          );
        }}
      </Source>
    </Screen>
  );
}
