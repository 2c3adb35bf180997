// One conversation between a patient and the staff: heard as it goes on, and marked as read by whoever has it open.
import { useEffect } from 'react';
import { useMarkThreadReadMutation, useReadThreadQuery } from './generated/api';
import { useLive } from './live';

export function useConversation(id: string) {
  const query = useReadThreadQuery({ id });
  const [markRead] = useMarkThreadReadMutation();
  useLive('Communication');
  const unread = query.data?.unread ?? 0;
  const seen = query.data?.messages ?? 0;
  useEffect(() => {
    if (unread > 0) void markRead({ id, markThreadRead: { seen } });
  }, [id, unread, seen, markRead]);
  return query;
}
