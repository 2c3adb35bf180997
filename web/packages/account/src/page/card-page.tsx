// A screen of one card, outside the portals' frame: signing in, and what an application asks for.
import { Card } from '@galen/ui';
import type { ReactNode } from 'react';
import { Brand } from './brand';

export interface CardPageProps {
  card: ReactNode;
  /** Language, and what else there is to choose. */
  tools: ReactNode;
  children?: ReactNode;
}

export function CardPage({ card, tools, children }: CardPageProps) {
  return (
    <div className="sign-in">
      <div className="sign-in-tools">{tools}</div>
      <main className="sign-in-column">
        <Brand large />
        <Card className="sign-in-card">{card}</Card>
        {children}
      </main>
    </div>
  );
}
