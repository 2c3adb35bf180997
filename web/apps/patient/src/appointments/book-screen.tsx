// Booking: what for, when, and the last look before it is certain.
import { useListServicesQuery, useParams, useWords, type ServiceView } from '@galen/core';
import { EmptyState, Icon, Link, Text } from '@galen/ui';
import { Screen, Section } from '../common/screen';
import { Source } from '../common/source';
import { useAddress } from '../place';
import { words } from '../words/words';
import { BookTime } from './book-time';

function ServiceList({ services }: { services: readonly ServiceView[] }) {
  const t = useWords(words);
  const address = useAddress();
  const row = (service: ServiceView, detail: string) => (
    <li key={service.id}>
      <Link href={address(`appointments/book/${service.id}`)} className="p-link-row">
        <span className="p-link-text">
          <Text weight="medium" isolate>{service.name}</Text>
          <Text tone="muted" size="sm">{[t('minutes', { count: service.minutes }), detail].join(' · ')}</Text>
        </span>
        <Icon name="chevronEnd" size={1} />
      </Link>
    </li>
  );
  const of = (portal: ServiceView['portal']) => services.filter((service) => service.portal === portal);
  const [book, ask, see] = [of('self-book'), of('request-approval'), of('view-only')];
  if (services.length === 0) return <EmptyState icon="calendar" title={t('noServices')}>{t('noServicesDetail')}</EmptyState>;
  return (
    <>
      {book.length > 0 && <Section title={t('bookYourself')}><ul className="p-links">{book.map((one) => row(one, t('bookYourselfShort')))}</ul></Section>}
      {ask.length > 0 && (
        <Section title={t('askForTime')}>
          <Text as="p" tone="muted">{t('askForTimeDetail')}</Text>
          <ul className="p-links">{ask.map((one) => row(one, t('askForTimeShort')))}</ul>
        </Section>
      )}
      {see.length > 0 && (
        <Section title={t('callUs')}>
          <Text as="p" tone="muted">{t('callUsDetail')}</Text>
          <ul className="p-links">{see.map(({ id, name }) => <li key={id} className="p-link-row p-plain-row"><Text isolate>{name}</Text></li>)}</ul>
        </Section>
      )}
    </>
  );
}

export default function BookScreen() {
  const t = useWords(words);
  const address = useAddress();
  const { service = '' } = useParams();
  const query = useListServicesQuery({});
  const chosen = query.data?.services.find(({ id }) => id === service);
  return (
    <Screen title={chosen ? chosen.name : t('book')} back={address(service === '' ? 'appointments' : 'appointments/book')} lead={service === '' ? t('bookLead') : undefined}>
      <Source query={query} missing={t('servicesMissing')} lines={8}>
        {({ services }) => {
          if (service === '') return <ServiceList services={services} />;
          return chosen && chosen.portal !== 'view-only' ? <BookTime service={chosen} /> : <EmptyState icon="question" title={t('notOnline')}>{t('callUsDetail')}</EmptyState>;
        }}
      </Source>
    </Screen>
  );
}
