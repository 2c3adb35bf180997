// What one wrote to the clinic and was answered; writing about something new.
import { isRefusal, useListThreadsQuery, useLive, useNavigate, useStartThreadMutation, useWords, type ThreadView, type Topic } from '@galen/core';
import { Alert, Badge, Button, ClinicalDate, EmptyState, Form, Icon, Link, Panel, RadioGroup, showToast, Text, Textarea, TextField, type FormProblem } from '@galen/ui';
import { useState } from 'react';
import { LinkButton } from '../common/link-button';
import { useRefusalText } from '../common/refusals';
import { Screen } from '../common/screen';
import { Source } from '../common/source';
import { useOwnPatient } from '../own';
import { useAddress } from '../place';
import { words } from './words/words';

const TOPICS: readonly Topic[] = ['appointment', 'medicine', 'result', 'other'];

function ThreadRow({ thread }: { thread: ThreadView }) {
  const t = useWords(words);
  const address = useAddress();
  return (
    <li>
      <Link href={address(`more/threads/${thread.id}`)} className="p-link-row">
        <Icon name="message" />
        <span className="p-link-text">
          <Text weight="medium" isolate>{thread.subject}</Text>
          <Text tone="muted" size="sm">{t(`topic${thread.topic}`)} · <ClinicalDate value={thread.last} /></Text>
          {thread.unread > 0 ? <span><Badge tone="info">{t('unreadCount', { count: thread.unread })}</Badge></span> : thread.awaitsStaff && <span><Badge tone="neutral">{t('waitsForUs')}</Badge></span>}
        </span>
        <Icon name="chevronEnd" size={1} />
      </Link>
    </li>
  );
}

function Write() {
  const t = useWords(words);
  const address = useAddress();
  const navigate = useNavigate();
  const refused = useRefusalText();
  const id = useOwnPatient();
  const [start, { isLoading }] = useStartThreadMutation();
  const [topic, setTopic] = useState<Topic>('other');
  const [subject, setSubject] = useState('');
  const [text, setText] = useState('');
  const [problems, setProblems] = useState<readonly FormProblem[]>([]);
  const submit = async () => {
    setProblems([]);
    const { data, error } = await start({ id, startThread: { topic, subject: subject.trim(), text: text.trim() } });
    if (isRefusal(error)) setProblems([{ message: refused(error) }]);
    if (!data) return;
    showToast(t('replied'));
    void navigate(address(`more/threads/${data.id}`));
  };
  return (
    <Panel title={t('newMessage')}>
      <Alert tone="warning">{t('askLead')}</Alert>
      <Form onSubmit={() => void submit()} problems={problems} aria-label={t('newMessage')}>
        <RadioGroup
          label={t('topic')} value={topic} onChange={(value) => setTopic(TOPICS.find((one) => one === value) ?? 'other')}
          choices={TOPICS.map((value) => ({ value, label: t(`topic${value}`) }))}
        />
        <TextField id="thread-subject" label={t('subject')} description={t('subjectHint')} value={subject} onChange={setSubject} maxLength={120} required />
        <Textarea id="thread-text" label={t('textLabel')} description={t('textHint')} value={text} onChange={setText} rows={6} maxLength={4000} required />
        <div className="p-actions"><Button type="submit" kind="primary" loading={isLoading} disabled={subject.trim() === '' || text.trim() === ''}>{t('askSend')}</Button></div>
      </Form>
    </Panel>
  );
}

export default function ThreadsScreen({ isWriting = false }: { isWriting?: boolean }) {
  const t = useWords(words);
  const address = useAddress();
  const query = useListThreadsQuery({ id: useOwnPatient() }, { skip: isWriting });
  useLive('Communication');
  if (isWriting) return <Screen title={t('ask')} back={address('more/threads')}><Write /></Screen>;
  return (
    <Screen title={t('threads')} lead={t('threadsLead')} back={address('more')}>
      <div><LinkButton href={address('more/threads/new')} kind="primary" icon="plus">{t('newMessage')}</LinkButton></div>
      <Source query={query} missing={t('threadsMissing')} lines={6}>
        {({ threads }) =>
          threads.length === 0 ? (
            <EmptyState icon="message" title={t('noThreads')}>{t('noThreadsDetail')}</EmptyState>
          ) : (
            <ul className="p-links">{threads.map((thread) => <ThreadRow key={thread.id} thread={thread} />)}</ul>
          )
        }
      </Source>
    </Screen>
  );
}
