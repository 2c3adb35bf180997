// One test: its newest value, what it means beside the usual range, and the way to those before.
import { useWords } from '@galen/core';
import { plainFlag, type ResultGroup } from '@galen/fhir';
import { Badge, ClinicalDate, Link, Text, useLabels, valueText } from '@galen/ui';
import { useAddress } from '../place';
import { words } from '../words/words';
import { PlainFlagBadge, RangeBar } from './flags';

/** By the id of its newest value: what was tested for is nobody's business who sees an address. */
export const testPath = ({ latest }: ResultGroup): string => `results/${latest.id}`;

export function Value({ result }: { result: ResultGroup['latest'] }) {
  const labels = useLabels();
  const { value } = result;
  return (
    <bdi className="p-value">
      <strong>{valueText(value, labels)}</strong>
      {value.unit !== undefined && <span className="p-unit"> {value.unit}</span>}
    </bdi>
  );
}

export function ResultCard({ group }: { group: ResultGroup }) {
  const t = useWords(words);
  const labels = useLabels();
  const address = useAddress();
  const { latest } = group;
  return (
    <article className="p-card">
      <div className="p-card-head">
        <h3 className="p-card-title"><Link href={address(testPath(group))} className="p-card-link"><bdi>{group.name}</bdi></Link></h3>
        <Text tone="muted" size="sm"><ClinicalDate value={latest.at} dateOnly absent={t('noDate')} /></Text>
      </div>
      <div className="p-result-line">
        <Value result={latest} />
        {plainFlag(latest) !== 'none' && <PlainFlagBadge result={latest} />}
        {latest.status === 'preliminary' && <Badge tone="info">{t('notFinal')}</Badge>}
        {(latest.status === 'corrected' || latest.status === 'amended') && <Badge tone="info">{labels.results.statuses[latest.status]}</Badge>}
      </div>
      <RangeBar result={latest} />
      {group.results.length > 1 && <Text as="div" tone="muted" size="sm">{t('earlierResults', { count: group.results.length - 1 })}</Text>}
    </article>
  );
}
