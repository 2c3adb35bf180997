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
import { past, upcoming, waiting } from './visits';

const PAST_SHOWN = 5;

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
          return (
            <>
              <Section title={t('upcoming')}>
                {next.length === 0 ? (
                  <EmptyState icon="calendar" title={t('noUpcoming')}>{t('noUpcomingDetail')}</EmptyState>
                ) : (
                  <div className="p-cards">{next.map((visit) => <VisitCard key={visit.id} visit={visit} />)}</div>
                )}
              </Section>
              {waits.length > 0 && (
                <Section title={t('waitingFor')}>
                  <div className="p-cards">{waits.map((visit) => <WaitingCard key={visit.id} visit={visit} />)}</div>
                </Section>
              )}
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
