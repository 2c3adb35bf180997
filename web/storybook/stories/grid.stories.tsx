// The grid with 10,000 rows, and its other states.
import { DataGrid, type GridColumn } from '@galen/ui/grid';
import { NhsNumber, Panel, PatientName, ResultValue } from '@galen/ui';
import { resultView, type ResultView } from '@galen/fhir';
import { potassium } from '@galen/testing/records';
import type { Meta } from '@storybook/react-vite';
import { useState } from 'react';
import { people, present } from './samples';

export default { title: 'Grid' } satisfies Meta;

interface Row {
  id: string;
  name: (typeof people)['usual']['name'];
  nhs: string;
  ward: string;
  result: ResultView;
}

const names = Object.values(people).filter((person) => person.id !== 'i').map((person) => person.name);

const rows: Row[] = Array.from({ length: 10_000 }, (_, index) => ({
  id: String(index),
  name: present(names[index % names.length]),
  nhs: String(9_434_765_919 - index),
  ward: `Ward ${(index * 7) % 12}`,
  result: resultView(potassium(Number((2.6 + ((index * 37) % 45) / 10).toFixed(1)), '2026-11-22T06:05:00Z')),
}));

const columns: GridColumn<Row>[] = [
  { key: 'name', header: 'Name', cell: (row) => <PatientName name={row.name} />, sortValue: (row) => (row.name.known ? row.name.banner : undefined), width: 'minmax(14rem, 2fr)', cardTitle: true },
  { key: 'nhs', header: 'NHS No.', cell: (row) => <NhsNumber value={row.nhs} />, width: '9rem' },
  { key: 'ward', header: 'Ward', cell: (row) => row.ward, sortValue: (row) => row.ward, width: '7rem' },
  { key: 'result', header: 'Potassium', cell: (row) => <ResultValue result={row.result} />, sortValue: (row) => row.result.value.number, width: 'minmax(12rem, 1fr)' },
];

function TenThousand() {
  const [opened, setOpened] = useState<string>();
  return (
    <Panel title="Ten thousand rows" flush>
      <DataGrid
        label="Patients"
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        onOpen={(row) => setOpened(row.id)}
        defaultSort={{ column: 'name', direction: 'ascending' }}
        rowTone={(row) => (row.result.flag?.code === 'H' && (row.result.value.number ?? 0) > 6.5 ? 'critical' : 'default')}
        {...(opened && { selectedKey: opened })}
      />
    </Panel>
  );
}

export const Rows = () => <TenThousand />;

const none: Row[] = [];

export const Empty = () => <Panel title="Patients" flush><DataGrid label="Patients" columns={columns} rows={none} rowKey={(row) => row.id} /></Panel>;
export const Loading = () => <Panel title="Patients" flush><DataGrid label="Patients" columns={columns} rows={none} rowKey={(row) => row.id} state="loading" /></Panel>;
export const Failed = () => <Panel title="Patients" flush><DataGrid label="Patients" columns={columns} rows={none} rowKey={(row) => row.id} state="failed" onRetry={() => undefined} /></Panel>;
