// The screen of a waiting room: tokens and rooms, large, and nobody's name.
import { Can, useNow, useParams, useReadQueueDisplayQuery, useTitle, useWords } from '@galen/core';
import { formatTime } from '@galen/fhir';
import { EmptyState } from '@galen/ui';
import { words } from '../words/words';
import { ClinicRoute } from './clinic-route';

/** Whoever is called must see it at once. */
const ASK_AGAIN_MS = 4_000;

/** Its account may see nothing but this screen, so a clinic that the address names is not looked up. */
export default function DisplayScreens() {
  const t = useWords(words);
  const { clinic } = useParams();
  return (
    <Can ability="showQueue" otherwise={<EmptyState icon="lock" title={t('mayNot')} />}>
      {clinic === undefined ? <ClinicRoute path="/desk/display">{() => null}</ClinicRoute> : <Display clinic={clinic} />}
    </Can>
  );
}

function Display({ clinic }: { clinic: string }) {
  const t = useWords(words);
  const now = useNow();
  const { data, isError } = useReadQueueDisplayQuery({ id: clinic }, { pollingInterval: ASK_AGAIN_MS });
  useTitle(t('queueDisplay'));
  // What is old would send people to the wrong room: then the screen says that it does not know.
  const isKnown = data && !isError;
  return (
    <div className="display">
      <header className="display-head">
        <h1 dir="auto">{data?.clinic ?? t('queue')}</h1>
        {data && <time className="g-figures">{formatTime(now, data.zone)}</time>}
      </header>
      {!isKnown ? (
        <p className="display-nobody" role="status">{t('queueUnavailable')}</p>
      ) : data.called.length === 0 ? (
        <p className="display-nobody" role="status">{t('queueNobodyCalled')}</p>
      ) : (
        <ol className="display-called" aria-label={t('queueNow')} aria-live="polite">
          {data.called.map(({ token, place, called }) => (
            <li key={`${token} ${called}`}>
              <span className="g-figures">{token}</span>
              <span dir="auto">{place}</span>
            </li>
          ))}
        </ol>
      )}
      {isKnown && data.next.length > 0 && (
        <footer className="display-next">
          <span>{t('queueNext')}</span>
          {data.next.map((token) => <strong key={token} className="g-figures">{token}</strong>)}
        </footer>
      )}
    </div>
  );
}
