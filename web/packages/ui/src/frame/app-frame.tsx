//! Header, navigation, content. On a phone the navigation folds away behind a button, or stands at the bottom edge.
import { useEffect, useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import { IconButton } from '../controls/button';
import { Icon, type IconName } from '../icons';
import { useLabels } from '../labels/context';
import { classes } from '../layout/layout';
import { Link } from '../links';

export interface NavigationItem {
  href: string;
  label: string;
  icon?: IconName;
  current?: boolean;
  /** Small count after the label, spoken with `countLabel`. */
  count?: number;
  countLabel?: string;
}

export interface NavigationGroup {
  label?: string;
  items: readonly NavigationItem[];
}

export interface AppFrameProps {
  /** Product name or mark, at the start of the header. */
  brand: ReactNode;
  /** Search, middle of the header. */
  search?: ReactNode;
  /** Account, theme, language, at its end. */
  tools?: ReactNode;
  navigation?: readonly NavigationGroup[];
  /** On a phone: folded away behind a button, or a bar at the bottom edge, for the few screens of those who seldom come. */
  phoneNavigation?: 'fold' | 'bottom';
  /** Offline and stale bars, under the header. */
  bars?: ReactNode;
  /** Beside the content, never over it. */
  side?: ReactNode;
  /** Where the person is; when it changes the folded navigation closes. */
  location?: string;
  children?: ReactNode;
}

export const MAIN_ID = 'main';

function Navigation({ groups }: { groups: readonly NavigationGroup[] }) {
  return groups.map((group, index) => (
    <div key={group.label ?? index} className="g-nav-group">
      {group.label && <div className="g-nav-label">{group.label}</div>}
      <ul>
        {group.items.map((item) => (
          <li key={item.href}>
            <Link href={item.href} className="g-nav-item" aria-current={item.current ? 'page' : undefined}>
              {item.icon && <Icon name={item.icon} />}
              <span>{item.label}</span>
              {item.count !== undefined && <span className="g-nav-count" aria-label={item.countLabel}>{item.count}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  ));
}

export function AppFrame({ brand, search, tools, navigation = [], phoneNavigation = 'fold', bars, side, location, children }: AppFrameProps) {
  const labels = useLabels();
  const id = useId();
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [location]);
  const isFolded = phoneNavigation === 'fold';
  const hasNavigation = navigation.some((group) => group.items.length > 0);
  const closeOnEscape = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && open) setOpen(false);
  };
  return (
    <div className={classes('g-frame', !isFolded && 'g-frame-bottom')} onKeyDown={closeOnEscape}>
      <a className="g-skip" href={`#${MAIN_ID}`}>{labels.skipToContent}</a>
      <header className="g-header">
        {hasNavigation && isFolded && (
          <span className="g-phone-only">
            <IconButton icon={open ? 'close' : 'menu'} label={labels.openMenu} aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)} />
          </span>
        )}
        <div className="g-brand">{brand}</div>
        {search !== undefined && <div className="g-header-search">{search}</div>}
        {tools !== undefined && <div className="g-header-tools">{tools}</div>}
      </header>
      {bars}
      <div className="g-frame-body">
        {hasNavigation && (
          <nav id={id} className={classes('g-nav', open && 'g-nav-open', !isFolded && 'g-nav-bottom')} aria-label={labels.mainNavigation}>
            <Navigation groups={navigation} />
          </nav>
        )}
        <main id={MAIN_ID} className="g-main" tabIndex={-1}>{children}</main>
        {side}
      </div>
    </div>
  );
}
