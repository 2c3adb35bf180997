// From the form to what is sent, and from a refusal back to the field.
import { describe, expect, it } from 'vitest';
import { patient } from '../test-page';
import { amendmentOf, changesOf, detailsOf, emptyFields, fieldOfRefusal, fieldsOf } from './details-form';

describe('a registration form', () => {
  it('sends what was filled in, trimmed and taken apart, and nothing else', () => {
    const fields = { ...emptyFields, family: ' Ng ', given: 'Mary  Ann', address: '1 High St\n\n AB1 2CD ', birthDate: '1970-02' };
    expect(detailsOf(fields)).toEqual({
      family: 'Ng',
      given: ['Mary', 'Ann'],
      birthDate: '1970-02',
      address: ['1 High St', 'AB1 2CD'],
    });
  });

  it('sends of an amendment only what differs from the record', () => {
    expect(changesOf({ family: 'Okafor', phone: '020 7946 0018' }, patient)).toEqual({ phone: '020 7946 0018' });
    expect(changesOf(fieldsOf(patient), patient)).toEqual({});
  });

  it('sends what was emptied as empty text, but never a name', () => {
    expect(amendmentOf({ phone: ' ', address: '', birthDate: '', family: '', email: 'a@example.org' })).toEqual({
      phone: '',
      address: [''],
      birthDate: '',
      email: 'a@example.org',
    });
  });

  it.each([
    ['demographics.birthDate', 'birthDate'],
    ['nhsNumber', 'nhsNumber'],
    ['version', undefined],
    [undefined, undefined],
  ])('shows a refusal about %s at %s', (location, field) => {
    expect(fieldOfRefusal({ status: 422, code: 'x', detail: '', ...(location && { location }) })).toBe(field);
  });
});
