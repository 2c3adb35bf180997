//! What goes on paper: each page repeats who it is about, so that no sheet can be taken for another patient's.
import type { ReactNode } from 'react';

export interface PrintSheetProps {
  title: string;
  /** At least two identifiers of the patient; repeated on every page. */
  identity: ReactNode;
  /** Who printed it and when, at the foot. */
  footer?: ReactNode;
  children: ReactNode;
}

/** A table, since its head and foot are what browsers repeat on each page. Hidden on screen. */
export function PrintSheet({ title, identity, footer, children }: PrintSheetProps) {
  return (
    <table className="g-print" role="presentation">
      <thead><tr><td><div className="g-print-header">{identity}</div></td></tr></thead>
      <tbody>
        <tr><td>
          <h1 className="g-heading g-heading-1">{title}</h1>
          {children}
        </td></tr>
      </tbody>
      {footer !== undefined && <tfoot><tr><td><div className="g-print-footer">{footer}</div></td></tr></tfoot>}
    </table>
  );
}

/** Everything inside is left out on paper. */
export function NotPrinted({ children }: { children: ReactNode }) {
  return <div className="g-not-printed">{children}</div>;
}
