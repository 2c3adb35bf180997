//! A dialog for one decision. Orders are never signed in one: it covers the allergies.
import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';

export interface DialogProps {
  opened: boolean;
  onClose: () => void;
  title: ReactNode;
  size?: 'sm' | 'md' | 'lg' | 'xl';
  /** Neither Esc nor a click outside closes it; for signing in again. */
  persistent?: boolean;
  /** Buttons, the one that goes ahead last. */
  actions?: ReactNode;
  children?: ReactNode;
}

const widths = { sm: 400, md: 560, lg: 800, xl: 1080 } as const;

export function Dialog({ opened, onClose, title, size = 'md', persistent, actions, children }: DialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size={widths[size]}
      className="g-dialog"
      withCloseButton={!persistent}
      closeOnClickOutside={!persistent}
      closeOnEscape={!persistent}
    >
      {children}
      {actions !== undefined && <div className="g-dialog-actions">{actions}</div>}
    </Modal>
  );
}
