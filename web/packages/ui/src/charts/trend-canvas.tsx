//! The drawn part of a trend. uPlot paints; keyboard, pointer and screen reader all walk the same stops.
import { formatDayMonth, formatMoment, formatTime, type TrendSeries } from '@galen/fhir';
import { useMantineColorScheme } from '@mantine/core';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import uPlot from 'uplot';
import { flagText } from '../clinical/result-value';
import { useLabels } from '../labels/context';
import { nearestStop, plotRows, trendExtent, trendStops, type TrendStop } from './trend-geometry';
import { plotOptions } from './trend-plot';

interface TrendCanvasProps {
  series: readonly TrendSeries[];
  height: number;
  description: string;
  hintId: string;
}

function useStopText(): (stop: TrendStop) => string {
  const labels = useLabels();
  return (stop) => {
    const when = formatMoment({ precision: 'minute', iso: '', earliest: stop.at, year: 0 }, { words: labels.words });
    const several = stop.values.length > 1;
    const values = stop.values.map(({ line, point }) => [
      several && line.name, point.text, line.unit, point.flag && point.flag.code !== 'N' && flagText(point.flag, labels),
    ].filter(Boolean).join(' '));
    return `${when} · ${values.join(' · ')}`;
  };
}

function movedStop(key: string, from: number, count: number): number | undefined {
  const last = count - 1;
  switch (key) {
    case 'ArrowRight': case 'ArrowUp': return Math.min(last, from + 1);
    case 'ArrowLeft': case 'ArrowDown': return Math.max(0, from - 1);
    case 'Home': return 0;
    case 'End': return last;
    default: return undefined;
  }
}

export default function TrendCanvas({ series, height, description, hintId }: TrendCanvasProps) {
  const labels = useLabels();
  const { colorScheme } = useMantineColorScheme();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const stops = useMemo(() => trendStops(series), [series]);
  const [at, setAt] = useState(stops.length - 1);
  const stopText = useStopText();
  const stop = stops[Math.min(at, stops.length - 1)];

  useEffect(() => {
    const element = host.current;
    const extent = trendExtent(series);
    if (!element || !extent) return undefined;
    const time = { day: (instant: number) => formatDayMonth(instant, { words: labels.words }), clock: (instant: number) => formatTime(instant), months: labels.words.months };
    const options = plotOptions({ series, extent, height, width: element.clientWidth, styles: getComputedStyle(element), time, onHover: (seconds) => setAt(nearestStop(stops, seconds * 1000)) });
    const made = new uPlot(options, plotRows(series), element);
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [series, stops, height, labels, colorScheme]);

  const press = (event: KeyboardEvent) => {
    const next = movedStop(event.key, at, stops.length);
    const target = next === undefined ? undefined : stops[next];
    if (next === undefined || !target) return;
    event.preventDefault();
    setAt(next);
    const value = target.values[0]?.point.value;
    const made = plot.current;
    if (made && value !== undefined) made.setCursor({ left: made.valToPos(target.at / 1000, 'x'), top: made.valToPos(value, 'y') }, false);
  };
  return (
    <div className="g-trend-plot" dir="ltr">
      <div className="g-trend-legend">
        {series.map((line, index) => <span key={line.key}><span className="g-trend-key" data-line={index} aria-hidden="true" />{line.name}{line.unit && ` (${line.unit})`}</span>)}
        {series.some((line) => line.band) && <span><span className="g-trend-key" data-line="band" aria-hidden="true" />{labels.trend.referenceBand}</span>}
      </div>
      <div ref={host} className="g-trend-canvas" style={{ blockSize: height }} role="img" tabIndex={0} aria-label={description} aria-describedby={hintId} onKeyDown={press} />
      <p className="g-trend-reading" aria-live="polite">{stop && stopText(stop)}</p>
      <p id={hintId} className="g-hidden">{labels.trend.hint}</p>
    </div>
  );
}
