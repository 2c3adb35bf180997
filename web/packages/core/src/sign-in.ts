// Signing in and out, and the sample sign-ins of the demo hospital.
import { api } from './api';
import type { Session } from './session';

export interface SignInForm {
  name: string;
  password: string;
  code?: string;
  newPassword?: string;
}

export type SignInStep = 'code' | 'newPassword' | 'enrolment';

/** A session, or what must happen before there is one. */
export type SignInAnswer = Session | { next: SignInStep; enrolment?: string };

export interface DemoAccount {
  name: string;
  password: string;
  code: string;
  role: string;
  person: string;
  about: string;
}

export interface DemoSignIns {
  hospital: string;
  accounts: DemoAccount[];
}

export const isSession = (answer: SignInAnswer): answer is Session => 'user' in answer;

export const signInApi = api.injectEndpoints({
  endpoints: (build) => ({
    signIn: build.mutation<SignInAnswer, SignInForm>({
      query: (body) => ({ url: '/api/session', method: 'POST', body }),
    }),
    signOut: build.mutation<null, void>({ query: () => ({ url: '/api/session', method: 'DELETE' }) }),
    /** `null` on a hospital that is no demo. The codes in it change every half minute, so it is never kept. */
    demoSignIns: build.query<DemoSignIns | null, void>({
      queryFn: async (_, _api, _options, send) => {
        const answer = await send({ url: '/api/demo/sign-ins' });
        if (answer.error) return answer.error.status === 404 ? { data: null } : { error: answer.error };
        return { data: answer.data as DemoSignIns };
      },
      keepUnusedDataFor: 0,
    }),
  }),
});

export const { useSignInMutation, useSignOutMutation, useDemoSignInsQuery, useLazyDemoSignInsQuery } = signInApi;
