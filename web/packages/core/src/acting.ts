// For whom the person at this page acts: a parent for a child, a carer for who is cared for. Nobody but oneself at first.
import { createSlice, type PayloadAction } from '@reduxjs/toolkit';

export interface ActingState {
  /** The Patient's id; `null` for oneself. */
  for: string | null;
}

const slice = createSlice({
  name: 'acting',
  initialState: { for: null } as ActingState,
  reducers: {
    actingChanged: (_state, { payload }: PayloadAction<string | null>): ActingState => ({ for: payload }),
  },
});

export const { actingChanged } = slice.actions;
export const actingReducer = slice.reducer;

/** What is one's own affair whomever one acts for: the session, and for whom one may act. */
const FOR_ONESELF = ['/api/session', '/api/proxies', '/api/authorizations', '/api/activations'];

/** Whether a request is made for whom one acts. */
export const isActed = (url: string) => !FOR_ONESELF.some((path) => url === path || url.startsWith(`${path}/`) || url.startsWith(`${path}?`));
