// Another person starts at their own first screen and never at what somebody else had open.
import { useAppSelector, useNavigate } from '@galen/core';
import { useEffect, useRef } from 'react';

export function useOwnFirstScreen(first: string, stays = false): void {
  const navigate = useNavigate();
  const user = useAppSelector((state) => state.session.who?.user);
  const before = useRef(user);
  useEffect(() => {
    const isAnother = before.current !== undefined && before.current !== user;
    if (isAnother && !stays) void navigate(first, { replace: true });
    before.current = user;
  }, [navigate, user, first, stays]);
}
