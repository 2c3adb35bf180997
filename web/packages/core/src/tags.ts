// What each generated endpoint's answer is about, so that a change refreshes what shows it.
import { generatedApi, type BoardView } from './generated/api';

export const TAG_TYPES = ['Patient', 'PatientMerge', 'Place', 'User', 'BreakGlass', 'Connection', 'Appointment', 'Queue', 'Clinic', 'Service', 'MessagePreferences', 'CalendarFeed', 'Proxy', 'Invitation', 'Consent', 'Communication', 'Record'] as const;

const APPOINTMENTS = { type: 'Appointment', id: 'LIST' } as const;
// Which thread a message belongs to, its id does not say: all are asked for anew.
const COMMUNICATIONS = { type: 'Communication', id: 'LIST' } as const;
const ofAppointment = (id: string) => ({ type: 'Appointment' as const, id });
const ofBoard = (board: BoardView | undefined) => [
  APPOINTMENTS,
  ...(board?.columns ?? []).flatMap(({ entries }) => entries.map(({ appointment }) => ofAppointment(appointment.id))),
];

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
    listClinics: { providesTags: ['Clinic'] },
    listServices: { providesTags: ['Service'] },
    // A board changes when any of its appointments does, or one comes that was not on it.
    readClinicDay: { providesTags: (board) => ofBoard(board) },
    readOwnDay: { providesTags: (board) => ofBoard(board) },
    listAppointmentRequests: {
      providesTags: (page) => [APPOINTMENTS, ...(page?.requests ?? []).map(({ appointment }) => ofAppointment(appointment.id))],
    },
    listWaiting: {
      providesTags: (page) => [APPOINTMENTS, ...(page?.entries ?? []).map(({ appointment }) => ofAppointment(appointment.id))],
    },
    listAppointmentsToMove: {
      providesTags: (page) => [APPOINTMENTS, ...(page?.appointments ?? []).map(({ appointment }) => ofAppointment(appointment.id))],
    },
    listAppointments: {
      providesTags: (page) => [APPOINTMENTS, ...(page?.appointments ?? []).map(({ id }) => ofAppointment(id))],
    },
    readAppointment: { providesTags: (_appointment, _error, { id }) => [ofAppointment(id)] },
    findAppointmentTimes: { providesTags: [APPOINTMENTS], keepUnusedDataFor: 0 },
    // Refused, too: who was too late must see what is there now.
    bookAppointment: { invalidatesTags: [APPOINTMENTS] },
    holdAppointment: { invalidatesTags: [APPOINTMENTS] },
    confirmAppointment: { invalidatesTags: (_done, _error, { id }) => [APPOINTMENTS, ofAppointment(id)] },
    rescheduleAppointment: { invalidatesTags: (_done, _error, { id }) => [APPOINTMENTS, ofAppointment(id)] },
    cancelAppointment: { invalidatesTags: (_done, _error, { id }) => [APPOINTMENTS, ofAppointment(id)] },
    joinWaitingList: { invalidatesTags: [APPOINTMENTS] },
    offerAppointment: { invalidatesTags: (_done, _error, { id }) => [APPOINTMENTS, ofAppointment(id)] },
    declineAppointmentOffer: { invalidatesTags: (_done, _error, { id }) => [APPOINTMENTS, ofAppointment(id)] },
    retractAppointment: { invalidatesTags: (_done, _error, { id }) => [APPOINTMENTS, ofAppointment(id)] },
    bookAppointmentSeries: { invalidatesTags: [APPOINTMENTS] },
    cancelAppointmentSeries: { invalidatesTags: [APPOINTMENTS] },
    recordAttendance: { invalidatesTags: (_done, _error, { id }) => [APPOINTMENTS, ofAppointment(id)] },
    readQueue: { providesTags: (_queue, _error, { id }) => [{ type: 'Queue', id }] },
    readQueueDisplay: { providesTags: (_display, _error, { id }) => [{ type: 'Queue', id }] },
    issueTicket: { invalidatesTags: (_done, _error, { id }) => [{ type: 'Queue', id }] },
    callNextTicket: { invalidatesTags: (_done, _error, { id }) => [{ type: 'Queue', id }] },
    stepTicket: { invalidatesTags: (_done, _error, { id }) => [{ type: 'Queue', id }] },
    listPlaces: { providesTags: ['Place'] },
    listUsers: { providesTags: ['User'] },
    addUser: { invalidatesTags: ['User'] },
    changeUser: { invalidatesTags: ['User'] },
    listAuthorizations: { providesTags: ['Connection'] },
    postApiAuthorizationsRequest: { invalidatesTags: ['Connection'] },
    // Refused, too: one that is not there any more must not stay on the screen.
    revokeAuthorization: { invalidatesTags: ['Connection'] },
    releaseResult: { invalidatesTags: [{ type: 'Record', id: 'Observation' }, { type: 'Record', id: 'DiagnosticReport' }] },
    listInvitations: { providesTags: (_page, _error, { id }) => [{ type: 'Invitation', id }] },
    invitePatient: { invalidatesTags: (_issued, _error, { id }) => [{ type: 'Invitation', id }] },
    withdrawInvitation: { invalidatesTags: (invitation) => (invitation ? [{ type: 'Invitation', id: invitation.patient }] : []) },
    listOwnProxies: { providesTags: ['Proxy'] },
    listProxies: { providesTags: ['Proxy'] },
    acceptProxy: { invalidatesTags: ['Proxy'] },
    endProxy: { invalidatesTags: ['Proxy'] },
    listThreads: { providesTags: [COMMUNICATIONS] },
    readThread: { providesTags: [COMMUNICATIONS] },
    readInbox: { providesTags: [COMMUNICATIONS] },
    startThread: { invalidatesTags: ['Communication'] },
    // Refused, too: who was too late must read what was written in between.
    replyToThread: { invalidatesTags: ['Communication'] },
    markThreadRead: { invalidatesTags: (_done, error) => (error ? [] : ['Communication']) },
    closeThread: { invalidatesTags: ['Communication'] },
    listConsents: { providesTags: ['Consent'] },
    recordConsent: { invalidatesTags: ['Consent'] },
    // Refused, too: what was withdrawn elsewhere must not stay on the screen.
    withdrawConsent: { invalidatesTags: ['Consent'] },
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
