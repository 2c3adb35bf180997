//! Fields of one line or many. Each has a visible label, and its error is tied to it for screen readers.
import { Checkbox as MantineCheckbox, NativeSelect, PasswordInput, Radio, Textarea as MantineTextarea, TextInput } from '@mantine/core';
import { useId, type HTMLInputAutoCompleteAttribute, type KeyboardEventHandler, type ReactNode, type Ref } from 'react';
import { Icon } from '../icons';
import { useLabels } from '../labels/context';
import { IconButton } from './button';

export interface FieldProps {
  label: ReactNode;
  /** Also the target of the form's error summary. */
  id?: string;
  name?: string;
  description?: ReactNode;
  error?: ReactNode;
  required?: boolean;
  disabled?: boolean;
  readOnly?: boolean;
  autoFocus?: boolean;
}

export interface TextFieldProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  onBlur?: () => void;
  onKeyDown?: KeyboardEventHandler<HTMLInputElement>;
  type?: 'text' | 'email' | 'tel' | 'url';
  inputMode?: 'text' | 'numeric' | 'decimal' | 'tel' | 'email';
  autoComplete?: HTMLInputAutoCompleteAttribute;
  placeholder?: string;
  maxLength?: number;
  spellCheck?: boolean;
  /** Follow the direction of what is typed, for names. */
  isolate?: boolean;
  /** A button inside the box, at its end. */
  end?: ReactNode;
  ref?: Ref<HTMLInputElement>;
}

export function TextField({ onChange, isolate, end, ...props }: TextFieldProps) {
  return (
    <TextInput
      onChange={(event) => onChange(event.currentTarget.value)}
      {...(isolate && { dir: 'auto' })}
      {...(end !== undefined && { rightSection: end, rightSectionPointerEvents: 'all' as const })}
      {...props}
    />
  );
}

export interface SearchFieldProps extends Omit<TextFieldProps, 'type' | 'isolate' | 'end'> {
  /** Hide the label from sight where the place says it. */
  labelHidden?: boolean;
  onClear?: () => void;
  'aria-controls'?: string;
  'aria-activedescendant'?: string;
  'aria-expanded'?: boolean;
  role?: 'searchbox' | 'combobox';
}

export function SearchField({ onChange, labelHidden, onClear, label, value, ...props }: SearchFieldProps) {
  const labels = useLabels();
  const clear = onClear ?? (() => onChange(''));
  return (
    <TextInput
      type="search"
      autoComplete="off"
      spellCheck={false}
      dir="auto"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      leftSection={<Icon name="search" />}
      rightSectionPointerEvents="all"
      rightSection={value === '' ? undefined : <IconButton icon="close" size="sm" label={labels.clear} onClick={clear} />}
      {...(labelHidden && typeof label === 'string' ? { 'aria-label': label } : { label })}
      {...props}
    />
  );
}

export interface PasswordFieldProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  autoComplete?: 'current-password' | 'new-password';
  ref?: Ref<HTMLInputElement>;
}

export function PasswordField({ onChange, autoComplete = 'current-password', ...props }: PasswordFieldProps) {
  const labels = useLabels();
  return (
    <PasswordInput
      autoComplete={autoComplete}
      onChange={(event) => onChange(event.currentTarget.value)}
      visibilityToggleButtonProps={{ 'aria-label': labels.showPassword, tabIndex: 0 }}
      visibilityToggleIcon={({ reveal }) => <Icon name={reveal ? 'eyeOff' : 'eye'} />}
      // Unlike the kit's other fields, this one does not say so itself.
      aria-invalid={props.error !== undefined || undefined}
      {...props}
    />
  );
}

export interface TextareaProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  rows?: number;
  maxLength?: number;
  ref?: Ref<HTMLTextAreaElement>;
}

export function Textarea({ onChange, rows = 4, autoFocus, ...props }: TextareaProps) {
  // A dialog gives the focus to what is marked so, and without that to its close button.
  const focus = autoFocus && { autoFocus, 'data-autofocus': true };
  return <MantineTextarea dir="auto" rows={rows} onChange={(event) => onChange(event.currentTarget.value)} {...focus} {...props} />;
}

export interface Choice {
  value: string;
  label: string;
  disabled?: boolean;
  description?: string;
}

export interface SelectProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  choices: readonly Choice[];
  /** Adds an empty first choice with these words. */
  placeholder?: string;
  ref?: Ref<HTMLSelectElement>;
}

/** The browser's own list: the fastest and most accessible on every phone. */
export function Select({ onChange, choices, placeholder, readOnly, ...props }: SelectProps) {
  const options = choices.map(({ value, label, disabled }) => ({ value, label, ...(disabled && { disabled }) }));
  return (
    <NativeSelect
      onChange={(event) => onChange(event.currentTarget.value)}
      data={placeholder === undefined ? options : [{ value: '', label: placeholder }, ...options]}
      rightSection={<Icon name="chevronDown" />}
      {...(readOnly && { disabled: true })}
      {...props}
    />
  );
}

export interface CheckboxProps extends Omit<FieldProps, 'readOnly'> {
  checked: boolean;
  onChange: (checked: boolean) => void;
  indeterminate?: boolean;
  ref?: Ref<HTMLInputElement>;
}

export function Checkbox({ onChange, ...props }: CheckboxProps) {
  return <MantineCheckbox onChange={(event) => onChange(event.currentTarget.checked)} {...props} />;
}

export interface RadioGroupProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  choices: readonly Choice[];
  inline?: boolean;
}

export function RadioGroup({ choices, inline, disabled, autoFocus, name, ...props }: RadioGroupProps) {
  const fallback = useId();
  return (
    <Radio.Group name={name ?? fallback} {...props}>
      <div className={inline ? 'g-radios g-radios-inline' : 'g-radios'}>
        {choices.map((choice, index) => (
          <Radio
            key={choice.value}
            value={choice.value}
            label={choice.label}
            description={choice.description}
            disabled={disabled || choice.disabled}
            autoFocus={autoFocus && index === 0}
          />
        ))}
      </div>
    </Radio.Group>
  );
}
