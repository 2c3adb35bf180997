//! A hint on hover, focus and touch. Never the only place where something is said.
import { Tooltip as MantineTooltip } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';

export interface TooltipProps {
  label: ReactNode;
  disabled?: boolean;
  /** One element that takes a ref. */
  children: ReactElement;
}

export function Tooltip({ label, disabled, children }: TooltipProps) {
  return <MantineTooltip label={label} maw={320} {...(disabled && { disabled })}>{children}</MantineTooltip>;
}
