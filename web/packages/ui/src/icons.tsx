//! The kit's icons: small strokes on a 20-unit square. Those with a direction turn round in right-to-left text.
import type { ReactNode } from 'react';

const paths = {
  search: <><circle cx="9" cy="9" r="5.5" /><path d="m13 13 4 4" /></>,
  close: <path d="m5 5 10 10M15 5 5 15" />,
  check: <path d="m4 10.5 4 4 8-9" />,
  alert: <><path d="M10 3 18 17H2Z" /><path d="M10 8v4" /><path d="M10 14.5v.1" /></>,
  critical: <><path d="M6.7 2.5h6.6l4.2 4.2v6.6l-4.2 4.2H6.7l-4.2-4.2V6.7Z" /><path d="M10 6v5" /><path d="M10 13.6v.1" /></>,
  info: <><circle cx="10" cy="10" r="7.5" /><path d="M10 9v5" /><path d="M10 6.2v.1" /></>,
  question: <><circle cx="10" cy="10" r="7.5" /><path d="M7.8 8a2.2 2.2 0 1 1 3.3 1.9c-.7.4-1.1.8-1.1 1.6" /><path d="M10 14v.1" /></>,
  none: <><circle cx="10" cy="10" r="7.5" /><path d="M4.7 15.3 15.3 4.7" /></>,
  offline: <><path d="M3 8a10 10 0 0 1 14 0M6 11.2a5.7 5.7 0 0 1 8 0" /><path d="M10 15v.1" /><path d="m3 3 14 14" /></>,
  clock: <><circle cx="10" cy="10" r="7.5" /><path d="M10 5.5V10l3 2" /></>,
  refresh: <><path d="M16 6.5A7 7 0 1 0 17 10" /><path d="M16.5 3v4h-4" /></>,
  menu: <path d="M3 5.5h14M3 10h14M3 14.5h14" />,
  more: <path d="M4.5 10h.1M10 10h.1M15.5 10h.1" strokeWidth="3" />,
  person: <><circle cx="10" cy="6.5" r="3.5" /><path d="M3.5 17c.6-3.4 3.2-5 6.5-5s5.9 1.6 6.5 5" /></>,
  calendar: <><rect x="3" y="4.5" width="14" height="12.5" rx="1.5" /><path d="M3 8.5h14M7 2.5v3.5M13 2.5v3.5" /></>,
  print: <><path d="M6 7V3h8v4M6 14H3.5V7.5h13V14H14" /><path d="M6 11.5h8V17H6Z" /></>,
  download: <path d="M10 3v9M6.5 9l3.5 3.5L13.5 9M4 16.5h12" />,
  eye: <><path d="M2 10c2-3.6 4.7-5.4 8-5.4s6 1.8 8 5.4c-2 3.6-4.7 5.4-8 5.4S4 13.6 2 10Z" /><circle cx="10" cy="10" r="2.3" /></>,
  eyeOff: <><path d="M2 10c2-3.6 4.7-5.4 8-5.4s6 1.8 8 5.4c-2 3.6-4.7 5.4-8 5.4S4 13.6 2 10Z" /><path d="m3.5 16.5 13-13" /></>,
  sun: <><circle cx="10" cy="10" r="3.5" /><path d="M10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.5 1.5M14.2 14.2l1.5 1.5M4.3 15.7l1.5-1.5M14.2 5.8l1.5-1.5" /></>,
  moon: <path d="M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5Z" />,
  globe: <><circle cx="10" cy="10" r="7.5" /><path d="M2.5 10h15M10 2.5c2.5 2.4 3.5 4.8 3.5 7.5s-1 5.1-3.5 7.5c-2.5-2.4-3.5-4.8-3.5-7.5s1-5.1 3.5-7.5Z" /></>,
  keyboard: <><rect x="2" y="5" width="16" height="10.5" rx="1.5" /><path d="M5 8.5h.1M8.3 8.5h.1M11.6 8.5h.1M15 8.5h.1M6.5 12.5h7" /></>,
  signOut: <path d="M8 3H3.5v14H8M12.5 6.5 16 10l-3.5 3.5M16 10H7.5" />,
  chevronDown: <path d="m5 7.5 5 5 5-5" />,
  chevronEnd: <path d="m7.5 5 5 5-5 5" />,
  chevronStart: <path d="m12.5 5-5 5 5 5" />,
  plus: <path d="M10 4v12M4 10h12" />,
  edit: <path d="m4 16 .8-3.3L13.5 4l2.5 2.5-8.7 8.7Z" />,
  merge: <path d="M4 4c0 5 3 6 6 6s6 0 6 0M4 16c0-5 3-6 6-6M13 7l3 3-3 3" />,
  document: <><path d="M5 2.5h6.5L15.5 6.5v11H5Z" /><path d="M11.5 2.5v4h4M7.5 10.5h5M7.5 13.5h5" /></>,
  pill: <><rect x="1.8" y="6.5" width="16.4" height="7" rx="3.5" transform="rotate(-35 10 10)" /><path d="m8 7.1 4 5.8" /></>,
  flask: <><path d="M8 2.5v5L3.5 15.5c-.5 1 .2 2 1.3 2h10.4c1.1 0 1.8-1 1.3-2L12 7.5v-5" /><path d="M6.5 2.5h7M6 12.5h8" /></>,
  heart: <path d="M10 16.5C5 13 2.5 10.5 2.5 7.5a3.8 3.8 0 0 1 7.5-1 3.8 3.8 0 0 1 7.5 1c0 3-2.5 5.5-7.5 9Z" />,
  chart: <path d="M3 3v14h14M6 13l3.5-4 3 2.5L17 6" />,
  syringe: <path d="m12.5 3 4.5 4.5M14.7 5.2 7 13l-2-2 7.8-7.7M6 12l-3.5 5M9 7.5l1.5 1.5M11.5 5l1.5 1.5" />,
  bed: <path d="M2.5 4v12M2.5 13h15v3M17.5 13v-2.5a2 2 0 0 0-2-2H8.5V13M5.5 8.5h.1" />,
  list: <path d="M7 5.5h10M7 10h10M7 14.5h10M3.5 5.5h.1M3.5 10h.1M3.5 14.5h.1" />,
  table: <path d="M3 4h14v12H3ZM3 8h14M8 8v8" />,
  lock: <><rect x="4" y="9" width="12" height="8" rx="1.5" /><path d="M6.5 9V6.5a3.5 3.5 0 0 1 7 0V9" /></>,
  link: <path d="M8.5 11.5a3.5 3.5 0 0 0 5 0l2.5-2.5a3.5 3.5 0 0 0-5-5l-1 1M11.5 8.5a3.5 3.5 0 0 0-5 0L4 11a3.5 3.5 0 0 0 5 5l1-1" />,
  home: <path d="M3 9.5 10 3.5l7 6M5 8v8.5h10V8M8.5 16.5v-4.5h3v4.5" />,
  message: <path d="M3 4.5h14v9.5H9L5 17v-3H3Z" />,
  people: <><circle cx="7.5" cy="7" r="2.8" /><path d="M2.5 16c.4-2.9 2.4-4.2 5-4.2s4.6 1.3 5 4.2" /><path d="M12.5 4.6a2.8 2.8 0 0 1 0 4.8M14 12.2c2 .4 3.2 1.7 3.5 3.8" /></>,
  external: <path d="M8 4H4v12h12v-4M11 3.5h5.5V9M16.5 3.5 9 11" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof paths;

export const iconNames = Object.keys(paths) as IconName[];

const directed: ReadonlySet<IconName> = new Set(['chevronEnd', 'chevronStart', 'signOut', 'merge', 'list', 'external']);

export interface IconProps {
  name: IconName;
  /** In rem of the text around it; 1.25 where absent. */
  size?: number;
  /** Spoken text; without it the icon is decoration. */
  label?: string;
}

export function Icon({ name, size = 1.25, label }: IconProps) {
  return (
    <svg
      className={directed.has(name) ? 'g-icon g-icon-directed' : 'g-icon'}
      viewBox="0 0 20 20"
      width={`${size}em`}
      height={`${size}em`}
      {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}
    >
      {paths[name]}
    </svg>
  );
}
