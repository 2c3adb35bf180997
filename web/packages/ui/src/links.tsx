//! Links without knowing the router: the shell hands its link component in, the kit falls back on a plain anchor.
import { createContext, useContext, type ComponentType, type ReactNode, type Ref } from 'react';

export interface LinkProps {
  href: string;
  children?: ReactNode;
  className?: string;
  title?: string;
  onClick?: () => void;
  ref?: Ref<HTMLAnchorElement>;
  'aria-current'?: 'page' | undefined;
  'aria-label'?: string;
}

function Anchor(props: LinkProps) {
  return <a {...props} />;
}

const LinkContext = createContext<ComponentType<LinkProps>>(Anchor);

export const LinkProvider = LinkContext.Provider;

export function Link({ className = 'g-link', ...props }: LinkProps) {
  const Target = useContext(LinkContext);
  return <Target className={className} {...props} />;
}
