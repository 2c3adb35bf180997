// The field of one question.
import { useValueSetChoicesQuery, useWords } from '@galen/core';
import { choicesOf, choiceText, containedChoices, formatIso, unitsOf, type AnswerValue, type ShownItem } from '@galen/fhir';
import { Button, Checkbox, DateField, ErrorState, LoadingState, RadioGroup, Select, Text, Textarea, TextField, useLabels } from '@galen/ui';
import { words } from '../words/words';
import { AttachmentField } from './attachment-field';
import { fieldId, useAnswer, useForm, useText } from './context';

/** More than this many choices stand in a list that opens. */
const RADIOS_MAX = 8;
const TEXT_CHARACTERS_MAX = 10_000;

interface FieldProps {
  shown: ShownItem;
  label: string;
  error: string | undefined;
}

const common = ({ shown, label, error }: FieldProps) => ({
  id: fieldId(shown.place),
  label: <span dir="auto">{label}</span>,
  required: shown.item.required === true,
  error,
});

const textOf = (value: AnswerValue | undefined): string => (value?.kind === 'text' ? value.value : '');

function OneText(props: FieldProps & { value: string; onChange: (value: string) => void }) {
  const { value, onChange, ...field } = props;
  const { kind, item } = props.shown;
  const parts = common(field);
  switch (kind) {
    case 'text': return <Textarea {...parts} value={value} onChange={onChange} maxLength={item.maxLength ?? TEXT_CHARACTERS_MAX} />;
    case 'date': return <DateField {...parts} value={value} onChange={onChange} />;
    case 'dateTime': return <DateTimeField {...field} value={value} onChange={onChange} />;
    case 'time': return <TimeField {...field} value={value} onChange={onChange} />;
    case 'integer': return <TextField {...parts} value={value} onChange={onChange} inputMode="numeric" autoComplete="off" />;
    case 'decimal': return <TextField {...parts} value={value} onChange={(typed) => onChange(typed.replace(',', '.'))} inputMode="decimal" autoComplete="off" />;
    case 'url': return <TextField {...parts} value={value} onChange={onChange} type="url" autoComplete="off" />;
    default: return <TextField {...parts} value={value} onChange={onChange} isolate {...(item.maxLength !== undefined && { maxLength: item.maxLength })} />;
  }
}

type TextProps = FieldProps & { value: string; onChange: (value: string) => void };

function TimeField({ value, onChange, ...field }: TextProps) {
  const t = useWords(words);
  return <TextField {...common(field)} value={value} onChange={onChange} inputMode="numeric" description={t('timeHint')} autoComplete="off" />;
}

/** A day, and a time beside it where one is known: kept with the zone of the place where it is typed. */
function DateTimeField({ value, onChange, ...field }: TextProps) {
  const t = useWords(words);
  const [day = '', rest = ''] = value.split('T');
  const time = /^\d{2}:\d{2}/.test(rest) ? rest.slice(0, 5) : rest;
  const joined = (onDay: string, at: string) => {
    if (at === '') return onDay;
    if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(at)) return `${onDay}T${at}`;
    const minutes = -new Date(`${onDay}T${at}`).getTimezoneOffset();
    const offset = Number.isNaN(minutes) ? 0 : Math.abs(minutes);
    const zone = `${minutes < 0 ? '-' : '+'}${String(Math.floor(offset / 60)).padStart(2, '0')}:${String(offset % 60).padStart(2, '0')}`;
    return `${onDay}T${at}:00${zone}`;
  };
  const { label, ...parts } = common(field);
  return (
    <fieldset className="p-group p-inline">
      <legend>{label}</legend>
      <DateField {...parts} label={t('day')} value={day} onChange={(next) => onChange(joined(next, time))} />
      <TextField label={t('time')} value={time} onChange={(next) => onChange(joined(day, next))} inputMode="numeric" description={t('timeHint')} autoComplete="off" />
    </fieldset>
  );
}

function TextAnswer(props: FieldProps) {
  const t = useWords(words);
  const { shown, label } = props;
  const { raw, set } = useAnswer(shown.place);
  const texts = raw.length > 0 ? raw.map(textOf) : [''];
  const put = (place: number, text: string) => set(texts.map((one, index) => ({ kind: 'text', value: index === place ? text : one })));
  return (
    <>
      {(shown.item.repeats ? texts : texts.slice(0, 1)).map((text, index) => (
        <OneText key={index} {...props} label={index === 0 ? label : `${label} (${index + 1})`} value={text} onChange={(value) => put(index, value)} />
      ))}
      {shown.item.repeats && <div><Button size="sm" icon="plus" onClick={() => set([...texts, ''].map((value) => ({ kind: 'text', value })))}>{t('addAnother')}</Button></div>}
    </>
  );
}

function YesNo(props: FieldProps) {
  const t = useWords(words);
  const { values, set } = useAnswer(props.shown.place);
  const value = values[0]?.kind === 'boolean' ? String(values[0].value) : '';
  return (
    <RadioGroup
      {...common(props)}
      inline
      value={value}
      onChange={(chosen) => set([{ kind: 'boolean', value: chosen === 'true' }])}
      choices={[{ value: 'true', label: t('yes') }, { value: 'false', label: t('no') }]}
    />
  );
}

