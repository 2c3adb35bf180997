//! A titled part of a screen, and lists of labelled facts inside it.
import { Fragment, useId, type ReactNode } from 'react';
import { classes, Heading } from './layout';

export interface PanelProps {
  title?: ReactNode;
  level?: 2 | 3 | 4;
  /** At the end of the title's line: freshness, a count, a button. */
  actions?: ReactNode;
  /** No padding, for grids and lists that reach the edge. */
  flush?: boolean;
  tone?: 'default' | 'critical' | 'warning';
  className?: string;
  children?: ReactNode;
}

export function Panel({ title, level = 2, actions, flush, tone = 'default', className, children }: PanelProps) {
  const id = useId();
  return (
    <section className={classes('g-panel', tone !== 'default' && `g-panel-${tone}`, className)} {...(title !== undefined && { 'aria-labelledby': id })}>
      {(title !== undefined || actions !== undefined) && (
        <header className="g-panel-header">
          {title !== undefined && <Heading level={level} look={3} id={id}>{title}</Heading>}
          {actions !== undefined && <div className="g-panel-actions">{actions}</div>}
        </header>
      )}
      <div className={flush ? 'g-panel-flush' : 'g-panel-body'}>{children}</div>
    </section>
  );
}

/** A panel that stands alone without a heading of its own. */
export function Card({ children, className }: { children?: ReactNode; className?: string }) {
  return <div className={classes('g-panel', 'g-panel-body', className)}>{children}</div>;
}

export interface Fact {
  label: string;
  value: ReactNode;
}

/** Label and value pairs; the label lighter than the value, no colons. */
export function Facts({ facts, columns = 1 }: { facts: readonly Fact[]; columns?: 1 | 2 }) {
  return (
    <dl className={classes('g-facts', columns === 2 && 'g-facts-2')}>
      {facts.map((fact) => (
        <Fragment key={fact.label}>
          <dt>{fact.label}</dt>
          <dd>{fact.value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
