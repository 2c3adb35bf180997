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
  useAcceptProxyMutation,
  useAmendPatientMutation,
  useEndProxyMutation,
  useListAccessesQuery,
  useListOwnProxiesQuery,
  useListProxiesQuery,
  usePostApiActivationsMutation as useActivateMutation,
  useBookAppointmentMutation,
  useCancelAppointmentMutation,
  useConfirmAppointmentMutation,
  useCreateCalendarFeedMutation,
  useFindAppointmentTimesQuery,
  useHoldAppointmentMutation,
  useListAppointmentsQuery,
  useListCalendarFeedsQuery,
  useListMessagesQuery,
  useListServicesQuery,
  useReadAppointmentQuery,
  useReadMessagePreferencesQuery,
  useRecordAttendanceMutation,
  useRescheduleAppointmentMutation,
  useRevokeCalendarFeedMutation,
  useSetMessagePreferencesMutation,
  useFindPatientsQuery,
  useGetApiAuthorizationsRequestQuery as useConsentQuery,
  useLaunchClientMutation as useLaunchMutation,
  useListAuthorizationsQuery as useConnectionsQuery,
  useListLaunchableQuery as useLaunchableQuery,
  useListMergesQuery,
  useMergePatientsMutation,
  usePostApiAuthorizationsRequestMutation as useDecideConsentMutation,
  useOpenBreakGlassMutation,
  usePreviewMergeQuery,
  useReadPatientQuery,
  useRegisterPatientMutation,
  useRevokeAuthorizationMutation as useDisconnectMutation,
  useUnmergePatientsMutation,
  type AccessView,
  type ActedForView,
  type AmendPatient,
  type AppointmentView,
  type CancellationReason,
  type ChoiceView,
  type FeedView,
  type MessageView,
  type ServiceView,
  type Preferences as MessagePreferences,
  type PreferencesView as MessagePreferencesView,
  type AuthorizationView,
  type ConsentView,
  type Details,
  type GrantView,
  type LaunchableView,
  type MergePreview,
  type MergeView,
  type PatientView,
  type RegisterPatient,
  type ScopeView,
} from './generated/api';
