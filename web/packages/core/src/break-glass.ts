// A screen met a sealed record and asks the shell for the dialog that opens one.
import { createSlice, type PayloadAction } from '@reduxjs/toolkit';

export interface BreakGlassState {
  /** The patient whose record is asked for; the dialog is closed when null. */
  patient: string | null;
}

const initialState: BreakGlassState = { patient: null };

const slice = createSlice({
  name: 'breakGlass',
  initialState,
  reducers: {
    breakGlassAsked: (_state, { payload }: PayloadAction<string>): BreakGlassState => ({ patient: payload }),
    breakGlassClosed: () => initialState,
  },
});

/** The server's limits of a reason. */
export const REASON_CHARACTERS_MIN = 10;
export const REASON_CHARACTERS_MAX = 1_000;

export const { breakGlassAsked, breakGlassClosed } = slice.actions;
export const breakGlassReducer = slice.reducer;
