// A new password, typed twice.
import { useWords } from '@galen/core';
import { PasswordField, Text } from '@galen/ui';
import { words } from '../words/words';

export interface NewPasswordFieldsProps {
  id: string;
  value: string;
  onChange: (value: string) => void;
  again: string;
  onAgainChange: (value: string) => void;
  errorOf: (field: string) => string | undefined;
  /** Not where other fields come before it. */
  focused?: boolean;
}

export function NewPasswordFields({ id, value, onChange, again, onAgainChange, errorOf, focused = true }: NewPasswordFieldsProps) {
  const t = useWords(words);
  return (
    <>
      <Text as="p">{t('newPasswordDetail')}</Text>
      <PasswordField
        id={id}
        label={t('newPassword')}
        value={value}
        onChange={onChange}
        autoComplete="new-password"
        autoFocus={focused}
        error={errorOf(id)}
      />
      <PasswordField
        id={`${id}-again`}
        label={t('newPasswordAgain')}
        value={again}
        onChange={onAgainChange}
        autoComplete="new-password"
        error={errorOf(`${id}-again`)}
      />
    </>
  );
}
