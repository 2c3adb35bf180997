// For whom one may act, who may act for oneself, and a code that lets one act for somebody.
import {
  actingChanged, isRefusal, useAcceptProxyMutation, useAppDispatch, useAppSelector, useEndProxyMutation, useListOwnProxiesQuery, useListProxiesQuery, useNavigate, useWords,
  type ActedForView,
} from '@galen/core';
import { Alert, Button, ClinicalDate, DateField, EmptyState, Form, Panel, showToast, Text, TextField, type FormProblem } from '@galen/ui';
import { useState } from 'react';
import { LinkButton } from '../common/link-button';
import { useRefusalText } from '../common/refusals';
import { Screen, Section } from '../common/screen';
import { Source } from '../common/source';
import { fullName } from '../own';
import { useAddress } from '../place';
import { words } from '../words/words';
import { words as moreWords } from './words/words';

function ActFor() {
  const t = useWords(words);
  const m = useWords(moreWords);
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const address = useAddress();
  const query = useListOwnProxiesQuery();
  const actingFor = useAppSelector(({ acting }) => acting.for);
  const act = (person: ActedForView) => {
    dispatch(actingChanged(person.patient));
    void navigate(address('home'));
  };
  return (
    <Section title={m('actFor')}>
      <Source query={query} missing={m('peopleMissing')}>
        {({ people }) =>
          people.length === 0 ? (
            <EmptyState icon="people" title={m('actForNobody')} />
          ) : (
            <ul className="p-links">
              {people.map((person) => (
                <li key={person.id} className="p-link-row p-plain-row">
                  <span className="p-link-text">
                    <Text weight="medium" isolate>{fullName(person)}</Text>
                    <Text tone="muted" size="sm">{t('until')} <ClinicalDate value={person.until} dateOnly /></Text>
                  </span>
                  <Button size="sm" disabled={actingFor === person.patient} onClick={() => act(person)}>{m('actForThis')}</Button>
                </li>
              ))}
            </ul>
          )
        }
      </Source>
    </Section>
  );
}

function ActsForMe({ patient }: { patient: string }) {
  const t = useWords(words);
  const m = useWords(moreWords);
  const said = useRefusalText();
  const address = useAddress();
  const query = useListProxiesQuery({ id: patient });
  const [end] = useEndProxyMutation();
  const [problem, setProblem] = useState('');
  const stop = async (id: string) => {
    const { error } = await end({ id });
    if (isRefusal(error)) setProblem(said(error));
    else showToast(m('proxyEnded'));
  };
  return (
    <Section title={m('actForMe')} action={<LinkButton href={address('more/people/invite')} icon="plus">{m('actForMeAdd')}</LinkButton>}>
      {problem !== '' && <Alert tone="warning" announce>{problem}</Alert>}
      <Source query={query} missing={m('peopleMissing')}>
        {({ proxies }) =>
          proxies.length === 0 ? (
            <EmptyState icon="people" title={m('actForMeNobody')}>{m('actForMeHow')}</EmptyState>
          ) : (
            <ul className="p-links">
              {proxies.map(({ id, name, until, scopes }) => (
                <li key={id} className="p-link-row p-plain-row">
                  <span className="p-link-text">
                    <Text weight="medium" isolate>{name}</Text>
                    <Text tone="muted" size="sm">{scopes.map((scope) => m(scope === 'record' ? 'scopeRecord' : 'scopeAppointments')).join(', ')}</Text>
                    <Text tone="muted" size="sm">{t('until')} <ClinicalDate value={until} dateOnly /></Text>
                  </span>
                  <Button size="sm" onClick={() => void stop(id)} aria-label={m('endProxyOf', { name })}>{m('endProxy')}</Button>
                </li>
              ))}
            </ul>
          )
        }
      </Source>
    </Section>
  );
}

function AcceptCode() {
  const t = useWords(words);
  const m = useWords(moreWords);
  const said = useRefusalText();
  const [code, setCode] = useState('');
  const [birthDate, setBirthDate] = useState('');
  const [problems, setProblems] = useState<readonly FormProblem[]>([]);
  const [accept, { isLoading }] = useAcceptProxyMutation();
  const submit = async () => {
    setProblems([]);
    const { error } = await accept({ acceptProxy: { code: code.trim(), birthDate } });
    if (isRefusal(error)) {
      setProblems([{ message: said(error) }]);
      return;
    }
    setCode('');
    setBirthDate('');
    showToast(m('codeAccepted'));
  };
  return (
    <Panel title={m('haveCode')}>
      <Text as="p">{m('haveCodeDetail')}</Text>
      <Form onSubmit={() => void submit()} problems={problems} aria-label={m('haveCode')}>
        <TextField id="proxy-code" label={t('code')} value={code} onChange={setCode} autoComplete="off" spellCheck={false} required />
        <DateField id="proxy-birth" label={m('theirBirthDate')} value={birthDate} onChange={setBirthDate} partial={false} required />
        <div className="p-actions"><Button type="submit" loading={isLoading} disabled={code.trim() === '' || birthDate.length !== 10}>{m('useCode')}</Button></div>
      </Form>
    </Panel>
  );
}

export default function PeopleScreen() {
  const t = useWords(words);
  const m = useWords(moreWords);
  const address = useAddress();
  const own = useAppSelector(({ session }) => session.who?.patient ?? '');
  const isActing = useAppSelector(({ acting }) => acting.for !== null);
  return (
    <Screen title={t('people')} lead={m('peopleLead')} back={address('more')}>
      <ActFor />
      {own !== '' && !isActing && <ActsForMe patient={own} />}
      <AcceptCode />
    </Screen>
  );
}
