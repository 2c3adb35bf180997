//! A menu of actions behind one button.
import { Menu as MantineMenu } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { Icon, type IconName } from '../icons';

export interface MenuItem {
  key: string;
  label: ReactNode;
  icon?: IconName;
  /** Marks the choice in force, for menus that choose. */
  checked?: boolean;
  disabled?: boolean;
  danger?: boolean;
  onSelect: () => void;
}

export interface MenuProps {
  /** One button that takes a ref. */
  trigger: ReactElement;
  items: readonly MenuItem[];
  label?: string;
  position?: 'start' | 'end';
}

export function Menu({ trigger, items, label, position = 'end' }: MenuProps) {
  return (
    <MantineMenu position={position === 'end' ? 'bottom-end' : 'bottom-start'} shadow="md" withinPortal>
      <MantineMenu.Target>{trigger}</MantineMenu.Target>
      <MantineMenu.Dropdown className="g-menu">
        {label !== undefined && <MantineMenu.Label>{label}</MantineMenu.Label>}
        {items.map((item) => (
          <MantineMenu.Item
            key={item.key}
            onClick={item.onSelect}
            {...(item.disabled && { disabled: true })}
            {...(item.danger && { color: 'red' })}
            {...(item.icon && { leftSection: <Icon name={item.icon} /> })}
            {...(item.checked !== undefined && { role: 'menuitemradio', 'aria-checked': item.checked })}
            {...(item.checked && { rightSection: <Icon name="check" size={1} /> })}
          >
            {item.label}
          </MantineMenu.Item>
        ))}
      </MantineMenu.Dropdown>
    </MantineMenu>
  );
}
