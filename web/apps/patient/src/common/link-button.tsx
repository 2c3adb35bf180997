// A link that looks like the button it stands for.
import { Icon, Link, type IconName } from '@galen/ui';
import type { ReactNode } from 'react';

export interface LinkButtonProps {
  href: string;
  kind?: 'primary' | 'secondary';
  icon?: IconName;
  children: ReactNode;
}

export function LinkButton({ href, kind = 'secondary', icon, children }: LinkButtonProps) {
  return (
    <Link href={href} className={`p-button p-button-${kind}`}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  );
}
