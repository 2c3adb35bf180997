// What each generated endpoint's answer is about, so that a change refreshes what shows it.
import { generatedApi } from './generated/api';

export const TAG_TYPES = ['Patient', 'PatientMerge', 'Place', 'User', 'BreakGlass', 'Connection', 'Appointment', 'FreeTime', 'MessagePreferences', 'CalendarFeed', 'Proxy'] as const;

const APPOINTMENTS = { type: 'Appointment', id: 'LIST' } as const;

/** Whatever was tried: who was refused because a time was taken sees what is there now. */
const placed = () => ['Appointment' as const, 'FreeTime' as const];

export const restApi = generatedApi.enhanceEndpoints({
  addTagTypes: [...TAG_TYPES],
  endpoints: {
    findPatients: {
      providesTags: (page) => [
        { type: 'Patient', id: 'LIST' },
        ...(page?.patients ?? []).map(({ id }) => ({ type: 'Patient' as const, id })),
      ],
    },
    readPatient: { providesTags: (_patient, _error, { id }) => [{ type: 'Patient', id }] },
    registerPatient: { invalidatesTags: (patient) => (patient ? [{ type: 'Patient', id: 'LIST' }] : []) },
    amendPatient: { invalidatesTags: (_patient, _error, { id }) => [{ type: 'Patient', id }] },
    previewMerge: {
      providesTags: (_preview, _error, { id, duplicate }) => [
        { type: 'Patient', id },
        { type: 'Patient', id: duplicate },
      ],
    },
    listMerges: { providesTags: (_merges, _error, { id }) => [{ type: 'PatientMerge', id }] },
    // A merge moves records of every type, so everything cached about the two is asked for anew.
    mergePatients: {
      invalidatesTags: (_merge, _error, { id, mergePatients }) => [
        { type: 'Patient', id },
        { type: 'Patient', id: mergePatients.duplicate },
        { type: 'PatientMerge', id },
      ],
    },
    unmergePatients: {
      invalidatesTags: (merge) =>
        merge
          ? [
              { type: 'Patient', id: merge.survivor },
              { type: 'Patient', id: merge.duplicate },
              { type: 'PatientMerge', id: merge.survivor },
            ]
          : [],
    },
    listPlaces: { providesTags: ['Place'] },
    listUsers: { providesTags: ['User'] },
    addUser: { invalidatesTags: ['User'] },
    changeUser: { invalidatesTags: ['User'] },
    listAuthorizations: { providesTags: ['Connection'] },
    postApiAuthorizationsRequest: { invalidatesTags: ['Connection'] },
    // Refused, too: one that is not there any more must not stay on the screen.
    revokeAuthorization: { invalidatesTags: ['Connection'] },
    listAppointments: {
      providesTags: (page) => [APPOINTMENTS, ...(page?.appointments ?? []).map(({ id }) => ({ type: 'Appointment' as const, id }))],
    },
    readAppointment: { providesTags: (_appointment, _error, { id }) => [{ type: 'Appointment', id }] },
    findAppointmentTimes: { providesTags: ['FreeTime'] },
    holdAppointment: { invalidatesTags: placed },
    bookAppointment: { invalidatesTags: placed },
    confirmAppointment: { invalidatesTags: placed },
    rescheduleAppointment: { invalidatesTags: placed },
    cancelAppointment: { invalidatesTags: placed },
    recordAttendance: { invalidatesTags: placed },
    listOwnProxies: { providesTags: ['Proxy'] },
    listProxies: { providesTags: ['Proxy'] },
    acceptProxy: { invalidatesTags: ['Proxy'] },
    endProxy: { invalidatesTags: ['Proxy'] },
    readMessagePreferences: { providesTags: ['MessagePreferences'] },
    setMessagePreferences: { invalidatesTags: ['MessagePreferences'] },
    listCalendarFeeds: { providesTags: ['CalendarFeed'] },
    createCalendarFeed: { invalidatesTags: ['CalendarFeed'] },
    revokeCalendarFeed: { invalidatesTags: ['CalendarFeed'] },
    openBreakGlass: {
      invalidatesTags: (_grant, error, { openBreakGlass }) =>
        error ? [] : ['BreakGlass', { type: 'Patient', id: openBreakGlass.patient }],
    },
  },
});
