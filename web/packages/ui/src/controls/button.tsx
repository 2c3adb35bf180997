//! Buttons. One primary button on a screen; red only for what cannot be undone.
import { ActionIcon, Button as MantineButton } from '@mantine/core';
import type { MouseEventHandler, ReactNode, Ref } from 'react';
import { Icon, type IconName } from '../icons';

export type ButtonKind = 'primary' | 'secondary' | 'quiet' | 'danger';

export interface ButtonProps {
  kind?: ButtonKind;
  size?: 'sm' | 'md';
  type?: 'button' | 'submit';
  icon?: IconName;
  loading?: boolean;
  disabled?: boolean;
  fullWidth?: boolean;
  form?: string;
  onClick?: MouseEventHandler<HTMLButtonElement>;
  ref?: Ref<HTMLButtonElement>;
  autoFocus?: boolean;
  'aria-expanded'?: boolean;
  'aria-controls'?: string;
  'aria-pressed'?: boolean;
  'aria-label'?: string;
  'aria-keyshortcuts'?: string;
  children?: ReactNode;
}

const variants = { primary: 'filled', secondary: 'default', quiet: 'subtle', danger: 'filled' } as const;

export function Button({ kind = 'secondary', type = 'button', size = 'md', icon, ...props }: ButtonProps) {
  return (
    <MantineButton
      variant={variants[kind]}
      type={type}
      size={size === 'md' ? 'sm' : 'xs'}
      {...(kind === 'danger' && { color: 'red' })}
      {...(icon && { leftSection: <Icon name={icon} /> })}
      {...props}
    />
  );
}

export interface IconButtonProps {
  icon: IconName;
  /** Spoken and shown as a tooltip. */
  label: string;
  kind?: 'secondary' | 'quiet';
  size?: 'sm' | 'md';
  disabled?: boolean;
  loading?: boolean;
  onClick?: MouseEventHandler<HTMLButtonElement>;
  ref?: Ref<HTMLButtonElement>;
  'aria-expanded'?: boolean;
  'aria-controls'?: string;
  'aria-pressed'?: boolean;
  'aria-keyshortcuts'?: string;
}

export function IconButton({ icon, label, kind = 'quiet', size = 'md', ...props }: IconButtonProps) {
  return (
    <ActionIcon variant={kind === 'quiet' ? 'subtle' : 'default'} color="gray" className="g-icon-button" size={size === 'md' ? 36 : 28} aria-label={label} data-hint={label} {...props}>
      <Icon name={icon} />
    </ActionIcon>
  );
}
