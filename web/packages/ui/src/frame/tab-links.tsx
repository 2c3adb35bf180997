//! Tabs that are places: each has an address, so back, bookmarks and opening beside each other all work.
import { useEffect, useRef } from 'react';
import { Icon, type IconName } from '../icons';
import { Link } from '../links';

export interface TabLink {
  href: string;
  label: string;
  icon?: IconName;
  current?: boolean;
  count?: number;
}

export function TabLinks({ tabs, label }: { tabs: readonly TabLink[]; label: string }) {
  const list = useRef<HTMLUListElement>(null);
  const current = tabs.find((tab) => tab.current)?.href;
  useEffect(() => {
    // On a phone the row scrolls sideways; the tab one stands on must be in sight.
    const tab = list.current?.querySelector('[aria-current="page"]');
    tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [current]);
  return (
    <nav className="g-tabs" aria-label={label}>
      <ul ref={list}>
        {tabs.map((tab) => (
          <li key={tab.href}>
            <Link href={tab.href} className="g-tab" aria-current={tab.current ? 'page' : undefined}>
              {tab.icon && <Icon name={tab.icon} />}
              {tab.label}
              {tab.count !== undefined && <span className="g-tab-count">{tab.count}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
