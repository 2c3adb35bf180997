// Who saw one's record, when, and why: from the hospital's own log.
import { useListAccessesQuery, useWords, type AccessView } from '@galen/core';
import { Badge, Button, Checkbox, ClinicalDate, EmptyState, Text } from '@galen/ui';
import { useState } from 'react';
import { Screen } from '../common/screen';
import { Source } from '../common/source';
import { useOwnPatient } from '../own';
import { useAddress } from '../place';
import { words } from '../words/words';
import { words as moreWords } from './words/words';

type Word = Parameters<ReturnType<typeof words.translate>>[0];
type MoreWord = Parameters<ReturnType<typeof moreWords.translate>>[0];

const DONE: Record<string, MoreWord> = { read: 'didRead', create: 'didAdd', update: 'didChange', delete: 'didDelete' };
const WHY: Record<string, MoreWord> = {
  TREAT: 'whyTreat', ETREAT: 'whyEmergency', BTG: 'whyEmergency', HOPERAT: 'whyOperations', HPAYMT: 'whyPayment', PATRQT: 'whyPatient', PUBHLTH: 'whyPublic', HRESCH: 'whyResearch',
};
const WHAT: Record<string, Word> = {
  AllergyIntolerance: 'allergies', Appointment: 'appointments', Condition: 'conditions', DiagnosticReport: 'reports', DocumentReference: 'documents', Binary: 'documents',
  Encounter: 'encounters', Procedure: 'encounters', Immunization: 'immunizations', MedicationRequest: 'medicines', MedicationStatement: 'medicines', Observation: 'results',
  Patient: 'details', Questionnaire: 'forms', QuestionnaireResponse: 'forms', Message: 'messagesSent',
};

function useWho(): (access: AccessView) => string {
  const m = useWords(moreWords);
  return ({ by, name }) => {
    if (by === 'patient') return m('byYou');
    if (by === 'proxy') return name ? m('byProxyNamed', { name }) : m('byProxy');
    if (by === 'program') return m('byProgram');
    return name ?? m('byStaff');
  };
}

function Access({ access }: { access: AccessView }) {
  const t = useWords(words);
  const m = useWords(moreWords);
  const who = useWho();
  const kinds = [...new Set(access.types.flatMap((type) => WHAT[type] ?? []))].map((word) => t(word));
  const why = WHY[access.purpose];
  return (
    <li className="p-card">
      <div className="p-card-head">
        <Text weight="medium" isolate>{who(access)}</Text>
        <Text tone="muted" size="sm"><ClinicalDate value={access.at} /></Text>
      </div>
      <Text as="div">{m(DONE[access.interaction] ?? 'didOther')}: {kinds.join(', ') || t('record')}</Text>
      {why !== undefined && <Text as="div" tone="muted" size="sm">{m(why)}</Text>}
      {access.brokenGlass && <div><Badge tone="warning" icon="alert">{m('openedSealed')}</Badge></div>}
      {access.refused && <div><Badge tone="info">{m('wasRefused')}</Badge></div>}
    </li>
  );
}

/** One page; the next is asked for by who wants to see more. */
function Page({ page, withOwn }: { page: string | undefined; withOwn: boolean }) {
  const t = useWords(words);
  const m = useWords(moreWords);
  const query = useListAccessesQuery({ id: useOwnPatient(), ...(page !== undefined && { page }) });
  const [isFurther, setFurther] = useState(false);
  const isShown = ({ by }: AccessView) => withOwn || by !== 'patient';
  return (
    <Source query={query} missing={m('accessesMissing')} lines={8}>
      {({ accesses, next }) => (
        <>
          {!accesses.some(isShown) && page === undefined && !next && <EmptyState icon="eye" title={m('accessesNone')} />}
          <ul className="p-cards g-plain-list">{accesses.filter(isShown).map((access) => <Access key={access.id} access={access} />)}</ul>
          {next && !isFurther && <div><Button onClick={() => setFurther(true)}>{t('showEarlier')}</Button></div>}
          {next && isFurther && <Page page={next} withOwn={withOwn} />}
        </>
      )}
    </Source>
  );
}

export default function AccessesScreen() {
  const t = useWords(words);
  const m = useWords(moreWords);
  const address = useAddress();
  const [withOwn, setWithOwn] = useState(false);
  return (
    <Screen title={t('accesses')} lead={m('accessesLead')} back={address('more')}>
      <Checkbox label={m('accessesOwn')} checked={withOwn} onChange={setWithOwn} />
      <Page page={undefined} withOwn={withOwn} />
      <Text as="p" tone="muted">{m('accessesAsk')}</Text>
    </Screen>
  );
}
