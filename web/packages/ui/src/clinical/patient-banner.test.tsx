// The banner: who this is, in every awkward case, and a way to the allergies whatever their state.
import { allergyStatus, patientView, type Patient } from '@galen/fhir';
import { allergy, expectAccessible, noKnownAllergies, patient, renderUi } from '@galen/testing';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { PatientBanner, stripeOf, STRIPES } from './patient-banner';

const now = Date.parse('2026-11-23T12:00:00Z');

function show(parts: Partial<Patient> = {}, records = [allergy('Penicillin')]) {
  return renderUi(<PatientBanner patient={patientView(patient(parts), { now })} allergies={allergyStatus({ records })} allergiesHref="/a" />);
}

const item = (label: string) => screen.getByText(label, { selector: 'dt' }).parentElement;

describe('PatientBanner', () => {
  it('shows name, birth with age, gender and number, and no finding of axe', async () => {
    const { container } = show();
    expect(screen.getByText('OKAFOR, Adaeze Grace (Ms)')).toBeVisible();
    expect(item('Born')).toHaveTextContent('14-Jul-1984 (42y)');
    expect(item('Gender')).toHaveTextContent('Female');
    expect(item('NHS No.')).toHaveTextContent('943 476 5919');
    expect(item('MRN')).toHaveTextContent('0012345');
    await expectAccessible(container);
  });

  it('says Not Known for everything that nobody recorded, and never "?"', () => {
    const { container } = renderUi(<PatientBanner patient={patientView({ resourceType: 'Patient' }, { now })} allergies={undefined} allergiesHref="/a" />);
    expect(container.querySelector('.g-patient-name')).toHaveTextContent('Not Known');
    for (const label of ['Born', 'Gender', 'NHS No.']) expect(item(label)).toHaveTextContent(/Not Known$/);
    expect(container).not.toHaveTextContent('?');
  });

  it('folds a name that would fill the screen, and unfolds it when asked', async () => {
    const family = 'Wolfeschlegelsteinhausenbergerdorff'.repeat(8);
    const { container } = show({ name: [{ family, given: ['Vikram'] }] });
    const name = container.querySelector('.g-patient-name');
    expect(name).toHaveTextContent(`${family.toUpperCase()}, Vikram`);
    expect(name).toHaveClass('g-patient-name-folded');
    await userEvent.click(screen.getByRole('button', { name: 'Whole name', expanded: false }));
    expect(name).not.toHaveClass('g-patient-name-folded');
    expect(screen.getByRole('button', { name: 'Whole name', expanded: true })).toBeVisible();
    await expectAccessible(container);
  });

  it('leaves a name of usual length alone', () => {
    const { container } = show();
    expect(container.querySelector('.g-patient-name-folded')).toBeNull();
    expect(screen.queryByRole('button', { name: 'Whole name' })).not.toBeInTheDocument();
  });

  it('marks the deceased with day and age of death, and shows no age of today', () => {
    show({ birthDate: '1931-03-05', deceasedDateTime: '2024-12-30' });
    expect(screen.getByText('Deceased')).toBeVisible();
    expect(item('Died')).toHaveTextContent('30-Dec-2024 (93y)');
    expect(item('Born')).toHaveTextContent(/05-Mar-1931$/);
  });

  it('marks the deceased even where the day is not known', () => {
    show({ deceasedBoolean: true });
    expect(screen.getByText('Deceased')).toBeVisible();
    expect(screen.queryByText('Died')).toBeNull();
  });

  it('warns of a record that was merged away or is not in use', () => {
    show({ link: [{ type: 'replaced-by', other: { reference: 'Patient/2' } }], active: false });
    expect(screen.getByText('Merged into another record')).toBeVisible();
    expect(screen.queryByText('Record not in use')).toBeNull();
  });

  it('leads to the allergies in each of the four states', () => {
    const states = [[allergy('Penicillin')], [noKnownAllergies()], [], undefined];
    const words = ['Known allergies', 'No known allergies', 'Allergies not recorded', 'Allergies unavailable'];
    states.forEach((records, index) => {
      const { unmount } = renderUi(<PatientBanner patient={patientView(patient(), { now })} allergies={allergyStatus({ records })} allergiesHref="/a" />);
      expect(within(screen.getByRole('region', { name: 'Patient' })).getByRole('link', { name: words[index] ?? '' })).toHaveAttribute('href', '/a');
      unmount();
    });
  });

  it('keeps right-to-left names apart from the text around them', () => {
    const { container } = show({ name: [{ family: 'العلي', given: ['فاطمة'] }] });
    expect(container.querySelector('bdi.g-patient-name')).toHaveTextContent('العلي, فاطمة');
  });

  it('shows script in a name as text', () => {
    const { container } = show({ name: [{ family: '<img src=x onerror=alert(1)>' }] });
    expect(container.querySelector('img')).toBeNull();
  });

  it('gives a patient always the same stripe and spreads patients over all of them', () => {
    const stripes = Array.from({ length: 200 }, (_, index) => stripeOf(`patient-${index}`));
    expect(new Set(stripes).size).toBe(STRIPES);
    expect(stripeOf('patient-7')).toBe(stripes[7]);
  });
});
