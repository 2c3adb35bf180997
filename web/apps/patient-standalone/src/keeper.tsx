// Keeps the last view of the appointments on the device, for those who asked for it.
import { keep } from '@galen/account';
import { useAppSelector } from '@galen/core';
import { useVisits } from '@galen/patient/offline';
import { useEffect } from 'react';

export default function Keeper({ user }: { user: string }) {
  const { data } = useVisits();
  // What belongs to somebody else is not kept on the device of who acts for them.
  const isOwn = useAppSelector((state) => state.acting.for === null);
  useEffect(() => {
    if (data && isOwn) void keep(user, data);
  }, [user, data, isOwn]);
  return null;
}
