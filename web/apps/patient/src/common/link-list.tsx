// Big rows that lead somewhere: easy to hit, said in a few words.
import { Icon, Link, Text, type IconName } from '@galen/ui';

export interface LinkRow {
  href: string;
  label: string;
  detail?: string;
  icon: IconName;
  badge?: string;
}

export function LinkList({ rows }: { rows: readonly LinkRow[] }) {
  return (
    <ul className="p-links">
      {rows.map(({ href, label, detail, icon, badge }) => (
        <li key={href}>
          <Link href={href} className="p-link-row">
            <span className="p-link-icon"><Icon name={icon} /></span>
            <span className="p-link-text">
              <Text weight="medium">{label}</Text>
              {detail !== undefined && <Text tone="muted" size="sm">{detail}</Text>}
            </span>
            {badge !== undefined && <span className="p-count">{badge}</span>}
            <Icon name="chevronEnd" size={1} />
          </Link>
        </li>
      ))}
    </ul>
  );
}
