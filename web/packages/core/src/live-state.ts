// Whether changes are heard as they happen.
import { createSlice, type PayloadAction } from '@reduxjs/toolkit';

/** `off` where nothing is listened for. */
export type LiveState = 'off' | 'connecting' | 'live' | 'reconnecting';

const slice = createSlice({
  name: 'live',
  initialState: { state: 'off' as LiveState },
  reducers: {
    liveChanged: (live, { payload }: PayloadAction<LiveState>) => {
      live.state = payload;
    },
  },
});

export const { liveChanged } = slice.actions;
export const liveReducer = slice.reducer;
