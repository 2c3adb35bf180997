// The fields of registering and amending.
import { useWords } from '@galen/core';
import { DateField, Grid, NhsNumberField, Select, Textarea, TextField, useLabels, type FormProblem } from '@galen/ui';
import { words } from '../words/words';
import { fieldId, type FieldName, type RegistrationFields } from './details-form';

const GENDERS = ['female', 'male', 'other', 'unknown'] as const;
const NAME_CHARACTERS_MAX = 300;

export interface DetailsFieldsProps {
  fields: RegistrationFields;
  onChange: (change: Partial<RegistrationFields>) => void;
  problems: readonly FormProblem[];
  autoFocus?: boolean;
}

export function DetailsFields({ fields, onChange, problems, autoFocus }: DetailsFieldsProps) {
  const t = useWords(words);
  const labels = useLabels();
  const common = (name: FieldName) => {
    const error = problems.find((problem) => problem.field === fieldId(name))?.message;
    return {
      id: fieldId(name),
      value: fields[name],
      onChange: (value: string) => onChange({ [name]: value }),
      ...(error !== undefined && { error }),
    };
  };
  return (
    <Grid columnMin={18} gap={4}>
      <TextField label={t('family')} {...common('family')} autoComplete="off" maxLength={NAME_CHARACTERS_MAX} isolate {...(autoFocus && { autoFocus })} />
      <TextField label={t('given')} {...common('given')} autoComplete="off" maxLength={NAME_CHARACTERS_MAX} isolate />
      <DateField label={t('birthDate')} {...common('birthDate')} />
      <Select
        label={t('gender')}
        {...common('gender')}
        placeholder={labels.notRecorded}
        choices={GENDERS.map((value) => ({ value, label: labels.patient.genders[value] }))}
      />
      <NhsNumberField label={t('nhsNumber')} {...common('nhsNumber')} />
      <TextField label={t('phone')} {...common('phone')} type="tel" autoComplete="off" />
      <TextField label={t('email')} {...common('email')} type="email" autoComplete="off" />
      <div className="details-address">
        <Textarea label={t('address')} {...common('address')} rows={4} description={t('addressHint')} />
      </div>
    </Grid>
  );
}
