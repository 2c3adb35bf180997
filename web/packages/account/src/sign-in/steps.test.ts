// The order of signing in, whatever the screen looks like.
import { describe, expect, it } from 'vitest';
import { advance, afterRefusal, secretOf, start } from './steps';

const session = { name: 'ada', user: 'u1', roles: [], activities: [], csrf: 'c1' };
const sent = { name: 'ada', password: 'first' };

describe('signing in', () => {
  it('is over when the server answers with a session', () => {
    expect(advance(start(), sent, session)).toBe(session);
  });

  it('keeps what was given while it asks for more', () => {
    expect(advance(start(), sent, { next: 'code' })).toMatchObject({ step: 'code', given: sent });
  });

  it('goes on with the new password once the server has taken it with the enrolment', () => {
    const next = advance(start(), { ...sent, newPassword: 'second' }, { next: 'enrolment', enrolment: 'otpauth://x' });
    expect(next).toEqual({ step: 'enrolment', given: { name: 'ada', password: 'second' }, enrolment: 'otpauth://x' });
  });

  it('keeps an accepted code while a new password is chosen, since both are sent together', () => {
    const next = advance(start(), { ...sent, code: '123456' }, { next: 'newPassword' });
    expect(next).toMatchObject({ step: 'newPassword', given: { code: '123456' } });
  });

  it('asks for a refused code anew, but keeps it when something else was wrong', () => {
    const progress = { step: 'code' as const, given: { ...sent, code: '123456' } };
    const refusal = (code: string) => ({ status: 401, code, detail: '' });
    expect(afterRefusal(progress, refusal('sign-in-refused')).given).not.toHaveProperty('code');
    expect(afterRefusal(progress, refusal('password-too-weak')).given.code).toBe('123456');
  });
});

describe('the secret of an authenticator', () => {
  it('is shown in groups that can be typed', () => {
    expect(secretOf('otpauth://totp/Galen:ada?secret=ABCDEFGHIJ&issuer=Galen')).toBe('ABCD EFGH IJ');
    expect(secretOf('')).toBe('');
  });
});
