// Who is signed in on this page.
import { createSlice, type PayloadAction } from '@reduxjs/toolkit';

export interface Session {
  name: string;
  user: string;
  roles: string[];
  activities: string[];
  /** Who they are, of patients. */
  patient?: string | null;
  csrf?: string | null;
}

export type SessionPhase = 'unknown' | 'signed-out' | 'signed-in' | 'expired';

export interface SessionState {
  phase: SessionPhase;
  who: Session | null;
  /** Set when another tab signed in as somebody else, until the notice is read. */
  takenOver: boolean;
}

const nobody: SessionState = { phase: 'unknown', who: null, takenOver: false };

const slice = createSlice({
  name: 'session',
  initialState: nobody,
  reducers: {
    sessionStarted: (_state, { payload }: PayloadAction<Session>): SessionState => ({
      phase: 'signed-in',
      who: payload,
      takenOver: false,
    }),
    /** The cookie now belongs to somebody else. */
    sessionTakenOver: (_state, { payload }: PayloadAction<Session>): SessionState => ({
      phase: 'signed-in',
      who: payload,
      takenOver: true,
    }),
    takeOverSeen: (state) => {
      state.takenOver = false;
    },
    /** The server no longer knows the session; the person is still in front of the screen, so everything is kept. */
    sessionExpired: (state) => {
      state.phase = state.who === null ? 'signed-out' : 'expired';
    },
    sessionEnded: (): SessionState => ({ ...nobody, phase: 'signed-out' }),
  },
});

export const { sessionStarted, sessionTakenOver, takeOverSeen, sessionExpired, sessionEnded } = slice.actions;
export const sessionReducer = slice.reducer;
