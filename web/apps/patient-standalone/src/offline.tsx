// Opened without a connection: what was kept, and as of when.
import { Brand, LanguageChoice, readKept, type Kept } from '@galen/account';
import { useTitle, useWords } from '@galen/core';
import { upcoming, useDayAndTime, VisitFacts, type Visit } from '@galen/patient/offline';
import { words } from '@galen/patient/words';
import { AppFrame, Banner, EmptyState, Heading, LoadingState, Text } from '@galen/ui';
import { useEffect, useState } from 'react';

function KeptVisits({ kept }: { kept: Kept<Visit> }) {
  const t = useWords(words);
  const visits = upcoming(kept.things, Date.now());
  return (
    <div className="patient" data-density="comfortable">
      <div className="p-screen">
        <Heading level={1}>{t('appointments')}</Heading>
        <Text as="p" className="p-lead">{t('offlineDetail')}</Text>
        {visits.length === 0 && <EmptyState icon="calendar" title={t('noUpcoming')} />}
        <div className="p-cards">
          {visits.map((visit) => (
            <article key={visit.id} className="p-card p-visit">
              <h2 className="p-card-title"><bdi>{visit.title || t('appointment')}</bdi></h2>
              <VisitFacts visit={visit} />
              {visit.preparation !== undefined && <p className="p-prose" dir="auto">{visit.preparation}</p>}
            </article>
          ))}
        </div>
      </div>
    </div>
  );
}

export default function Offline() {
  const t = useWords(words);
  const { both } = useDayAndTime();
  const [kept, setKept] = useState<Kept<Visit> | null>();
  useTitle(t('offlineNothing'));
  useEffect(() => void readKept<Visit>().then((found) => setKept(found ?? null)), []);
  return (
    <AppFrame
      brand={<Brand />}
      tools={<LanguageChoice />}
      bars={kept ? <Banner tone="warning" icon="offline">{t('offlineAsOf', { moment: both(kept.at) })}</Banner> : undefined}
    >
      {kept === undefined && <LoadingState lines={4} />}
      {kept === null && <EmptyState icon="offline" title={t('offlineNothing')}>{t('offlineNothingDetail')}</EmptyState>}
      {kept && <KeptVisits kept={kept} />}
    </AppFrame>
  );
}
