// One appointment: when, what for, with whom, where, and what it stands at.
import { useWords } from '@galen/core';
import { Badge, Icon, Link, Text, type BadgeProps } from '@galen/ui';
import { useDayAndTime, ZoneNote } from '../common/dates';
import { useAddress } from '../place';
import { words } from '../words/words';
import { isOffer, isRequest, type Visit } from './visits';

type Word = Parameters<ReturnType<typeof words.translate>>[0];

const STATUS: Record<string, { word: Word; tone: NonNullable<BadgeProps['tone']> }> = {
  booked: { word: 'statusBooked', tone: 'success' },
  arrived: { word: 'statusArrived', tone: 'info' },
  'checked-in': { word: 'statusCheckedIn', tone: 'info' },
  fulfilled: { word: 'statusFulfilled', tone: 'neutral' },
  cancelled: { word: 'statusCancelled', tone: 'warning' },
  noshow: { word: 'statusMissed', tone: 'warning' },
  waitlist: { word: 'statusWaiting', tone: 'info' },
};

export function VisitStatus({ visit }: { visit: Visit }) {
  const t = useWords(words);
  if (isOffer(visit, Date.now())) return <Badge tone="success" icon="calendar">{t('statusOffered')}</Badge>;
  if (visit.view.isOffer) return <Badge tone="info">{t('statusWaiting')}</Badge>;
  if (isRequest(visit)) return <Badge tone="info" icon="clock">{t('statusRequested')}</Badge>;
  const known = STATUS[visit.view.status];
  return known ? <Badge tone={known.tone}>{t(known.word)}</Badge> : <Badge>{visit.view.status}</Badge>;
}

export function VisitFacts({ visit }: { visit: Visit }) {
  const { start, end, zone } = visit.view;
  const { day, time } = useDayAndTime(zone);
  return (
    <div className="p-visit-facts">
      <Text as="div" weight="bold" size="lg">{day(start ?? undefined)}</Text>
      {start && (
        <Text as="div" size="lg"><bdi dir="ltr">{[time(start), end && time(end)].filter(Boolean).join(' – ')}</bdi></Text>
      )}
      <ZoneNote zone={zone} at={start} />
      {visit.who.length > 0 && <div className="p-icon-line"><Icon name="person" /><Text isolate>{visit.who.join(', ')}</Text></div>}
      {visit.where.length > 0 && <div className="p-icon-line"><Icon name="home" /><Text isolate>{visit.where.join(', ')}</Text></div>}
    </div>
  );
}

export function VisitCard({ visit, headingLevel: Level = 'h3' }: { visit: Visit; headingLevel?: 'h2' | 'h3' }) {
  const t = useWords(words);
  const address = useAddress();
  return (
    <article className="p-card p-visit">
      <div className="p-card-head">
        <Level className="p-card-title">
          <Link href={address(`appointments/${visit.id}`)} className="p-card-link"><bdi>{visit.title || t('appointment')}</bdi></Link>
        </Level>
        <VisitStatus visit={visit} />
      </div>
      <VisitFacts visit={visit} />
    </article>
  );
}
