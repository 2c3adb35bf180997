// A screen: one heading that takes the focus when one comes to it, and the way back.
import { useTitle, useWords } from '@galen/core';
import { Heading, Icon, Link, Stack, Text } from '@galen/ui';
import { useEffect, useRef, type ReactNode } from 'react';
import { words } from '../words/words';

export interface ScreenProps {
  title: string;
  lead?: ReactNode;
  /** The screen that this one belongs to. */
  back?: string;
  children: ReactNode;
}

export function Screen({ title, lead, back, children }: ScreenProps) {
  const t = useWords(words);
  const heading = useRef<HTMLHeadingElement>(null);
  useTitle(title);
  useEffect(() => {
    // A page that was just opened is read from its beginning; a screen within it from its heading.
    if (document.activeElement !== document.body && document.activeElement !== null) heading.current?.focus();
  }, []);
  return (
    <div className="p-screen">
      {back !== undefined && (
        <Link href={back} className="p-back"><Icon name="chevronStart" size={1} />{t('back')}</Link>
      )}
      <Heading level={1} ref={heading} focusable>{title}</Heading>
      {lead !== undefined && <Text as="p" className="p-lead">{lead}</Text>}
      <Stack gap={5}>{children}</Stack>
    </div>
  );
}

export function Section({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section className="p-section" aria-label={title}>
      <div className="p-section-head">
        <Heading level={2}>{title}</Heading>
        {action}
      </div>
      {children}
    </section>
  );
}
