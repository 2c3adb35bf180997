// Fields that read what people type, and a form that leads to what is wrong.
import { expectAccessible, renderUi } from '@galen/testing';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { CalendarDateField } from '../dates';
import { Button, IconButton } from './button';
import { DaysField } from './days-field';
import { Checkbox, PasswordField, RadioGroup, SearchField, Select, TextField } from './fields';
import { Form, type FormProblem } from './form';
import { CodeField, DateField, NhsNumberField } from './formatted-fields';

function Held({ field: Field, initial = '', onValue }: { field: (held: { value: string; onChange: (value: string) => void }) => React.ReactNode; initial?: string; onValue?: (value: string) => void }) {
  const [value, setValue] = useState(initial);
  return Field({ value, onChange: (next) => { setValue(next); onValue?.(next); } });
}

describe('DaysField', () => {
  it('keeps days in the order of the week, by mouse and by keyboard', async () => {
    const chosen: string[][] = [];
    function Week() {
      const [days, setDays] = useState<string[]>(['wed']);
      return <DaysField label="Days that suit" description="Any day, if none is chosen." names={['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su']} value={days} onChange={(next) => { chosen.push(next); setDays(next); }} />;
    }
    const { container } = renderUi(<Week />);
    await userEvent.click(screen.getByRole('checkbox', { name: 'Mo' }));
    expect(chosen.at(-1)).toEqual(['mon', 'wed']);
    screen.getByRole('checkbox', { name: 'We' }).focus();
    await userEvent.keyboard(' ');
    expect(chosen.at(-1)).toEqual(['mon']);
    expect(screen.getByRole('group', { name: 'Days that suit' })).toHaveAccessibleDescription('Any day, if none is chosen.');
    await expectAccessible(container);
  });
});

describe('DateField', () => {
  const show = (partial = true, initial = '') => {
    const values: string[] = [];
    renderUi(<Held initial={initial} field={(held) => <DateField label="Date of birth" partial={partial} {...held} />} onValue={(value) => values.push(value)} />);
    return { box: screen.getByLabelText<HTMLInputElement>('Date of birth'), last: () => values.at(-1) };
  };

  it.each([['14 july 1945', '1945-07-14', '14-Jul-1945'], ['14/7/1945', '1945-07-14', '14-Jul-1945'], ['7/1945', '1945-07', 'Jul-1945'], ['1945', '1945', '1945']])('reads %s', async (typed, iso, shown) => {
    const { box, last } = show();
    await userEvent.type(box, typed);
    await userEvent.tab();
    expect(last()).toBe(iso);
    expect(box).toHaveValue(shown);
    expect(box).not.toHaveAttribute('aria-invalid', 'true');
  });

  it('keeps what cannot be read, hands it on as it stands and says what would do', async () => {
    const { box, last } = show();
    await userEvent.type(box, '31/2/2001');
    expect(screen.queryByText(/a year or a month with a year will do/)).toBeNull();
    await userEvent.tab();
    expect(last()).toBe('31/2/2001');
    expect(box).toHaveValue('31/2/2001');
    expect(screen.getByText(/a year or a month with a year will do/)).toBeVisible();
  });

  it('wants the day where a whole date is needed', async () => {
    const { box, last } = show(false);
    await userEvent.type(box, '1945');
    await userEvent.tab();
    expect(last()).toBe('1945');
    expect(screen.getByText(/Enter a day, month and year/)).toBeVisible();
  });

  it('shows a value that comes from outside', () => {
    expect(show(true, '1945-07').box).toHaveValue('Jul-1945');
  });

  it('reads Arabic months and our own English ones', async () => {
    const values: string[] = [];
    renderUi(<Held field={(held) => <DateField label="الميلاد" {...held} />} onValue={(value) => values.push(value)} />, { language: 'ar', dir: 'rtl' });
    await userEvent.type(screen.getByLabelText('الميلاد'), '14-يوليو-1945');
    expect(values.at(-1)).toBe('1945-07-14');
  });
});

describe('NhsNumberField', () => {
  it('takes a pasted number with spaces, shows it 3-3-4 and hands on the digits', async () => {
    const values: string[] = [];
    renderUi(<Held field={(held) => <NhsNumberField label="NHS number" {...held} />} onValue={(value) => values.push(value)} />);
    const box = screen.getByLabelText('NHS number');
    await userEvent.click(box);
    await userEvent.paste(' 943 476-5919 ');
    expect(values.at(-1)).toBe('9434765919');
    expect(box).toHaveValue('943 476 5919');
    await userEvent.tab();
    expect(screen.queryByText(/valid NHS number/)).toBeNull();
  });

  it.each([['9434765918', /do not make a valid NHS number/], ['94347', /has 10 digits/]])('objects to %s once it is left', async (digits, words) => {
    renderUi(<Held field={(held) => <NhsNumberField label="NHS number" {...held} />} />);
    await userEvent.type(screen.getByLabelText('NHS number'), digits);
    expect(screen.queryByText(words)).toBeNull();
    await userEvent.tab();
    expect(screen.getByText(words)).toBeVisible();
  });
});

