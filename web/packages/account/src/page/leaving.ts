// Signing out: the server first, then all that this page and this device know.
import { sessionEnded, useAppDispatch, useSignOutMutation } from '@galen/core';
import { clearToasts } from '@galen/ui';
import { stopKeeping } from '../keeping';

export function useLeaving(): { leave: () => Promise<void>; isLeaving: boolean } {
  const dispatch = useAppDispatch();
  const [signOut, { isLoading }] = useSignOutMutation();
  const leave = async () => {
    await signOut();
    await stopKeeping();
    clearToasts();
    dispatch(sessionEnded());
  };
  return { leave, isLeaving: isLoading };
}
