// A screen of one card, outside the portals' frame: signing in, and what an application asks for.
import { Card } from '@galen/ui';
import type { ReactNode } from 'react';
import { Brand } from './brand';
import { PreferenceMenus } from './preference-menus';

export function CardPage({ card, children }: { card: ReactNode; children?: ReactNode }) {
  return (
    <div className="sign-in">
      <div className="sign-in-tools"><PreferenceMenus /></div>
      <main className="sign-in-column">
        <Brand large />
        <Card className="sign-in-card">{card}</Card>
        {children}
      </main>
    </div>
  );
}
