// The name of the product and its mark.
import { PRODUCT } from '@galen/core';

export function Brand({ large = false }: { large?: boolean }) {
  return (
    <span className={large ? 'brand brand-large' : 'brand'}>
      <svg viewBox="0 0 24 24" aria-hidden="true" className="brand-mark">
        <path d="M12 2.5 21 7v10l-9 4.5L3 17V7Z" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinejoin="round" />
        <path d="M12 7.5v9M7.5 12h9" fill="none" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />
      </svg>
      {PRODUCT}
    </span>
  );
}
