// Four states in words, never by colour alone, and never a silent "none".
import { allergyStatus } from '@galen/fhir';
import { allergy, expectAccessible, noKnownAllergies, renderUi } from '@galen/testing';
import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { AllergyState } from './allergy-state';

const ALL = ['Known allergies', 'No known allergies', 'Allergies not recorded', 'Allergies unavailable'];

describe('AllergyState', () => {
  it.each([
    ['Known allergies', [allergy('Penicillin')]],
    ['No known allergies', [noKnownAllergies()]],
    ['Allergies not recorded', []],
    ['Allergies unavailable', undefined],
  ])('%s', async (words, records) => {
    const { container } = renderUi(<AllergyState status={allergyStatus({ records })} href="/allergies" />);
    for (const each of ALL) expect(screen.queryAllByText(each)).toHaveLength(each === words ? 1 : 0);
    expect(screen.getByRole('link')).toHaveAttribute('href', '/allergies');
    expect(container.querySelector('svg')).not.toBeNull();
    await expectAccessible(container);
  });

  it('names the substances and which is dangerous', () => {
    renderUi(<AllergyState status={allergyStatus({ records: [allergy('Latex'), allergy('Penicillin', { criticality: 'high' })] })} />);
    expect(screen.getByText('Penicillin').parentElement).toHaveTextContent('Penicillin High risk');
    expect(screen.getByText('Latex')).toBeVisible();
  });

  it('says that more may follow', () => {
    renderUi(<AllergyState status={allergyStatus({ records: [allergy('Latex')], incomplete: true })} />);
    expect(screen.getByText('(more could not be loaded)')).toBeVisible();
  });

  it('claims nothing while it loads', () => {
    const { container } = renderUi(<AllergyState status={undefined} />);
    expect(container).toHaveTextContent('Loading allergies');
    for (const words of ALL) expect(screen.queryByText(words)).toBeNull();
  });

  it('lists reactions, kind and certainty', () => {
    const records = [allergy('Codeine', { type: 'intolerance', verificationStatus: { coding: [{ code: 'unconfirmed' }] }, reaction: [{ manifestation: [{ text: 'Nausea' }], severity: 'mild' }] })];
    renderUi(<AllergyState look="list" status={allergyStatus({ records })} />);
    expect(screen.getByRole('listitem')).toHaveTextContent('CodeineNausea, mildIntolerance · Unconfirmed');
  });

  it('says it in Arabic too', () => {
    renderUi(<AllergyState status={allergyStatus({ records: undefined })} />, { language: 'ar', dir: 'rtl' });
    expect(screen.getByText('بيانات الحساسية غير متاحة')).toBeVisible();
  });
});
