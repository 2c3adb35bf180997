// The day of a clinic: a column for each person or room, who comes when, and what the desk does about it.
import {
  Can,
  Navigate,
  useFreshness,
  useListClinicsQuery,
  useLive,
  useNavigate,
  useNow,
  useParams,
  useReadClinicDayQuery,
  useTitle,
  useWords,
  type BoardView,
  type ClinicView,
} from '@galen/core';
import { clinicalMoment, formatIso, localDay } from '@galen/fhir';
import { Alert, Button, EmptyState, ErrorState, FreshnessStamp, Group, Heading, LoadingState, NotPrinted, useAppointmentState, useLabels } from '@galen/ui';
import { DayAgenda, DayCalendar, useNarrow, type DayPlace } from '@galen/ui/day';
import { useMemo, useState } from 'react';
import { words } from '../words/words';
import { Counts } from './counts';
import { boardPath, DayBar } from './day-bar';
import { DetailsPanel } from './details-panel';
import { nameOfEntry, partsOf, placed, shown, type BoardKind } from './model';
import { PrintedList } from './printed-list';
import { useMover } from './use-mover';
import type { Refused } from './use-steps';

/** Changes are heard as they happen; this is for those that are not, as a leave. */
const ASK_AGAIN_MS = 60_000;

export default function BoardScreens() {
  const t = useWords(words);
  const { clinic: clinicId, day } = useParams();
  useTitle(t('board'));
  const { data, isError, isFetching, refetch } = useListClinicsQuery();
  if (isError && !data) return <ErrorState title={t('clinicsUnavailable')} onRetry={() => void refetch()} retrying={isFetching} />;
  if (!data) return <LoadingState lines={8} />;
  const [first] = data.clinics;
  if (!first) return <EmptyState icon="calendar" title={t('noClinics')}>{t('noClinicsHint')}</EmptyState>;
  const clinic = data.clinics.find(({ id }) => id === clinicId);
  const isDay = clinicalMoment(day)?.precision === 'day';
  if (!clinic || day === undefined || !isDay) {
    const chosen = clinic ?? data.clinics.find(({ schedules }) => schedules.some(({ isOwn }) => isOwn)) ?? first;
    return <Navigate to={boardPath(chosen.id, isDay && day !== undefined ? day : localDay(Date.now(), chosen.zone))} replace />;
  }
  return (
    <Can ability="seeAppointments" otherwise={<EmptyState icon="lock" title={t('mayNot')} />}>
      {data.hasMore && <Alert tone="warning">{t('incompleteClinics')}</Alert>}
      <Day key={`${clinic.id} ${day}`} clinics={data.clinics} clinic={clinic} day={day} />
    </Can>
  );
}

function Day({ clinics, clinic, day }: { clinics: readonly ClinicView[]; clinic: ClinicView; day: string }) {
  const t = useWords(words);
  const [kind, setKind] = useState<BoardKind>('people');
  const [filter, setFilter] = useState('');
  const query = useReadClinicDayQuery({ id: clinic.id, day }, { pollingInterval: ASK_AGAIN_MS });
  const freshness = useFreshness(query);
  const live = useLive('Appointment');
  const stamp = freshness.state === 'stale' ? 'offline' : live === 'live' || live === 'reconnecting' ? live : 'current';
  return (
    <div className="screen">
      <NotPrinted>
        <div className="screen">
          <Group justify="between">
            <Heading level={1}>{t('board')}</Heading>
            <Group>
              <FreshnessStamp at={freshness.updatedAt} state={stamp} />
              {query.data && <Button icon="print" onClick={() => window.print()}>{t('printList')}</Button>}
            </Group>
          </Group>
          <DayBar clinics={clinics} clinic={clinic} day={day} kind={kind} filter={filter} onKind={setKind} onFilter={setFilter} />
        </div>
      </NotPrinted>
      {query.data ? (
        <Board board={query.data} clinic={clinic} kind={kind} filter={filter} />
      ) : query.isError ? (
        <ErrorState title={t('boardUnavailable')} onRetry={() => void query.refetch()} retrying={query.isFetching} />
      ) : (
        <LoadingState lines={12} />
      )}
    </div>
  );
}

interface BoardProps {
  board: BoardView;
  clinic: ClinicView;
  kind: BoardKind;
  filter: string;
}

function Board({ board, clinic, kind, filter }: BoardProps) {
  const t = useWords(words);
  const labels = useLabels();
  const navigate = useNavigate();
  const isNarrow = useNarrow();
  const now = useNow();
  const stateOf = useAppointmentState();
  const [selected, setSelected] = useState<string>();
  const [lifted, setLifted] = useState<string>();
  const [refused, setRefused] = useState<Refused>();
  const view = useMemo(() => shown(board, { kind, filter, stateOf, unnamed: t('unnamed') }), [board, kind, filter, stateOf, t]);
  const { override, move } = useMover(view.entries, board.zone, setRefused);
  const blocks = placed(view.blocks, view.entries, override);
  const dayText = formatIso(board.day, { words: labels.words }) ?? board.day;
  const label = t('boardOf', { clinic: clinic.name ?? clinic.id, day: dayText });
  const entry = selected === undefined ? undefined : view.entries.get(partsOf(selected).appointment);
  const carried = lifted === undefined ? undefined : view.entries.get(partsOf(lifted).appointment);
  const pick = ({ column, start }: DayPlace) =>
    void navigate(`/desk/book?${new URLSearchParams({ clinic: clinic.id, schedule: column, from: new Date(start).toISOString() })}`);
  return (
    <>
      <NotPrinted>
        <div className="board-notes">
          <Counts entries={[...view.entries.values()]} />
          {refused && <Alert tone="warning" title={refused.title} announce>{refused.detail}</Alert>}
          {view.hiddenCount > 0 && <p className="g-tone-muted g-size-sm">{t('hidden', { count: view.hiddenCount })}</p>}
        </div>
        <div className="board">
          <div className="board-day">
            {isNarrow ? (
              blocks.length === 0 ? <EmptyState icon="calendar" title={t('empty')} /> : <DayAgenda label={label} timeZone={board.zone} columns={view.columns} blocks={blocks} selected={selected} onOpen={setSelected} />
            ) : (
              <DayCalendar
                label={label}
                dayStart={Date.parse(board.start)}
                timeZone={board.zone}
                columns={view.columns}
                blocks={blocks}
                now={now}
                selected={selected}
                lifted={lifted}
                onLift={setLifted}
                onOpen={setSelected}
                onMove={(key, to) => void move(key, to)}
                onPick={pick}
              />
            )}
            {carried && (
              // Over the board: were it above, the board would slip away under the pointer.
              <div className="board-hint"><Alert tone="info" title={t('moving', { name: nameOfEntry(carried, t('unnamed')) })}>{t('dropHint')}</Alert></div>
            )}
          </div>
          {entry && (
            <DetailsPanel
              key={entry.appointment.id}
              entry={entry}
              board={board}
              now={now}
              onClose={() => setSelected(undefined)}
              onRefused={setRefused}
              {...(!isNarrow && { onLift: () => setLifted(selected) })}
            />
          )}
        </div>
      </NotPrinted>
      <PrintedList board={board} clinic={clinic} blocks={view.blocks} columns={view.columns} entries={view.entries} title={label} />
    </>
  );
}
