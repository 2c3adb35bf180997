// A result's place beside its usual range, in words and as a bar: never by colour alone.
import { useWords } from '@galen/core';
import { plainFlag, rangeBar, type PlainFlag, type ResultView } from '@galen/fhir';
import { Badge, Icon, Text, type BadgeProps } from '@galen/ui';
import type { CSSProperties } from 'react';
import { words } from '../words/words';

type Word = Parameters<ReturnType<typeof words.translate>>[0];

const FLAGS: Record<Exclude<PlainFlag, 'none'>, { word: Word; tone: NonNullable<BadgeProps['tone']> }> = {
  usual: { word: 'flagUsual', tone: 'success' },
  'a-little-above': { word: 'flagLittleAbove', tone: 'info' },
  above: { word: 'flagAbove', tone: 'warning' },
  'far-above': { word: 'flagFarAbove', tone: 'critical' },
  'a-little-below': { word: 'flagLittleBelow', tone: 'info' },
  below: { word: 'flagBelow', tone: 'warning' },
  'far-below': { word: 'flagFarBelow', tone: 'critical' },
  'not-usual': { word: 'flagNotUsual', tone: 'warning' },
  'needs-action': { word: 'flagNeedsAction', tone: 'critical' },
};

export function PlainFlagBadge({ result }: { result: ResultView }) {
  const t = useWords(words);
  const flag = plainFlag(result);
  if (flag === 'none') return null;
  const { word, tone } = FLAGS[flag];
  return <Badge tone={tone} {...(tone === 'success' && { icon: 'check' as const })}>{t(word)}</Badge>;
}

export function isOutside(result: ResultView): boolean {
  return !['usual', 'none'].includes(plainFlag(result));
}

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

export function RangeBar({ result }: { result: ResultView }) {
  const t = useWords(words);
  const bar = rangeBar(result);
  if (!bar || !result.range) return null;
  const style = { '--p-from': percent(bar.from), '--p-to': percent(1 - bar.to), '--p-at': percent(bar.at) } as CSSProperties;
  return (
    <div className="p-range">
      {/* Numbers grow to the right on every scale, whichever way the text runs. */}
      <div className="p-range-bar" dir="ltr" style={style} aria-hidden="true">
        <span className="p-range-usual" />
        <span className={isOutside(result) ? 'p-range-at p-range-outside' : 'p-range-at'}><Icon name="chevronDown" size={1} /></span>
      </div>
      <Text size="sm" tone="muted">{t('usualRange')} <bdi dir="ltr">{[result.range.text, result.range.unit ?? result.value.unit].filter(Boolean).join(' ')}</bdi></Text>
    </div>
  );
}
