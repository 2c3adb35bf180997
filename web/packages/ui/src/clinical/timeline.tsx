//! What happened, newest first, under the year it happened in.
import type { TimelineItem } from '@galen/fhir';
import type { ReactNode } from 'react';
import { Icon, type IconName } from '../icons';
import { useLabels } from '../labels/context';
import { Heading } from '../layout/layout';
import { ClinicalDate } from './moments';

const icons: Record<TimelineItem['kind'], IconName> = {
  encounter: 'bed', procedure: 'heart', immunization: 'syringe', document: 'document', problem: 'list', medication: 'pill',
};

export interface TimelineProps {
  items: readonly TimelineItem[];
  /** Level of the year headings. */
  level?: 2 | 3 | 4;
  renderAction?: (item: TimelineItem) => ReactNode;
}

function yearsOf(items: readonly TimelineItem[]): [year: number | undefined, items: TimelineItem[]][] {
  const sorted = [...items].sort((a, b) => (b.at?.earliest ?? -Infinity) - (a.at?.earliest ?? -Infinity) || 0);
  const years = new Map<number | undefined, TimelineItem[]>();
  for (const item of sorted) {
    const year = item.at?.year;
    years.set(year, [...(years.get(year) ?? []), item]);
  }
  return [...years];
}

export function Timeline({ items, level = 3, renderAction }: TimelineProps) {
  const labels = useLabels();
  return (
    <div className="g-timeline">
      {yearsOf(items).map(([year, entries]) => (
        <section key={year ?? 'undated'}>
          <Heading level={level} look={4}>{year ?? labels.timeline.undated}</Heading>
          <ol className="g-plain-list">
            {entries.map((item) => (
              <li key={`${item.kind} ${item.id}`} className="g-timeline-item">
                <span className="g-timeline-mark"><Icon name={icons[item.kind]} label={labels.timeline.kinds[item.kind]} /></span>
                <span className="g-timeline-when">
                  <ClinicalDate value={item.at} dateOnly absent="" />
                  {item.end && item.end.earliest - (item.at?.earliest ?? 0) > 86_400_000 && <> – <ClinicalDate value={item.end} dateOnly /></>}
                </span>
                <span className="g-timeline-what">
                  <span className="g-weight-medium" dir="auto">{item.title}</span>
                  {item.detail && <span className="g-tone-muted" dir="auto"> {item.detail}</span>}
                  {item.status && <span className="g-badge g-badge-neutral">{labels.recordStatuses[item.status] ?? item.status}</span>}
                </span>
                {renderAction?.(item)}
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}
