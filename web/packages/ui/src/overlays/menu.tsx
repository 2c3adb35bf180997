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

function Action({ item }: { item: MenuItem }) {
  return (
    <MantineMenu.Item
      onClick={item.onSelect}
      {...(item.disabled && { disabled: true })}
      {...(item.danger && { color: 'red' })}
      {...(item.icon && { leftSection: <Icon name={item.icon} /> })}
    >
      {item.label}
    </MantineMenu.Item>
  );
}

function Option({ item, checked }: { item: MenuItem; checked: boolean }) {
  return (
    <MantineMenu.RadioItem
      value={item.key}
      checked={checked}
      onChange={item.onSelect}
      closeMenuOnClick
      checkIcon={<Icon name="check" size={1} />}
      {...(item.disabled && { disabled: true })}
    >
      {item.label}
    </MantineMenu.RadioItem>
  );
}

export function Menu({ trigger, items, label, position = 'end' }: MenuProps) {
  return (
    // The first item has the focus when it opens, and not a place between them, which a menu may not hold (ARIA).
    <MantineMenu position={position === 'end' ? 'bottom-end' : 'bottom-start'} shadow="md" withinPortal withInitialFocusPlaceholder={false}>
      <MantineMenu.Target>{trigger}</MantineMenu.Target>
      <MantineMenu.Dropdown className="g-menu">
        {label !== undefined && <MantineMenu.Label>{label}</MantineMenu.Label>}
        {items.map((item) => (item.checked === undefined ? <Action key={item.key} item={item} /> : <Option key={item.key} item={item} checked={item.checked} />))}
      </MantineMenu.Dropdown>
    </MantineMenu>
  );
}