function Amount(props: FieldProps) {
  const t = useWords(words);
  const { shown } = props;
  const { raw, set } = useAnswer(shown.place);
  const units = unitsOf(shown.item);
  const value = raw[0]?.kind === 'quantity' ? raw[0] : undefined;
  const unit = value?.unit ?? units[0];
  const put = (typed: string, chosen = unit) => set([{ kind: 'quantity', value: typed.replace(',', '.'), ...(chosen && { unit: chosen }) }]);
  return (
    <div className="p-inline">
      <TextField {...common(props)} value={value?.value ?? ''} onChange={(typed) => put(typed)} inputMode="decimal" autoComplete="off" />
      {units.length > 1 && (
        <Select
          label={t('unit')}
          value={unit?.code ?? ''}
          onChange={(code) => put(value?.value ?? '', units.find((one) => one.code === code))}
          choices={units.map((one) => ({ value: one.code ?? '', label: one.display ?? one.code ?? '' }))}
        />
      )}
      {units.length === 1 && <Text className="p-unit-beside">{units[0]?.display ?? units[0]?.code}</Text>}
    </div>
  );
}

function useChoices({ item }: ShownItem): { choices: AnswerValue[] | undefined; failed: boolean; retry: () => void } {
  const { questionnaire } = useForm();
  const known = containedChoices(questionnaire, item);
  const query = useValueSetChoicesQuery({ url: item.answerValueSet ?? '' }, { skip: known !== undefined });
  return { choices: known ?? (query.data && choicesOf(query.data)), failed: query.isError, retry: () => void query.refetch() };
}

const keyOf = (value: AnswerValue): string => (value.kind === 'coding' ? `${value.value.system ?? ''}|${value.value.code ?? value.value.display ?? ''}` : choiceText(value));

function Choice(props: FieldProps) {
  const t = useWords(words);
  const labels = useLabels();
  const { shown } = props;
  const { values, set } = useAnswer(shown.place);
  const { choices, failed, retry } = useChoices(shown);
  const isOpen = shown.kind === 'open-choice';
  if (failed) return <ErrorState compact title={props.label} detail={t('choicesMissing')} onRetry={retry} />;
  if (!choices) return <LoadingState lines={2} />;
  const keys = new Set(choices.map(keyOf));
  const ofList = values.filter((value) => keys.has(keyOf(value)));
  const own = values.find((value) => value.kind === 'text' && !keys.has(keyOf(value)));
  const withOwn = (chosen: AnswerValue[], text = textOf(own)) => set([...chosen, ...(text === '' ? [] : [{ kind: 'text' as const, value: text }])]);
  const shownText = (value: AnswerValue) => (value.kind === 'text' ? (formatIso(value.value, { words: labels.words }) ?? value.value) : choiceText(value));
  const options = choices.map((value) => ({ value: keyOf(value), label: shownText(value) }));
  const chosen = (key: string) => choices.filter((value) => keyOf(value) === key);
  return (
    <>
      {shown.item.repeats ? (
        <fieldset className="p-group" id={fieldId(shown.place)} tabIndex={-1}>
          <legend><span dir="auto">{props.label}</span></legend>
          {choices.map((value) => (
            <Checkbox
              key={keyOf(value)}
              label={shownText(value)}
              checked={ofList.some((one) => keyOf(one) === keyOf(value))}
              onChange={(on) => withOwn(on ? [...ofList, value] : ofList.filter((one) => keyOf(one) !== keyOf(value)))}
            />
          ))}
          {props.error !== undefined && <Text as="p" tone="critical" size="sm">{props.error}</Text>}
        </fieldset>
      ) : options.length > RADIOS_MAX ? (
        <Select {...common(props)} value={ofList[0] ? keyOf(ofList[0]) : ''} onChange={(key) => set(chosen(key))} choices={options} placeholder={t('choose')} />
      ) : (
        <RadioGroup {...common(props)} value={ofList[0] ? keyOf(ofList[0]) : ''} onChange={(key) => set(chosen(key))} choices={options} />
      )}
      {isOpen && <TextField label={t('somethingElse')} value={textOf(own)} onChange={(text) => (shown.item.repeats ? withOwn(ofList, text) : withOwn([], text))} isolate />}
    </>
  );
}

function ReferenceAnswer(props: FieldProps) {
  const { shown } = props;
  const { values, set } = useAnswer(shown.place);
  if (shown.item.answerOption) return <Choice {...props} />;
  const value = values[0]?.kind === 'reference' ? (values[0].value.display ?? '') : '';
  return <TextField {...common(props)} value={value} onChange={(display) => set(display === '' ? [] : [{ kind: 'reference', value: { display } }])} isolate />;
}

export function Answer({ shown }: { shown: ShownItem }) {
  const t = useWords(words);
  const { errorOf } = useForm();
  const label = useText(shown) || t('question');
  const props: FieldProps = { shown, label, error: errorOf(shown.place) };
  if (shown.item.readOnly) return <ReadOnly {...props} />;
  switch (shown.kind) {
    case 'boolean': return <YesNo {...props} />;
    case 'choice':
    case 'open-choice': return <Choice {...props} />;
    case 'quantity': return <Amount {...props} />;
    case 'attachment': return <AttachmentField {...props} />;
    case 'reference': return <ReferenceAnswer {...props} />;
    default: return <TextAnswer {...props} />;
  }
}

function ReadOnly({ shown, label }: FieldProps) {
  const t = useWords(words);
  const { values } = useAnswer(shown.place);
  const text = (value: AnswerValue) => (value.kind === 'boolean' ? t(value.value ? 'yes' : 'no') : value.kind === 'quantity' ? `${value.value} ${value.unit?.display ?? ''}` : choiceText(value));
  return <div><Text as="div" weight="medium" isolate>{label}</Text><Text as="div" isolate>{values.map(text).join(', ') || '–'}</Text></div>;
}
