// One conversation with the clinic.
import { isRefusal, useConversation, useParams, useReplyToThreadMutation, useWords, type ConversationView, type ThreadMessageView } from '@galen/core';
import { Alert, Button, Conversation, Form, Panel, showToast, Textarea, type FormProblem } from '@galen/ui';
import { useState } from 'react';
import { useRefusalText } from '../common/refusals';
import { Screen } from '../common/screen';
import { Source } from '../common/source';
import { useAddress } from '../place';
import { words } from './words/words';

function Reply({ thread }: { thread: ConversationView }) {
  const t = useWords(words);
  const refused = useRefusalText();
  const [reply, { isLoading }] = useReplyToThreadMutation();
  const [text, setText] = useState('');
  const [problems, setProblems] = useState<readonly FormProblem[]>([]);
  const submit = async () => {
    setProblems([]);
    const { error } = await reply({ id: thread.id, replyToThread: { seen: thread.messages, text: text.trim() } });
    if (isRefusal(error)) {
      setProblems([{ message: error.code === 'thread-has-more' ? t('threadHasMore') : refused(error) }]);
      return;
    }
    setText('');
    showToast(t('replied'));
  };
  return (
    <Panel title={t('reply')}>
      {thread.closed && <Alert tone="info">{t('closedThread')}</Alert>}
      <Form onSubmit={() => void submit()} problems={problems} aria-label={t('reply')}>
        <Textarea id="reply-text" label={t('textLabel')} description={t('askLead')} value={text} onChange={setText} maxLength={4000} required />
        <div className="p-actions"><Button type="submit" kind="primary" loading={isLoading} disabled={text.trim() === ''}>{t('askSend')}</Button></div>
      </Form>
    </Panel>
  );
}

export default function ThreadScreen() {
  const t = useWords(words);
  const address = useAddress();
  const { id = '' } = useParams();
  const query = useConversation(id);
  const { data } = query;
  const by = ({ by: side, name }: ThreadMessageView) => (side === 'staff' ? (name ?? t('byClinic')) : t(side === 'proxy' ? 'byHelper' : 'bySelf'));
  return (
    <Screen title={data?.subject ?? t('threads')} back={address('more/threads')}>
      <Source query={query} missing={t('threadsMissing')} lines={8}>
        {(thread) => (
          <>
            <Conversation label={thread.subject} lines={thread.lines.map((line) => ({ ...line, by: by(line), isOwn: line.by !== 'staff' }))} />
            <Reply thread={thread} />
          </>
        )}
      </Source>
    </Screen>
  );
}
