// The kernel that every portal shares: store, API, session, words, router.
export { actingChanged, type ActingState } from './acting';
export * from './break-glass';
export * from './can';
export * from './conversation';
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
  useAcceptProxyMutation,
  usePostApiActivationsMutation as useActivateMutation,
  useAmendPatientMutation,
  useBookAppointmentMutation,
  useBookAppointmentSeriesMutation,
  useCallNextTicketMutation,
  useCancelAppointmentMutation,
  useCloseThreadMutation,
  useCancelAppointmentSeriesMutation,
  useConfirmAppointmentMutation,
  useCountHeldResultsQuery,
  useListAuthorizationsQuery as useConnectionsQuery,
  useGetApiAuthorizationsRequestQuery as useConsentQuery,
  useCreateCalendarFeedMutation,
  usePostApiAuthorizationsRequestMutation as useDecideConsentMutation,
  useDeclineAppointmentOfferMutation,
  useRevokeAuthorizationMutation as useDisconnectMutation,
  useEndProxyMutation,
  useFindAppointmentTimesQuery,
  useFindPatientsQuery,
  useHoldAppointmentMutation,
  useInvitePatientMutation,
  useListInvitationsQuery,
  useWithdrawInvitationMutation,
  useIssueTicketMutation,
  useJoinWaitingListMutation,
  useListLaunchableQuery as useLaunchableQuery,
  useLaunchClientMutation as useLaunchMutation,
  useListAccessesQuery,
  useListAppointmentRequestsQuery,
  useListAppointmentsQuery,
  useListAppointmentsToMoveQuery,
  useListCalendarFeedsQuery,
  useListClinicsQuery,
  useListConsentsQuery,
  useListMergesQuery,
  useListMessagesQuery,
  useListOwnProxiesQuery,
  useListProxiesQuery,
  useListServicesQuery,
  useListThreadsQuery,
  useListWaitingQuery,
  useMergePatientsMutation,
  useOfferAppointmentMutation,
  useOpenBreakGlassMutation,
  usePreviewAppointmentSeriesMutation,
  usePreviewMergeQuery,
  useReadAppointmentQuery,
  useReadClinicDayQuery,
  useReadInboxQuery,
  useReadMessagePreferencesQuery,
  useReadOwnDayQuery,
  useReadPatientQuery,
  useReadQueueDisplayQuery,
  useReadQueueQuery,
  useRecordAttendanceMutation,
  useRecordConsentMutation,
  useRegisterPatientMutation,
  useReleaseResultMutation,
  useReplyToThreadMutation,
  useRescheduleAppointmentMutation,
  useRetractAppointmentMutation,
  useRevokeCalendarFeedMutation,
  useSetMessagePreferencesMutation,
  useStartThreadMutation,
  useStepTicketMutation,
  useUnmergePatientsMutation,
  useWithdrawConsentMutation,
  type AccessView,
  type ActedForView,
  type AmendPatient,
  type AppointmentView,
  type AuthorizationView,
  type BoardEntry,
  type BoardView,
  type CancellationReason,
  type ChoiceView,
  type ClinicView,
  type ColumnView,
  type ConsentView,
  type ConversationView,
  type Details,
  type FeedView,
  type GrantView,
  type InvitationIssuedView,
  type InvitationView,
  type Kinship,
  type LaunchableView,
  type MergePreview,
  type MergeView,
  type Preferences as MessagePreferences,
  type PreferencesView as MessagePreferencesView,
  type MessageView,
  type OccurrenceView,
  type PatientConsentView,
  type PatientView,
  type PlanForm,
  type RecordConsent,
  type RegisterPatient,
  type ScheduleLine,
  type ScopeView,
  type SeriesOutcome,
  type SeriesView,
  type ServiceView,
  type Step,
  type TicketStep,
  type ThreadMessageView,
  type ThreadView,
  type TicketView,
  type Topic,
  type ToMove,
  type WishesForm,
  type WishesView,
} from './generated/api';
