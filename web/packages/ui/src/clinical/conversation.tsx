// What two sides wrote to each other, in order; one's own words stand at the end of the line.
import type { ReactNode } from 'react';
import { Text } from '../layout/layout';
import { ClinicalDate } from './moments';

export interface ConversationLine {
  id: string;
  /** When it was sent (RFC 3339). */
  at: string;
  /** Who wrote it, as the reader knows them. */
  by: ReactNode;
  text: string;
  isOwn: boolean;
}

export function Conversation({ lines, label }: { lines: readonly ConversationLine[]; label: string }) {
  return (
    <ol className="g-conversation g-plain-list" aria-label={label}>
      {lines.map(({ id, at, by, text, isOwn }) => (
        <li key={id} className={isOwn ? 'g-said g-said-own' : 'g-said'}>
          <span className="g-said-head">
            <Text weight="medium" size="sm" isolate>{by}</Text> <Text tone="muted" size="sm"><ClinicalDate value={at} /></Text>
          </span>
          <p className="g-said-text" dir="auto">{text}</p>
        </li>
      ))}
    </ol>
  );
}
