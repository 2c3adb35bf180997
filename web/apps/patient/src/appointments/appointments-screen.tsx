// All appointments: those to come first, then those that were.
import { useLive, useWords } from '@galen/core';
import { Button, EmptyState } from '@galen/ui';
import { useState } from 'react';
import { LinkButton } from '../common/link-button';
import { Screen, Section } from '../common/screen';
import { Source } from '../common/source';
import { useAddress } from '../place';
import { words } from '../words/words';
import { useVisits } from './use-visits';
import { WaitingCard } from './offer-panel';
import { VisitCard } from './visit-card';
import { isOffer, past, upcoming, waiting, type Visit } from './visits';

const PAST_SHOWN = 5;

function Waits({ visits }: { visits: readonly Visit[] }) {
  const t = useWords(words);
  return (
    <Section title={t('waitingFor')}>
      <div className="p-cards">{visits.map((visit) => <WaitingCard key={visit.id} visit={visit} />)}</div>
    </Section>
  );
}

export default function AppointmentsScreen() {
  const t = useWords(words);
  const address = useAddress();
  const visits = useVisits();
  useLive('Appointment');
  const [shown, setShown] = useState(PAST_SHOWN);
  const now = Date.now();
  return (
    <Screen title={t('appointments')}>
      <div><LinkButton kind="primary" icon="plus" href={address('appointments/book')}>{t('book')}</LinkButton></div>
      <Source query={visits} missing={t('appointmentsMissing')} lines={8}>
        {(all) => {
          const [next, before, waits] = [upcoming(all, now), past(all, now), waiting(all)];
          // What waits for an answer comes first.
          const hasOffer = waits.some((visit) => isOffer(visit, now));
          return (
            <>
              {hasOffer && <Waits visits={waits} />}
              <Section title={t('upcoming')}>
                {next.length === 0 ? (
                  <EmptyState icon="calendar" title={t('noUpcoming')}>{t('noUpcomingDetail')}</EmptyState>
                ) : (
                  <div className="p-cards">{next.map((visit) => <VisitCard key={visit.id} visit={visit} />)}</div>
                )}
              </Section>
              {!hasOffer && waits.length > 0 && <Waits visits={waits} />}
              {before.length > 0 && (
                <Section title={t('pastAppointments')}>
                  <div className="p-cards">{before.slice(0, shown).map((visit) => <VisitCard key={visit.id} visit={visit} />)}</div>
                  {before.length > shown && <Button onClick={() => setShown(shown + PAST_SHOWN)}>{t('showEarlier')}</Button>}
                </Section>
              )}
            </>
          );
        }}
      </Source>
      <div className="p-actions"><LinkButton icon="calendar" href={address('appointments/calendar')}>{t('calendarFeeds')}</LinkButton></div>
    </Screen>
  );
}
