// What the hospital told the patient, by whichever way it went.
import { useListMessagesQuery, useWords, type MessageView } from '@galen/core';
import { Badge, Button, ClinicalDate, EmptyState, Text } from '@galen/ui';
import { useState } from 'react';
import { Screen } from '../common/screen';
import { Source } from '../common/source';
import { useOwnPatient } from '../own';
import { useAddress } from '../place';
import { words } from '../words/words';

type Word = Parameters<ReturnType<typeof words.translate>>[0];

const MESSAGES_SHOWN = 10;
const PURPOSES: Record<MessageView['purpose'], Word> = {
  'appointment-requested': 'purposeRequested',
  'appointment-booked': 'purposeBooked',
  'appointment-rescheduled': 'purposeMoved',
  'appointment-cancelled': 'purposeCancelled',
  'appointment-reminder': 'purposeReminder',
  'appointment-offered': 'purposeOffered',
  'waiting-ended': 'purposeWaitingEnded',
};
const CHANNELS: Record<MessageView['channel'], Word> = { email: 'channelEmail', sms: 'channelSms', 'in-app': 'channelHere' };

function Message({ message }: { message: MessageView }) {
  const t = useWords(words);
  const wasSent = message.state === 'sent' || message.state === 'delivered';
  return (
    <li className="p-card">
      <div className="p-card-head">
        <Text weight="medium" isolate>{message.subject ?? t(PURPOSES[message.purpose])}</Text>
        <Text tone="muted" size="sm"><ClinicalDate value={message.sent ?? message.queued} /></Text>
      </div>
      {typeof message.text === 'string' && <p className="p-prose p-message" dir="auto" lang={message.language}>{message.text}</p>}
      <Text as="div" tone="muted" size="sm">{t(CHANNELS[message.channel])}</Text>
      {!wasSent && <div><Badge tone={message.state === 'dead' || message.state === 'suppressed' ? 'warning' : 'info'}>{t(message.state === 'dead' || message.state === 'suppressed' ? 'messageNotSent' : 'messageWaiting')}</Badge></div>}
    </li>
  );
}

export default function MessagesScreen() {
  const t = useWords(words);
  const address = useAddress();
  const query = useListMessagesQuery({ id: useOwnPatient() });
  const [shown, setShown] = useState(MESSAGES_SHOWN);
  return (
    <Screen title={t('messagesSent')} lead={t('messagesLead')} back={address('more')}>
      <Source query={query} missing={t('messagesMissing')} lines={8}>
        {({ messages }) =>
          messages.length === 0 ? (
            <EmptyState icon="message" title={t('messagesNone')} />
          ) : (
            <>
              <ul className="p-cards g-plain-list">{messages.slice(0, shown).map((message) => <Message key={message.id} message={message} />)}</ul>
              {messages.length > shown && <Button onClick={() => setShown(shown + MESSAGES_SHOWN)}>{t('showEarlier')}</Button>}
            </>
          )
        }
      </Source>
    </Screen>
  );
}
