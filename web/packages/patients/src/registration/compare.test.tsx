// Two records side by side: what differs is said, and nothing against something is no difference.
import { render, screen, within } from '@testing-library/react';
import { GalenProvider } from '@galen/ui';
import { describe, expect, it } from 'vitest';
import { patient } from '../test-page';
import { Compare, likenessOf } from './compare';

describe('likeness', () => {
  it.each([
    ['José', 'JOSE', 'same'],
    ['Ann  Marie', 'ann marie', 'same'],
    ['Ann', 'Anne', 'differs'],
    ['', 'Anne', 'unknown'],
  ])('of %s and %s is %s', (left, right, likeness) => {
    expect(likenessOf(left, right)).toBe(likeness);
  });
});

it('marks each row that both records fill', () => {
  render(
    <GalenProvider colorScheme="light">
      <Compare left={patient} right={{ ...patient, family: 'Okafour', nhsNumber: null }} leftTitle="Entered" rightTitle="Registered" caption="Compared" />
    </GalenProvider>,
  );
  const row = (name: string) => within(screen.getByRole('row', { name: new RegExp(`^${name}`) }));
  expect(row('Name').getByText('differs')).toBeVisible();
  expect(row('Born').getByText('same')).toBeVisible();
  expect(row('NHS No.').queryByText(/same|differs/)).not.toBeInTheDocument();
  expect(row('NHS No.').getByText('943 476 5919')).toBeVisible();
});
