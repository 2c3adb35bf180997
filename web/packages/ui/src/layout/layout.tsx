//! Boxes and text on the kit's spacing and type scales.
import type { CSSProperties, ReactNode, Ref } from 'react';

export type Space = 0 | 1 | 2 | 3 | 4 | 5 | 6;
export type TextSize = 'xs' | 'sm' | 'md' | 'lg' | 'xl' | 'xxl';
export type Tone = 'default' | 'muted' | 'critical' | 'warning' | 'success' | 'info';

const gapStyle = (gap: Space): CSSProperties => ({ gap: gap === 0 ? 0 : `var(--g-space-${gap})` });

export const classes = (...names: (string | false | undefined)[]): string => names.filter(Boolean).join(' ');

export interface StackProps {
  gap?: Space;
  as?: 'div' | 'section' | 'ul' | 'ol' | 'dl' | 'form' | 'header' | 'footer';
  align?: 'start' | 'center' | 'end' | 'stretch';
  className?: string;
  children?: ReactNode;
}

export function Stack({ gap = 3, as: Element = 'div', align, className, children }: StackProps) {
  return <Element className={classes('g-stack', className)} style={{ ...gapStyle(gap), ...(align && { alignItems: align }) }}>{children}</Element>;
}

export interface GroupProps extends Omit<StackProps, 'align'> {
  align?: 'start' | 'center' | 'end' | 'baseline';
  justify?: 'start' | 'center' | 'end' | 'between';
  wrap?: boolean;
}

export function Group({ gap = 2, as: Element = 'div', align = 'center', justify, wrap = true, className, children }: GroupProps) {
  return (
    <Element
      className={classes('g-group', className)}
      style={{
        ...gapStyle(gap),
        alignItems: align,
        flexWrap: wrap ? 'wrap' : 'nowrap',
        ...(justify && { justifyContent: justify === 'between' ? 'space-between' : justify }),
      }}
    >
      {children}
    </Element>
  );
}

export interface GridProps {
  /** Narrowest column in rem; as many columns as fit. */
  columnMin?: number;
  gap?: Space;
  className?: string;
  children?: ReactNode;
}

export function Grid({ columnMin = 16, gap = 3, className, children }: GridProps) {
  return (
    <div className={classes('g-grid', className)} style={{ ...gapStyle(gap), gridTemplateColumns: `repeat(auto-fill, minmax(min(${columnMin}rem, 100%), 1fr))` }}>
      {children}
    </div>
  );
}

export interface TextProps {
  size?: TextSize;
  tone?: Tone;
  weight?: 'normal' | 'medium' | 'bold';
  as?: 'span' | 'p' | 'div' | 'li' | 'dt' | 'dd' | 'strong' | 'em' | 'small';
  /** Figures of one width, for columns of numbers. */
  figures?: boolean;
  /** Text whose language may run the other way, such as a name. */
  isolate?: boolean;
  id?: string;
  className?: string;
  children?: ReactNode;
}

export function Text({ size, tone = 'default', weight, as: Element = 'span', figures, isolate, id, className, children }: TextProps) {
  return (
    <Element
      id={id}
      className={classes('g-text', size && `g-size-${size}`, tone !== 'default' && `g-tone-${tone}`, weight && `g-weight-${weight}`, figures && 'g-figures', className)}
      {...(isolate && { dir: 'auto' })}
    >
      {children}
    </Element>
  );
}

export interface HeadingProps {
  level: 1 | 2 | 3 | 4;
  /** Looks like another level where the outline and the look differ. */
  look?: 1 | 2 | 3 | 4;
  id?: string;
  /** Focusable by script, for moving focus to a new screen. */
  focusable?: boolean;
  ref?: Ref<HTMLHeadingElement>;
  children?: ReactNode;
}

export function Heading({ level, look = level, id, focusable, ref, children }: HeadingProps) {
  const Element = `h${level}` as const;
  return <Element ref={ref} id={id} className={`g-heading g-heading-${look}`} {...(focusable && { tabIndex: -1 })}>{children}</Element>;
}

export function VisuallyHidden({ children, live }: { children?: ReactNode; live?: 'polite' | 'assertive' }) {
  return <span className="g-hidden" {...(live && { 'aria-live': live })}>{children}</span>;
}

export function Divider() {
  return <hr className="g-divider" />;
}

export function Keys({ children }: { children: ReactNode }) {
  return <kbd className="g-keys">{children}</kbd>;
}
