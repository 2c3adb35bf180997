// The store: one per page, emptied whenever the person changes.
import { combineReducers, configureStore, type Middleware, type UnknownAction } from '@reduxjs/toolkit';
import { setupListeners } from '@reduxjs/toolkit/query';
import { actingReducer } from './acting';
import { fhirApi as api } from './fhir-api';
import { breakGlassReducer } from './break-glass';
import { connectionFound, connectionLost, connectionReducer } from './connection';
import { untilReachable } from './connection-watch';
import { draftsReducer } from './drafts';
import { liveReducer } from './live-state';
import { recentReducer } from './recent';
import { sessionReducer, sessionStarted } from './session';

const combined = combineReducers({
  [api.reducerPath]: api.reducer,
  session: sessionReducer,
  connection: connectionReducer,
  drafts: draftsReducer,
  recent: recentReducer,
  breakGlass: breakGlassReducer,
  live: liveReducer,
  acting: actingReducer,
});

export type RootState = ReturnType<typeof combined>;

const userOf = (state: RootState | undefined) => state?.session.who?.user ?? null;
/** Who sees what is cached: the person, as whom they act. */
const seerOf = (state: RootState) => `${userOf(state) ?? ''} ${state.acting.for ?? ''}`;

/** Another person sees nothing of what the one before opened or typed. */
function root(state: RootState | undefined, action: UnknownAction): RootState {
  const next = combined(state, action);
  if (state === undefined || userOf(state) === userOf(next)) return next;
  return {
    ...next,
    drafts: draftsReducer(undefined, action),
    recent: recentReducer(undefined, action),
    breakGlass: breakGlassReducer(undefined, action),
    acting: actingReducer(undefined, action),
  };
}

/** Cached answers go with the person they were given to. */
const emptyCache: Middleware<object, RootState> = (store) => (next) => (action) => {
  const before = seerOf(store.getState());
  const result = next(action);
  if (seerOf(store.getState()) !== before) store.dispatch(api.util.resetApiState());
  return result;
};

/** Once the server is back, or the same person signed in again, everything on screen is asked for anew. */
const recover: Middleware<object, RootState> = (store) => (next) => (action) => {
  const wasExpired = store.getState().session.phase === 'expired';
  const wasLost = !store.getState().connection.isReachable;
  const result = next(action);
  if (connectionLost.match(action) && !wasLost) {
    void untilReachable().then(() => store.dispatch(connectionFound()));
  }
  if ((connectionFound.match(action) && wasLost) || (sessionStarted.match(action) && wasExpired)) {
    store.dispatch(api.internalActions.onOnline());
  }
  return result;
};

export function makeStore() {
  const store = configureStore({
    reducer: root,
    middleware: (defaults) =>
      // Ten thousand results are too many to walk through for checks after every action.
      defaults({ serializableCheck: false, immutableCheck: false }).concat(emptyCache, recover, api.middleware),
  });
  setupListeners(store.dispatch);
  return store;
}

export type AppStore = ReturnType<typeof makeStore>;
export type AppDispatch = AppStore['dispatch'];
