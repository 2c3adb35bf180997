// The first screen: what comes next, what to do, what is new.
import { useLatestResultsQuery, useLive, useWords } from '@galen/core';
import { groupResults, resultView } from '@galen/fhir';
import { EmptyState, useLabels } from '@galen/ui';
import { useMemo } from 'react';
import { LinkButton } from '../common/link-button';
import { LinkList, type LinkRow } from '../common/link-list';
import { Screen, Section } from '../common/screen';
import { Source } from '../common/source';
import { useOpenForms } from '../forms/use-forms';
import { useVisits } from '../appointments/use-visits';
import { VisitCard } from '../appointments/visit-card';
import { isOffer, isRequest, isToday, may, upcoming, type Visit } from '../appointments/visits';
import { useOwnPatient } from '../own';
import { useAddress } from '../place';
import { ResultCard } from '../results/result-card';
import { words } from '../words/words';

const RESULTS_ASKED = 40;
const RESULTS_SHOWN = 3;

function useToDos(visits: readonly Visit[] | undefined): LinkRow[] {
  const t = useWords(words);
  const address = useAddress();
  const forms = useOpenForms();
  const now = Date.now();
  const open = upcoming(visits ?? [], now);
  const checkIns = open.filter((visit) => isToday(visit, now) && (may(visit, 'check-in') || may(visit, 'arrive')));
  const requests = open.filter(isRequest);
  const offers = (visits ?? []).filter((visit) => isOffer(visit, now));
  return [
    ...offers.map((visit): LinkRow => ({ href: address(`appointments/${visit.id}`), label: t('toDoOffer'), detail: visit.title, icon: 'calendar' })),
    ...checkIns.map((visit): LinkRow => ({ href: address(`appointments/${visit.id}`), label: t('toDoCheckIn'), detail: visit.title, icon: 'check' })),
    ...(forms.data ?? []).map(({ key, title }): LinkRow => ({ href: address(`forms/${key}`), label: t('toDoForm'), detail: title, icon: 'edit' })),
    ...requests.map((visit): LinkRow => ({ href: address(`appointments/${visit.id}`), label: t('toDoRequest'), detail: visit.title, icon: 'clock' })),
  ];
}

function NextAppointment({ visits }: { visits: ReturnType<typeof useVisits> }) {
  const t = useWords(words);
  const address = useAddress();
  return (
    <Section title={t('nextAppointment')}>
      <Source query={visits} missing={t('appointmentsMissing')} lines={4}>
        {(all) => {
          const next = upcoming(all, Date.now()).find((visit) => !isRequest(visit));
          return next ? (
            <VisitCard visit={next} />
          ) : (
            <EmptyState icon="calendar" title={t('noUpcoming')} action={<LinkButton kind="primary" href={address('appointments/book')}>{t('book')}</LinkButton>} />
          );
        }}
      </Source>
    </Section>
  );
}

function NewResults() {
  const t = useWords(words);
  const labels = useLabels();
  const address = useAddress();
  const query = useLatestResultsQuery({ patient: useOwnPatient(), count: RESULTS_ASKED });
  const groups = useMemo(() => {
    const all = groupResults((query.data?.resources ?? []).map((observation) => resultView(observation, labels.words)));
    return all.sort((a, b) => (b.latest.at?.earliest ?? 0) - (a.latest.at?.earliest ?? 0)).slice(0, RESULTS_SHOWN);
  }, [query.data, labels.words]);
  return (
    <Section title={t('newestResults')} action={<LinkButton href={address('results')}>{t('allResults')}</LinkButton>}>
      <Source query={query} missing={t('resultsMissing')} lines={4}>
        {() => (groups.length === 0 ? <EmptyState icon="flask" title={t('noResults')} /> : <div className="p-cards">{groups.map((group) => <ResultCard key={group.key} group={group} />)}</div>)}
      </Source>
    </Section>
  );
}

export default function HomeScreen() {
  const t = useWords(words);
  const address = useAddress();
  const visits = useVisits();
  // A time that is offered is kept for a while only.
  useLive('Appointment');
  const toDos = useToDos(visits.data);
  return (
    <Screen title={t('homeTitle')} lead={t('homeLead')}>
      <NextAppointment visits={visits} />
      {toDos.length > 0 && <Section title={t('toDo')}><LinkList rows={toDos} /></Section>}
      <NewResults />
      <Section title={t('quickLinks')}>
        <LinkList
          rows={[
            { href: address('appointments/book'), label: t('book'), icon: 'plus' },
            { href: address('record/medicines'), label: t('medicines'), icon: 'pill' },
            { href: address('record/documents'), label: t('documents'), icon: 'document' },
            { href: address('more/messages'), label: t('messagesSent'), icon: 'message' },
          ]}
        />
      </Section>
    </Screen>
  );
}
