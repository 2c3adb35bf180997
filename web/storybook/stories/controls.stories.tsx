// Controls and forms.
import {
  Button, Checkbox, CodeField, DateField, DaysField, Form, Grid, Group, Icon, IconButton, iconNames, Menu, NhsNumberField, PasswordField, RadioGroup, SearchField, Select, Stack, Text, TextField, Textarea,
} from '@galen/ui';
import { CalendarDateField } from '@galen/ui/dates';
import type { Meta } from '@storybook/react-vite';
import { useState } from 'react';

export default { title: 'Controls' } satisfies Meta;

export const Buttons = () => (
  <Stack>
    <Group>
      <Button kind="primary">Register</Button>
      <Button icon="print">Print</Button>
      <Button kind="quiet">More</Button>
      <Button kind="danger">Merge</Button>
      <Button kind="primary" loading>Saving</Button>
      <Button disabled>Unavailable</Button>
      <IconButton icon="refresh" label="Refresh" />
      <IconButton icon="close" label="Close" size="sm" kind="secondary" />
      <Menu trigger={<Button icon="person">Account</Button>} items={[{ key: 'a', label: 'Light', checked: true, onSelect: () => undefined }, { key: 'b', label: 'Dark', checked: false, onSelect: () => undefined }, { key: 'c', label: 'Sign out', icon: 'signOut', onSelect: () => undefined }]} />
    </Group>
    <Group><Button size="sm" kind="primary">Small</Button><Button size="sm">Small</Button><Button size="sm" kind="quiet">Small</Button></Group>
  </Stack>
);

export const Days = () => {
  const [days, setDays] = useState<string[]>(['mon', 'thu']);
  return <DaysField label="Days that suit" description="Any day, if none is chosen." names={['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']} value={days} onChange={setDays} />;
};

const sexes = [{ value: 'female', label: 'Female' }, { value: 'male', label: 'Male' }, { value: 'other', label: 'Other' }];

function Fields({ problems }: { problems: boolean }) {
  const [text, setText] = useState('Okafor');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('123456');
  const [nhs, setNhs] = useState('9434765918');
  const [born, setBorn] = useState('1984-07-14');
  const [visit, setVisit] = useState('2026-11-24');
  const [sex, setSex] = useState('female');
  const [note, setNote] = useState('');
  const [agreed, setAgreed] = useState(false);
  const found = problems ? [{ field: 'family', message: 'Enter the family name' }, { field: 'born', message: 'Enter a date of birth that is not in the future' }, { message: 'The record was changed by someone else' }] : [];
  return (
    <Form onSubmit={() => undefined} problems={found} aria-label="Registration">
      <Grid columnMin={18} gap={4}>
        <TextField id="family" label="Family name" value={text} onChange={setText} required isolate error={problems && 'Enter the family name'} />
        <DateField id="born" label="Date of birth" value={born} onChange={setBorn} />
        <NhsNumberField label="NHS number" value={nhs} onChange={setNhs} />
        <CalendarDateField label="Appointment" value={visit} onChange={setVisit} />
        <Select label="Ward" value={sex} onChange={setSex} choices={sexes} />
        <PasswordField label="Password" value={password} onChange={setPassword} />
        <CodeField label="Code from your authenticator" value={code} onChange={setCode} />
        <SearchField label="Search" value={text} onChange={setText} />
        <RadioGroup label="Gender" value={sex} onChange={setSex} choices={sexes} inline />
        <Textarea label="Note" value={note} onChange={setNote} />
      </Grid>
      <Checkbox label="The patient was asked" checked={agreed} onChange={setAgreed} />
      <Group><Button kind="primary" type="submit">Register</Button><Button>Cancel</Button></Group>
    </Form>
  );
}

export const FieldsPlain = () => <Fields problems={false} />;
export const FieldsWithProblems = () => <Fields problems />;

export const Icons = () => (
  <Grid columnMin={8}>{iconNames.map((name) => <Group key={name}><Icon name={name} /><Text size="xs">{name}</Text></Group>)}</Grid>
);
