// The steps of signing in, without the screen: what has been given so far and what the server wants next.
import { isSession, type Refusal, type Session, type SignInAnswer, type SignInForm } from '@galen/core';

export type Step = 'password' | 'code' | 'newPassword' | 'enrolment';

export interface Progress {
  step: Step;
  given: SignInForm;
  /** The otpauth address of a new authenticator. */
  enrolment?: string;
}

export const start = (name = ''): Progress => ({ step: 'password', given: { name, password: '' } });

/** What to do with an answer: a session is the end, anything else the next step. */
export function advance(progress: Progress, sent: SignInForm, answer: SignInAnswer): Progress | Session {
  if (isSession(answer)) return answer;
  if (answer.next === 'enrolment') {
    // The server has taken the new password with this step: from here on it is the password.
    const given = { name: sent.name, password: sent.newPassword ?? sent.password };
    return { step: 'enrolment', given, enrolment: answer.enrolment ?? progress.enrolment ?? '' };
  }
  return { ...progress, step: answer.next, given: sent };
}

/** A refused code is typed anew; a refused password starts over, since the server never says which was wrong. */
export function afterRefusal(progress: Progress, refusal: Refusal): Progress {
  const { code: _code, ...given } = progress.given;
  if (refusal.code !== 'sign-in-refused') return progress;
  return { ...progress, given };
}

/** The secret in an otpauth address, in groups of four for typing. */
export function secretOf(address: string): string {
  const secret = URL.canParse(address) ? new URL(address).searchParams.get('secret') : null;
  return (secret ?? '').replace(/(.{4})(?=.)/g, '$1 ');
}
