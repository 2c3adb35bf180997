// Keeps the last view of the appointments on the device, for those who asked for it.
import { keep } from '@galen/account';
import { useVisits } from '@galen/patient/offline';
import { useEffect } from 'react';

export default function Keeper({ user }: { user: string }) {
  const { data } = useVisits();
  useEffect(() => {
    if (data) void keep(user, data);
  }, [user, data]);
  return null;
}
