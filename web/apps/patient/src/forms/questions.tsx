// The questions of a form, group by group; each kind of answer has a field of its own.
import { useWords } from '@galen/core';
import type { ShownItem } from '@galen/fhir';
import { Alert, Button, Heading, Text } from '@galen/ui';
import { words } from '../words/words';
import { Answer } from './answer';
import { useForm, useText } from './context';

function Group({ shown, level }: { shown: ShownItem; level: 2 | 3 | 4 }) {
  const t = useWords(words);
  const text = useText(shown);
  const { answers, change } = useForm();
  const { instance } = shown;
  const title = instance && instance.count > 1 ? `${text} (${t('ofMany', { number: instance.index + 1, count: instance.count })})` : text;
  const more = (count: number) => instance && change({ ...answers, times: { ...answers.times, [instance.place]: count } });
  const isLast = instance !== undefined && instance.index === instance.count - 1;
  return (
    <fieldset className="p-group">
      {title !== '' && <legend><Heading level={level} look={level === 2 ? 3 : 4}><span dir="auto">{title}</span></Heading></legend>}
      <Questions items={shown.children} level={level === 2 ? 3 : 4} />
      {isLast && (
        <div className="p-actions">
          <Button size="sm" icon="plus" onClick={() => more(instance.count + 1)}>{t('addAnother')}</Button>
          {instance.count > 1 && <Button size="sm" kind="quiet" onClick={() => more(instance.count - 1)}>{t('removeLast')}</Button>}
        </div>
      )}
    </fieldset>
  );
}

function Display({ shown }: { shown: ShownItem }) {
  return <Text as="p" isolate className="p-prose">{useText(shown)}</Text>;
}

function Unsupported({ shown }: { shown: ShownItem }) {
  const t = useWords(words);
  return <Alert tone="warning" title={useText(shown) || t('question')}>{t('cannotAnswerHere')}</Alert>;
}

export function Questions({ items, level }: { items: readonly ShownItem[]; level: 2 | 3 | 4 }) {
  return items.map((shown) => {
    if (shown.kind === 'group') return <Group key={shown.place} shown={shown} level={level} />;
    const own = shown.kind === 'display' ? <Display shown={shown} /> : shown.kind === 'unsupported' ? <Unsupported shown={shown} /> : <Answer shown={shown} />;
    return (
      <div key={shown.place} className="p-question">
        {own}
        {shown.children.length > 0 && <div className="p-below"><Questions items={shown.children} level={level} /></div>}
      </div>
    );
  });
}
