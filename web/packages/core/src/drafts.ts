// What somebody has typed and not saved: in memory only, kept through a lost session, gone with the user.
import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import { useCallback } from 'react';
import { useAppDispatch, useAppSelector } from './hooks';

export type DraftsState = Record<string, unknown>;

const slice = createSlice({
  name: 'drafts',
  initialState: {} as DraftsState,
  reducers: {
    draftChanged: (state, { payload }: PayloadAction<{ form: string; value: unknown }>) => {
      state[payload.form] = payload.value;
    },
    draftDropped: (state, { payload }: PayloadAction<string>) => {
      delete state[payload];
    },
  },
});

export const { draftChanged, draftDropped } = slice.actions;
export const draftsReducer = slice.reducer;

export interface DraftHandle<T> {
  value: T;
  isDirty: boolean;
  change: (next: T) => void;
  drop: () => void;
}

/** A form's content: the draft where there is one, `initial` otherwise. */
export function useDraft<T>(form: string, initial: T): DraftHandle<T> {
  const dispatch = useAppDispatch();
  const draft = useAppSelector((state) => state.drafts[form]) as T | undefined;
  const change = useCallback((value: T) => void dispatch(draftChanged({ form, value })), [dispatch, form]);
  const drop = useCallback(() => void dispatch(draftDropped(form)), [dispatch, form]);
  return { value: draft ?? initial, isDirty: draft !== undefined, change, drop };
}

export function useHasDrafts(): boolean {
  return useAppSelector((state) => Object.keys(state.drafts).length > 0);
}
