// The page around everything, and what opens over it.
import {
  AppFrame, Banner, Button, CommandPalette, Dialog, DocumentViewer, Heading, IconButton, KeyboardHelp, Panel, PatientBanner, PrintSheet, SearchField, SidePanel, Stack, TabLinks, Text, type PaletteGroup,
} from '@galen/ui';
import { attachmentView } from '@galen/fhir';
import type { Meta } from '@storybook/react-vite';
import { useState } from 'react';
import { ada, allergyStates } from './samples';

export default { title: 'Frame', parameters: { layout: 'fullscreen' } } satisfies Meta;

const navigation = [
  { items: [{ href: '#today', label: 'Today', icon: 'calendar' as const }, { href: '#patients', label: 'Patients', icon: 'person' as const, current: true }, { href: '#inbox', label: 'Results inbox', icon: 'flask' as const, count: 3, countLabel: '3 unread' }] },
  { label: 'Registration', items: [{ href: '#register', label: 'Register', icon: 'plus' as const }, { href: '#merge', label: 'Merge', icon: 'merge' as const }] },
];

const tabs = ['Summary', 'Problems', 'Medications', 'Results', 'Vitals', 'Immunizations', 'Encounters', 'Documents'].map((label, index) => ({ href: `#${label}`, label, current: index === 3, ...(index === 3 && { count: 214 }) }));

function Chart({ side }: { side: boolean }) {
  const [open, setOpen] = useState(side);
  const [query, setQuery] = useState('');
  return (
    <AppFrame
      brand="Galen"
      search={<SearchField label="Search" labelHidden placeholder="Name, NHS number, MRN or date of birth" value={query} onChange={setQuery} />}
      tools={<><IconButton icon="keyboard" label="Keyboard" /><IconButton icon="moon" label="Dark" /><IconButton icon="person" label="Account" /></>}
      navigation={navigation}
      bars={<Banner>This is the demonstration hospital. Nobody in it is real.</Banner>}
      side={<SidePanel opened={open} onClose={() => setOpen(false)} title="Amend" actions={<Button kind="primary">Save</Button>}><Text>The chart stays in sight beside this.</Text></SidePanel>}
    >
      <Stack>
        <PatientBanner patient={ada} allergies={allergyStates.known} allergiesHref="#allergies" actions={<IconButton icon="more" label="More" />} />
        <TabLinks label="Chart" tabs={tabs} />
        <Heading level={1} look={2}>Results</Heading>
        <Panel title="Laboratory"><Button onClick={() => setOpen(true)}>Open the side panel</Button></Panel>
      </Stack>
    </AppFrame>
  );
}

/** For those who seldom come: on a phone the few screens stand at the bottom edge. */
export const PatientsPage = () => (
  <AppFrame
    brand="Galen"
    phoneNavigation="bottom"
    navigation={[{ items: [{ href: '#home', label: 'Home', icon: 'home', current: true }, { href: '#appointments', label: 'Appointments', icon: 'calendar' }, { href: '#messages', label: 'Messages', icon: 'message' }, { href: '#people', label: 'Family', icon: 'people' }] }]}
  >
    <Heading level={1}>Welcome</Heading>
  </AppFrame>
);

export const Page = () => <Chart side={false} />;
export const PageWithSidePanel = () => <Chart side />;

const groups: PaletteGroup[] = [
  { id: 'patients', label: 'Patients', items: [{ id: 'p1', label: 'OKAFOR, Adaeze Grace (Ms)', detail: 'Born 14-Jul-1984 (42y) · NHS 943 476 5919', icon: 'person', onSelect: () => undefined }, { id: 'p2', label: 'العلي, فاطمة', detail: 'Born 1972 · MRN 0012399', icon: 'person', onSelect: () => undefined }] },
  { id: 'screens', label: 'Screens', items: [{ id: 's1', label: 'Results inbox', icon: 'flask', keys: 'g i', onSelect: () => undefined }] },
  { id: 'orders', label: 'Orders', items: [], state: 'failed' },
];

function Palette() {
  const [query, setQuery] = useState('o');
  return <CommandPalette opened onClose={() => undefined} query={query} onQueryChange={setQuery} groups={groups} />;
}

export const CommandPaletteOpen = () => <Palette />;

export const DialogOpen = () => (
  <Dialog opened onClose={() => undefined} title="Sign in again" actions={<><Button>Sign out</Button><Button kind="primary">Go on</Button></>}>
    Your session has ended. What you wrote is kept.
  </Dialog>
);

export const Keyboard = () => (
  <KeyboardHelp
    opened
    onClose={() => undefined}
    singleKeys
    onSingleKeysChange={() => undefined}
    groups={[{ label: 'Everywhere', shortcuts: [{ keys: ['Ctrl+K'], label: 'Find or do' }, { keys: ['?'], label: 'This list' }, { keys: ['g', 'w'], label: 'Worklist' }] }, { label: 'Grid', shortcuts: [{ keys: ['Enter'], label: 'Open' }, { keys: ['Home'], label: 'First column' }] }]}
  />
);

const letter = attachmentView({ contentType: 'text/plain', data: btoa('Dear Doctor,\n\nthank you for seeing this patient.\n\nWith kind regards') });

export const Documents = () => (
  <Stack>
    <DocumentViewer attachment={letter} title="Letter" />
    <DocumentViewer attachment={attachmentView({ contentType: 'text/html', data: btoa('<p>A <b>page</b><script>document.body.innerHTML = "run"</script></p>') })} title="Page" />
    <DocumentViewer attachment={attachmentView({ contentType: 'application/zip', data: btoa('PK') })} title="Archive" />
    <DocumentViewer attachment={attachmentView({ contentType: 'text/plain' })} failed onRetry={() => undefined} />
  </Stack>
);

export const Paper = () => (
  <PrintSheet title="Chart summary" identity="OKAFOR, Adaeze Grace (Ms) · Born 14-Jul-1984 · NHS No. 943 476 5919" footer="Printed 23-Nov-2026 09:30">
    <Panel title="Problems">Asthma</Panel>
  </PrintSheet>
);
