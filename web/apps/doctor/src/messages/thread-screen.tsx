// One conversation with a patient: read, answered or closed.
import {
  Can, isRefusal, useCloseThreadMutation, useConversation, useNavigate, useParams, useReplyToThreadMutation, useTitle, useWords,
  type ConversationView, type Refusal, type ThreadMessageView,
} from '@galen/core';
import { Alert, Button, ClinicalDate, Conversation, ErrorState, Form, Group, Heading, Icon, Link, LoadingState, Panel, showToast, Text, Textarea, type FormProblem } from '@galen/ui';
import { useState } from 'react';
import { words } from '../words/words';

const INBOX = '/doctor/messages';

function Answer({ thread }: { thread: ConversationView }) {
  const t = useWords(words);
  const navigate = useNavigate();
  const [reply, { isLoading }] = useReplyToThreadMutation();
  const [close, { isLoading: isClosing }] = useCloseThreadMutation();
  const [text, setText] = useState('');
  const [problems, setProblems] = useState<readonly FormProblem[]>([]);
  const seen = thread.messages;
  const said = (refusal: Refusal) => (refusal.code === 'thread-has-more' ? t('threadHasMore') : refusal.detail || t('notSent'));
  const finish = (error: unknown, done: string) => {
    setProblems(isRefusal(error) ? [{ message: said(error) }] : []);
    if (isRefusal(error)) return;
    setText('');
    showToast(done);
    void navigate(INBOX);
  };
  const send = async () => finish((await reply({ id: thread.id, replyToThread: { seen, text: text.trim() } })).error, t('threadSent'));
  const shut = async () => finish((await close({ id: thread.id, closeThread: { seen } })).error, t('threadDone'));
  return (
    <Panel title={t('threadAnswer')}>
      {thread.closed && <Alert tone="info">{t('threadClosed')}</Alert>}
      <Form onSubmit={() => void send()} problems={problems} aria-label={t('threadAnswer')}>
        <Textarea id="answer" label={t('threadAnswer')} value={text} onChange={setText} rows={5} maxLength={4000} required />
        <Group>
          <Button type="submit" kind="primary" loading={isLoading} disabled={text.trim() === ''}>{t('threadSend')}</Button>
          {thread.awaitsStaff && <Button loading={isClosing} onClick={() => void shut()}>{t('threadClose')}</Button>}
        </Group>
      </Form>
    </Panel>
  );
}

export default function ThreadScreen() {
  const t = useWords(words);
  const { id = '' } = useParams();
  const query = useConversation(id);
  const { data } = query;
  useTitle(data?.subject ?? t('inbox'));
  const by = ({ by: side, name }: ThreadMessageView) => (side === 'staff' ? (name ?? t('threadStaff')) : t(side === 'proxy' ? 'threadProxy' : 'threadPatient'));
  return (
    <div className="screen">
      <Link href={INBOX} className="inbox-back"><Icon name="chevronStart" size={1} />{t('threadBack')}</Link>
      {data ? (
        <>
          <Heading level={1}><span dir="auto">{data.subject}</span></Heading>
          <Group>
            <Text weight="medium" isolate>{data.patientName ?? data.patient}</Text>
            {data.birthDate && <Text tone="muted"><ClinicalDate value={data.birthDate} dateOnly /></Text>}
            <Text tone="muted">{t(`topic${data.topic}`)}</Text>
            <Can ability="readChart"><Link href={`/doctor/patients/${data.patient}`}>{t('threadOpenChart')}</Link></Can>
          </Group>
          <Conversation label={data.subject} lines={data.lines.map((line) => ({ ...line, by: by(line), isOwn: line.by === 'staff' }))} />
          <Answer thread={data} />
        </>
      ) : query.isError ? (
        <ErrorState title={t('threadUnavailable')} onRetry={() => void query.refetch()} retrying={query.isFetching} />
      ) : (
        <LoadingState lines={8} />
      )}
    </div>
  );
}
