// Whether the server can be reached, as far as the last requests tell.
import { createSlice, type PayloadAction } from '@reduxjs/toolkit';

export interface ConnectionState {
  isReachable: boolean;
  /** Milliseconds since the epoch; when the server was first missed. */
  lostAt: number | null;
}

const initialState: ConnectionState = { isReachable: true, lostAt: null };

const slice = createSlice({
  name: 'connection',
  initialState,
  reducers: {
    connectionLost: (state, { payload }: PayloadAction<number>) => {
      state.isReachable = false;
      state.lostAt ??= payload;
    },
    connectionFound: () => initialState,
  },
});

export const { connectionLost, connectionFound } = slice.actions;
export const connectionReducer = slice.reducer;
