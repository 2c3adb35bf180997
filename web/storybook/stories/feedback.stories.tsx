// Messages and states.
import { Alert, Badge, Banner, Button, EmptyState, ErrorState, Group, LoadingState, OfflineBar, Panel, showToast, showUndoToast, Stack, StaleBar } from '@galen/ui';
import type { Meta } from '@storybook/react-vite';
import { useEffect } from 'react';

export default { title: 'Feedback' } satisfies Meta;

export const Alerts = () => (
  <Stack>
    <Alert title="For your information">The ward moved to building B.</Alert>
    <Alert tone="success" title="Registered">The patient has been given the MRN 0012345.</Alert>
    <Alert tone="warning" title="Possible duplicate" actions={<Button size="sm">Compare</Button>}>One record has the same name and date of birth.</Alert>
    <Alert tone="critical" title="Not saved">The server refused the change.</Alert>
    <Group><Badge>Neutral</Badge><Badge tone="info">Info</Badge><Badge tone="success">Success</Badge><Badge tone="warning" icon="alert">Warning</Badge><Badge tone="critical" icon="critical">Critical</Badge></Group>
  </Stack>
);

export const States = () => (
  <Stack>
    <Panel title="Problems" flush><LoadingState /></Panel>
    <Panel title="Problems" flush><EmptyState icon="list" action={<Button size="sm">Add a problem</Button>}>No problem has been recorded for this patient.</EmptyState></Panel>
    <Panel title="Problems" flush><ErrorState reference="7F3A-22" onRetry={() => undefined} /></Panel>
    <Panel title="Problems" flush><ErrorState compact onRetry={() => undefined} /></Panel>
  </Stack>
);

export const Bars = () => (
  <Stack gap={2}>
    <OfflineBar state="offline" onRetry={() => undefined} />
    <OfflineBar state="reconnecting" />
    <StaleBar time="06:15" onRefresh={() => undefined} />
    <Banner>This is the demonstration hospital. Nobody in it is real.</Banner>
  </Stack>
);

function ToastsShown() {
  useEffect(() => {
    showToast('Registered');
    showToast('The server refused the change', 'critical');
    showUndoToast('Result acknowledged', () => undefined);
  }, []);
  return <Button onClick={() => showUndoToast('Result acknowledged', () => undefined)}>Acknowledge</Button>;
}

export const Toasts = () => <ToastsShown />;
