// The patients opened since signing in: in memory only.
import { createSlice, type PayloadAction } from '@reduxjs/toolkit';

export const RECENT_PATIENTS_MAX = 8;

const slice = createSlice({
  name: 'recent',
  initialState: [] as string[],
  reducers: {
    patientOpened: (state, { payload }: PayloadAction<string>) =>
      [payload, ...state.filter((id) => id !== payload)].slice(0, RECENT_PATIENTS_MAX),
  },
});

export const { patientOpened } = slice.actions;
export const recentReducer = slice.reducer;