describe('CodeField', () => {
  it('completes at six digits, once, whatever is pasted around them', async () => {
    const complete = vi.fn();
    renderUi(<Held field={(held) => <CodeField label="Code" onComplete={complete} {...held} />} />);
    await userEvent.click(screen.getByLabelText('Code'));
    await userEvent.paste('123 456');
    expect(complete).toHaveBeenCalledExactlyOnceWith('123456');
    await userEvent.keyboard('7');
    expect(complete).toHaveBeenCalledOnce();
    expect(screen.getByLabelText('Code')).toHaveAttribute('autocomplete', 'one-time-code');
  });
});

describe('Form', () => {
  const problems: FormProblem[] = [{ field: 'family', message: 'Enter the family name' }, { message: 'Changed by someone else' }];

  it('gives the summary the focus and leads to the field', async () => {
    const { container } = renderUi(
      <Form onSubmit={() => undefined} problems={problems} aria-label="Registration">
        <TextField id="family" label="Family name" value="" onChange={() => undefined} error="Enter the family name" />
      </Form>,
    );
    expect(document.activeElement).toHaveTextContent('There are 2 problems');
    await expectAccessible(container);
    await userEvent.click(screen.getByRole('link', { name: 'Enter the family name' }));
    expect(screen.getByLabelText('Family name')).toHaveFocus();
    expect(screen.getByLabelText('Family name')).toHaveAccessibleDescription('Enter the family name');
  });

  it('submits by Enter and never leaves the page', async () => {
    const submit = vi.fn();
    renderUi(<Form onSubmit={submit}><TextField label="Name" value="x" onChange={() => undefined} /><Button type="submit">Save</Button></Form>);
    await userEvent.type(screen.getByLabelText('Name'), '{Enter}');
    expect(submit).toHaveBeenCalledOnce();
  });
});

describe('the plain controls', () => {
  it.each([
    ['text', TextField],
    ['a password', PasswordField],
  ])('say to everybody that %s is wrong', (_, Field) => {
    renderUi(<Field label="Field" value="" onChange={() => undefined} error="Enter it" />);
    expect(screen.getByLabelText('Field')).toBeInvalid();
    expect(screen.getByLabelText('Field')).toHaveAccessibleDescription('Enter it');
  });

  it('have names, states and no finding of axe', async () => {
    const { container } = renderUi(
      <div>
        <Button kind="primary">Save</Button>
        <Button kind="danger" loading>Merge</Button>
        <IconButton icon="close" label="Close" />
        <PasswordField label="Password" value="" onChange={() => undefined} />
        <SearchField label="Search" labelHidden value="abc" onChange={() => undefined} />
        <Select label="Ward" value="a" onChange={() => undefined} choices={[{ value: 'a', label: 'Ward A' }]} />
        <Checkbox label="Asked" checked onChange={() => undefined} />
        <RadioGroup label="Gender" value="f" onChange={() => undefined} choices={[{ value: 'f', label: 'Female' }, { value: 'm', label: 'Male' }]} />
      </div>,
    );
    for (const name of ['Close', 'Show password', 'Clear']) expect(screen.getByRole('button', { name })).toBeVisible();
    expect(screen.getByRole('searchbox', { name: 'Search' })).toHaveValue('abc');
    expect(screen.getByRole('radio', { name: 'Female' })).toBeChecked();
    await expectAccessible(container);
  });

  it('hand on what was chosen', async () => {
    const chosen = vi.fn();
    renderUi(
      <div>
        <Select label="Ward" value="" placeholder="Any" onChange={chosen} choices={[{ value: 'a', label: 'Ward A' }]} />
        <Checkbox label="Asked" checked={false} onChange={chosen} />
        <RadioGroup label="Gender" value="f" onChange={chosen} choices={[{ value: 'f', label: 'Female' }, { value: 'm', label: 'Male' }]} />
      </div>,
    );
    await userEvent.selectOptions(screen.getByLabelText('Ward'), 'Ward A');
    await userEvent.click(screen.getByLabelText('Asked'));
    await userEvent.click(screen.getByLabelText('Male'));
    expect(chosen.mock.calls.map(([value]) => value as unknown)).toEqual(['a', true, 'm']);
  });

  it('offer a calendar beside the box', async () => {
    const values: string[] = [];
    renderUi(<Held initial="2026-11-23" field={(held) => <CalendarDateField label="Appointment" {...held} />} onValue={(value) => values.push(value)} />);
    await userEvent.click(screen.getByRole('button', { name: 'Open calendar' }));
    const day = await waitFor(() => screen.getByRole('button', { name: /24 November 2026/, hidden: true }));
    await userEvent.click(day);
    expect(values.at(-1)).toBe('2026-11-24');
    expect(screen.getByLabelText('Appointment')).toHaveValue('24-Nov-2026');
  });

  it('open the calendar on today where what was typed is no date', async () => {
    renderUi(<Held initial="" field={(held) => <CalendarDateField label="Appointment" {...held} />} onValue={() => undefined} />);
    await userEvent.type(screen.getByLabelText('Appointment'), 'soon');
    await userEvent.click(screen.getByRole('button', { name: 'Open calendar' }));
    const today = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' }).format(new Date());
    await waitFor(() => screen.getByRole('button', { name: new RegExp(`^1 ${today}`), hidden: true }));
  });
});
