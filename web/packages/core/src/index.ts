// The kernel that every portal shares: store, API, session, words, router.
export { actingChanged, type ActingState } from './acting';
export * from './break-glass';
export * from './can';
export * from './debounced';
export * from './drafts';
export * from './fhir-api';
export * from './freshness';
export * from './hooks';
export * from './lazy-screen';
export * from './now';
export * from './patients';
export * from './idle';
export * from './live';
export type { LiveState } from './live-state';
export * from './preferences';
export * from './provider';
export * from './recent';
export * from './refusal';
export * from './router';
export * from './session';
export * from './session-watch';
export * from './shortcuts';
export * from './sign-in';
export * from './store';
export * from './title';
export * from './unsaved';
export * from './words';
export { connectionFound, connectionLost, type ConnectionState } from './connection';
export { restApi } from './tags';
export {
  useAmendPatientMutation,
  useBookAppointmentMutation,
  useCallNextTicketMutation,
  useCancelAppointmentMutation,
  useConfirmAppointmentMutation,
  useFindAppointmentTimesQuery,
  useFindPatientsQuery,
  useGetApiAuthorizationsRequestQuery as useConsentQuery,
  useLaunchClientMutation as useLaunchMutation,
  useListAuthorizationsQuery as useConnectionsQuery,
  useListLaunchableQuery as useLaunchableQuery,
  useHoldAppointmentMutation,
  useIssueTicketMutation,
  useListAppointmentRequestsQuery,
  useListAppointmentsQuery,
  useListClinicsQuery,
  useListMergesQuery,
  useListServicesQuery,
  useMergePatientsMutation,
  usePostApiAuthorizationsRequestMutation as useDecideConsentMutation,
  useOpenBreakGlassMutation,
  usePreviewMergeQuery,
  useReadClinicDayQuery,
  useReadOwnDayQuery,
  useReadPatientQuery,
  useReadQueueDisplayQuery,
  useReadQueueQuery,
  useRecordAttendanceMutation,
  useRegisterPatientMutation,
  useRescheduleAppointmentMutation,
  useStepTicketMutation,
  useRevokeAuthorizationMutation as useDisconnectMutation,
  useUnmergePatientsMutation,
  type AmendPatient,
  type AppointmentView,
  type AuthorizationView,
  type BoardView,
  type CancellationReason,
  type ChoiceView,
  type ClinicView,
  type ColumnView,
  type ConsentView,
  type Details,
  type BoardEntry,
  type GrantView,
  type LaunchableView,
  type MergePreview,
  type MergeView,
  type PatientView,
  type RegisterPatient,
  type ScheduleLine,
  type ScopeView,
  type ServiceView,
  type Step,
  type TicketStep,
  type TicketView,
} from './generated/api';
