//! Renders inside what every Galen page stands in.
import { GalenProvider, type GalenProviderProps } from '@galen/ui';
import { render, type RenderResult } from '@testing-library/react';
import type { ReactElement, ReactNode } from 'react';

export interface RenderChoice extends Omit<GalenProviderProps, 'children'> {
  /** Around the element, inside the kit's provider: a store, a router. */
  within?: (children: ReactNode) => ReactNode;
}

export function renderUi(element: ReactElement, { within = (children) => children, ...provider }: RenderChoice = {}): RenderResult {
  return render(element, {
    wrapper: ({ children }) => <GalenProvider colorScheme="light" {...provider}>{within(children)}</GalenProvider>,
  });
}
