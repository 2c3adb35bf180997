// Calling an appointment off, or declining a request: with the reason that is kept.
import { useWords, type BoardEntry, type CancellationReason } from '@galen/core';
import { Alert, Button, Dialog, RadioGroup, Stack } from '@galen/ui';
import { useState } from 'react';
import { words } from '../words/words';
import { nameOfEntry } from './model';
import type { Refused } from './use-steps';

const REASONS = ['pat', 'prov', 'maint', 'meds-inc', 'other'] as const satisfies readonly CancellationReason[];
const WORDS = { pat: 'reasonPat', prov: 'reasonProv', maint: 'reasonMaint', 'meds-inc': 'reasonMedsInc', other: 'reasonOther' } as const;

const KINDS = {
  cancel: { act: 'cancelStep', title: 'cancelTitle', detail: 'cancelDetail' },
  decline: { act: 'decline', title: 'declineTitle', detail: 'cancelDetail' },
  remove: { act: 'remove', title: 'removeTitle', detail: 'removeDetail' },
} as const;

export interface CancelDialogProps {
  entry: BoardEntry | undefined;
  kind: 'cancel' | 'decline' | 'remove';
  isBusy: boolean;
  /** Why it was not done. */
  refused?: Refused | undefined;
  onClose: () => void;
  onCancel: (reason: CancellationReason) => void;
}

export function CancelDialog({ entry, kind, isBusy, refused, onClose, onCancel }: CancelDialogProps) {
  const t = useWords(words);
  const [reason, setReason] = useState<CancellationReason>(kind === 'decline' ? 'prov' : 'pat');
  const { act: actWord, title, detail } = KINDS[kind];
  const act = t(actWord);
  return (
    <Dialog
      opened={entry !== undefined}
      onClose={onClose}
      title={t(title)}
      actions={
        <>
          <Button onClick={onClose}>{t('keep')}</Button>
          <Button kind="danger" loading={isBusy} onClick={() => onCancel(reason)}>{act}</Button>
        </>
      }
    >
      <Stack gap={3}>
        {refused && <Alert tone="warning" title={refused.title} announce>{refused.detail}</Alert>}
        <strong dir="auto">{entry && nameOfEntry(entry, t('unnamed'))}</strong>
        <RadioGroup
          label={t('reasons')}
          value={reason}
          onChange={(value) => setReason(REASONS.find((one) => one === value) ?? 'other')}
          choices={REASONS.map((value) => ({ value, label: t(WORDS[value]) }))}
        />
        <p className="g-tone-muted">{t(detail)}</p>
      </Stack>
    </Dialog>
  );
}
