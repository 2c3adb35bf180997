// Made from schemas/openapi.json by `npm run codegen`. Do not edit.
import { api } from "../api";
const injectedRtkApi = api.injectEndpoints({
  endpoints: (build) => ({
    postApiSession: build.mutation<
      PostApiSessionApiResponse,
      PostApiSessionApiArg
    >({
      query: (queryArg) => ({
        url: `/api/session`,
        method: "POST",
        body: queryArg.signInBody,
      }),
    }),
    getApiSession: build.query<GetApiSessionApiResponse, GetApiSessionApiArg>({
      query: () => ({ url: `/api/session` }),
    }),
    deleteApiSession: build.mutation<
      DeleteApiSessionApiResponse,
      DeleteApiSessionApiArg
    >({
      query: () => ({ url: `/api/session`, method: "DELETE" }),
    }),
    listUsers: build.query<ListUsersApiResponse, ListUsersApiArg>({
      query: () => ({ url: `/api/users` }),
    }),
    addUser: build.mutation<AddUserApiResponse, AddUserApiArg>({
      query: (queryArg) => ({
        url: `/api/users`,
        method: "POST",
        body: queryArg.addUser,
      }),
    }),
    changeUser: build.mutation<ChangeUserApiResponse, ChangeUserApiArg>({
      query: (queryArg) => ({
        url: `/api/users/${queryArg.id}`,
        method: "PATCH",
        body: queryArg.changeBody,
      }),
    }),
    openBreakGlass: build.mutation<
      OpenBreakGlassApiResponse,
      OpenBreakGlassApiArg
    >({
      query: (queryArg) => ({
        url: `/api/access/break-glass`,
        method: "POST",
        body: queryArg.openBreakGlass,
      }),
    }),
    getApiAccessBreakGlass: build.query<
      GetApiAccessBreakGlassApiResponse,
      GetApiAccessBreakGlassApiArg
    >({
      query: () => ({ url: `/api/access/break-glass` }),
    }),
    postApiAccessBreakGlassIdReview: build.mutation<
      PostApiAccessBreakGlassIdReviewApiResponse,
      PostApiAccessBreakGlassIdReviewApiArg
    >({
      query: (queryArg) => ({
        url: `/api/access/break-glass/${queryArg.id}/review`,
        method: "POST",
        body: queryArg.reviewBody,
      }),
    }),
    declareRelationship: build.mutation<
      DeclareRelationshipApiResponse,
      DeclareRelationshipApiArg
    >({
      query: (queryArg) => ({
        url: `/api/access/relationships`,
        method: "POST",
        body: queryArg.declareRelationship,
      }),
    }),
    postApiDirectoryOrganizations: build.mutation<
      PostApiDirectoryOrganizationsApiResponse,
      PostApiDirectoryOrganizationsApiArg
    >({
      query: (queryArg) => ({
        url: `/api/directory/organizations`,
        method: "POST",
        body: queryArg.addOrganization,
      }),
    }),
    postApiDirectoryPlaces: build.mutation<
      PostApiDirectoryPlacesApiResponse,
      PostApiDirectoryPlacesApiArg
    >({
      query: (queryArg) => ({
        url: `/api/directory/places`,
        method: "POST",
        body: queryArg.addPlace,
      }),
    }),
    listPlaces: build.query<ListPlacesApiResponse, ListPlacesApiArg>({
      query: (queryArg) => ({
        url: `/api/directory/places`,
        params: {
          partOf: queryArg.partOf,
          name: queryArg.name,
          page: queryArg.page,
        },
      }),
    }),
    postApiDirectoryPractitioners: build.mutation<
      PostApiDirectoryPractitionersApiResponse,
      PostApiDirectoryPractitionersApiArg
    >({
      query: (queryArg) => ({
        url: `/api/directory/practitioners`,
        method: "POST",
        body: queryArg.addPractitioner,
      }),
    }),
    postApiDirectoryRoles: build.mutation<
      PostApiDirectoryRolesApiResponse,
      PostApiDirectoryRolesApiArg
    >({
      query: (queryArg) => ({
        url: `/api/directory/roles`,
        method: "POST",
        body: queryArg.assignRole,
      }),
    }),
    releaseResult: build.mutation<
      ReleaseResultApiResponse,
      ReleaseResultApiArg
    >({
      query: (queryArg) => ({
        url: `/api/results/${queryArg["type"]}/${queryArg.id}/release`,
        method: "POST",
        body: queryArg.releaseResult,
      }),
    }),
    countHeldResults: build.query<
      CountHeldResultsApiResponse,
      CountHeldResultsApiArg
    >({
      query: (queryArg) => ({
        url: `/api/patients/${queryArg.id}/results/held`,
      }),
    }),
    listThreads: build.query<ListThreadsApiResponse, ListThreadsApiArg>({
      query: (queryArg) => ({ url: `/api/patients/${queryArg.id}/threads` }),
    }),
    startThread: build.mutation<StartThreadApiResponse, StartThreadApiArg>({
      query: (queryArg) => ({
        url: `/api/patients/${queryArg.id}/threads`,
        method: "POST",
        body: queryArg.startThread,
      }),
    }),
    readInbox: build.query<ReadInboxApiResponse, ReadInboxApiArg>({
      query: () => ({ url: `/api/inbox` }),
    }),
    readThread: build.query<ReadThreadApiResponse, ReadThreadApiArg>({
      query: (queryArg) => ({ url: `/api/threads/${queryArg.id}` }),
    }),
    replyToThread: build.mutation<
      ReplyToThreadApiResponse,
      ReplyToThreadApiArg
    >({
      query: (queryArg) => ({
        url: `/api/threads/${queryArg.id}/replies`,
        method: "POST",
        body: queryArg.replyToThread,
      }),
    }),
    markThreadRead: build.mutation<
      MarkThreadReadApiResponse,
      MarkThreadReadApiArg
    >({
      query: (queryArg) => ({
        url: `/api/threads/${queryArg.id}/read`,
        method: "POST",
        body: queryArg.markThreadRead,
      }),
    }),
    closeThread: build.mutation<CloseThreadApiResponse, CloseThreadApiArg>({
      query: (queryArg) => ({
        url: `/api/threads/${queryArg.id}/close`,
        method: "POST",
        body: queryArg.closeThread,
      }),
    }),
    registerPatient: build.mutation<
      RegisterPatientApiResponse,
      RegisterPatientApiArg
    >({
      query: (queryArg) => ({
        url: `/api/patients`,
        method: "POST",
        body: queryArg.registerPatient,
      }),
    }),
    findPatients: build.query<FindPatientsApiResponse, FindPatientsApiArg>({
      query: (queryArg) => ({
        url: `/api/patients`,
        params: {
          text: queryArg.text,
          name: queryArg.name,
          birthDate: queryArg.birthDate,
          nhsNumber: queryArg.nhsNumber,
          mrn: queryArg.mrn,
          count: queryArg.count,
          page: queryArg.page,
        },
      }),
    }),
    readPatient: build.query<ReadPatientApiResponse, ReadPatientApiArg>({
      query: (queryArg) => ({ url: `/api/patients/${queryArg.id}` }),
    }),
    amendPatient: build.mutation<AmendPatientApiResponse, AmendPatientApiArg>({
      query: (queryArg) => ({
        url: `/api/patients/${queryArg.id}`,
        method: "PATCH",
        body: queryArg.amendPatient,
      }),
    }),
    printPatientLabel: build.query<
      PrintPatientLabelApiResponse,
      PrintPatientLabelApiArg
    >({
      query: (queryArg) => ({ url: `/api/patients/${queryArg.id}/label` }),
    }),
    previewMerge: build.query<PreviewMergeApiResponse, PreviewMergeApiArg>({
      query: (queryArg) => ({
        url: `/api/patients/${queryArg.id}/merge-preview`,
        params: {
          duplicate: queryArg.duplicate,
        },
      }),
    }),
    listMerges: build.query<ListMergesApiResponse, ListMergesApiArg>({
      query: (queryArg) => ({ url: `/api/patients/${queryArg.id}/merges` }),
    }),
    mergePatients: build.mutation<
      MergePatientsApiResponse,
      MergePatientsApiArg
    >({
      query: (queryArg) => ({
        url: `/api/patients/${queryArg.id}/merge`,
        method: "POST",
        body: queryArg.mergePatients,
      }),
    }),
    unmergePatients: build.mutation<
      UnmergePatientsApiResponse,
      UnmergePatientsApiArg
    >({
      query: (queryArg) => ({
        url: `/api/patient-merges/${queryArg.id}/undo`,
        method: "POST",
      }),
    }),
    invitePatient: build.mutation<
      InvitePatientApiResponse,
      InvitePatientApiArg
    >({
      query: (queryArg) => ({
        url: `/api/patients/${queryArg.id}/invitations`,
        method: "POST",
        body: queryArg.invitePatient,
      }),
    }),
    listInvitations: build.query<
      ListInvitationsApiResponse,
      ListInvitationsApiArg
    >({
      query: (queryArg) => ({
        url: `/api/patients/${queryArg.id}/invitations`,
      }),
    }),
    printInvitationLetter: build.mutation<
      PrintInvitationLetterApiResponse,
      PrintInvitationLetterApiArg
    >({
      query: (queryArg) => ({
        url: `/api/patients/${queryArg.id}/invitation-letters`,
        method: "POST",
      }),
    }),
    withdrawInvitation: build.mutation<
      WithdrawInvitationApiResponse,
      WithdrawInvitationApiArg
    >({
      query: (queryArg) => ({
        url: `/api/invitations/${queryArg.id}`,
        method: "DELETE",
      }),
    }),
    postApiActivations: build.mutation<
      PostApiActivationsApiResponse,
      PostApiActivationsApiArg
    >({
      query: (queryArg) => ({
        url: `/api/activations`,
        method: "POST",
        body: queryArg.activateAccount,
      }),
    }),
    acceptProxy: build.mutation<AcceptProxyApiResponse, AcceptProxyApiArg>({
      query: (queryArg) => ({
        url: `/api/proxies`,
        method: "POST",
        body: queryArg.acceptProxy,
      }),
    }),
    listOwnProxies: build.query<
      ListOwnProxiesApiResponse,
      ListOwnProxiesApiArg
    >({
      query: () => ({ url: `/api/proxies` }),
    }),
    listProxies: build.query<ListProxiesApiResponse, ListProxiesApiArg>({
      query: (queryArg) => ({ url: `/api/patients/${queryArg.id}/proxies` }),
    }),
    endProxy: build.mutation<EndProxyApiResponse, EndProxyApiArg>({
      query: (queryArg) => ({
        url: `/api/proxies/${queryArg.id}`,
        method: "DELETE",
      }),
    }),
    listAccesses: build.query<ListAccessesApiResponse, ListAccessesApiArg>({
      query: (queryArg) => ({
        url: `/api/patients/${queryArg.id}/accesses`,
        params: {
          page: queryArg.page,
        },
      }),
    }),
    recordConsent: build.mutation<
      RecordConsentApiResponse,
      RecordConsentApiArg
    >({
      query: (queryArg) => ({
        url: `/api/patients/${queryArg.id}/consents`,
        method: "POST",
        body: queryArg.recordConsent,
      }),
    }),
    listConsents: build.query<ListConsentsApiResponse, ListConsentsApiArg>({
      query: (queryArg) => ({ url: `/api/patients/${queryArg.id}/consents` }),
    }),
    withdrawConsent: build.mutation<
      WithdrawConsentApiResponse,
      WithdrawConsentApiArg
    >({
      query: (queryArg) => ({
        url: `/api/consents/${queryArg.id}`,
        method: "DELETE",
      }),
    }),
    findAppointmentTimes: build.query<
      FindAppointmentTimesApiResponse,
      FindAppointmentTimesApiArg
    >({
      query: (queryArg) => ({
        url: `/api/appointments/times`,
        params: {
          service: queryArg.service,
          from: queryArg["from"],
          to: queryArg.to,
          schedules: queryArg.schedules,
          count: queryArg.count,
        },
      }),
    }),
    listAppointments: build.query<
      ListAppointmentsApiResponse,
      ListAppointmentsApiArg
    >({
      query: (queryArg) => ({
        url: `/api/appointments`,
        params: {
          patient: queryArg.patient,
          series: queryArg.series,
          schedule: queryArg.schedule,
          from: queryArg["from"],
          to: queryArg.to,
          count: queryArg.count,
          page: queryArg.page,
        },
      }),
    }),
    bookAppointment: build.mutation<
      BookAppointmentApiResponse,
      BookAppointmentApiArg
    >({
      query: (queryArg) => ({
        url: `/api/appointments`,
        method: "POST",
        body: queryArg.newAppointment,
      }),
    }),
    readAppointment: build.query<
      ReadAppointmentApiResponse,
      ReadAppointmentApiArg
    >({
      query: (queryArg) => ({ url: `/api/appointments/${queryArg.id}` }),
    }),
    printAppointmentLetter: build.query<
      PrintAppointmentLetterApiResponse,
      PrintAppointmentLetterApiArg
    >({
      query: (queryArg) => ({ url: `/api/appointments/${queryArg.id}/letter` }),
    }),
    listClinics: build.query<ListClinicsApiResponse, ListClinicsApiArg>({
      query: () => ({ url: `/api/clinics` }),
    }),
    readClinicDay: build.query<ReadClinicDayApiResponse, ReadClinicDayApiArg>({
      query: (queryArg) => ({
        url: `/api/clinics/${queryArg.id}/days/${queryArg.day}`,
      }),
    }),
    readOwnDay: build.query<ReadOwnDayApiResponse, ReadOwnDayApiArg>({
      query: (queryArg) => ({ url: `/api/own-days/${queryArg.day}` }),
    }),
    listAppointmentsToMove: build.query<
      ListAppointmentsToMoveApiResponse,
      ListAppointmentsToMoveApiArg
    >({
      query: (queryArg) => ({
        url: `/api/appointments-to-move`,
        params: {
          clinic: queryArg.clinic,
        },
      }),
    }),
    listAppointmentRequests: build.query<
      ListAppointmentRequestsApiResponse,
      ListAppointmentRequestsApiArg
    >({
      query: () => ({ url: `/api/appointment-requests` }),
    }),
    issueTicket: build.mutation<IssueTicketApiResponse, IssueTicketApiArg>({
      query: (queryArg) => ({
        url: `/api/clinics/${queryArg.id}/tickets`,
        method: "POST",
        body: queryArg.issueTicket,
      }),
    }),
    callNextTicket: build.mutation<
      CallNextTicketApiResponse,
      CallNextTicketApiArg
    >({
      query: (queryArg) => ({
        url: `/api/clinics/${queryArg.id}/queue/next`,
        method: "POST",
        body: queryArg.callNext,
      }),
    }),
    stepTicket: build.mutation<StepTicketApiResponse, StepTicketApiArg>({
      query: (queryArg) => ({
        url: `/api/clinics/${queryArg.id}/tickets/${queryArg["number"]}/step`,
        method: "POST",
        body: queryArg.stepTicket,
      }),
    }),
    readQueue: build.query<ReadQueueApiResponse, ReadQueueApiArg>({
      query: (queryArg) => ({ url: `/api/clinics/${queryArg.id}/queue` }),
    }),
    readQueueDisplay: build.query<
      ReadQueueDisplayApiResponse,
      ReadQueueDisplayApiArg
    >({
      query: (queryArg) => ({
        url: `/api/clinics/${queryArg.id}/queue-display`,
      }),
    }),
    holdAppointment: build.mutation<
      HoldAppointmentApiResponse,
      HoldAppointmentApiArg
    >({
      query: (queryArg) => ({
        url: `/api/appointments/holds`,
        method: "POST",
        body: queryArg.newAppointment,
      }),
    }),
    confirmAppointment: build.mutation<
      ConfirmAppointmentApiResponse,
      ConfirmAppointmentApiArg
    >({
      query: (queryArg) => ({
        url: `/api/appointments/${queryArg.id}/confirm`,
        method: "POST",
        body: queryArg.confirmAppointment,
      }),
    }),
    rescheduleAppointment: build.mutation<
      RescheduleAppointmentApiResponse,
      RescheduleAppointmentApiArg
    >({
      query: (queryArg) => ({
        url: `/api/appointments/${queryArg.id}/reschedule`,
        method: "POST",
        body: queryArg.rescheduleAppointment,
      }),
    }),
    cancelAppointment: build.mutation<
      CancelAppointmentApiResponse,
      CancelAppointmentApiArg
    >({
      query: (queryArg) => ({
        url: `/api/appointments/${queryArg.id}/cancel`,
        method: "POST",
        body: queryArg.cancelAppointment,
      }),
    }),
    retractAppointment: build.mutation<
      RetractAppointmentApiResponse,
      RetractAppointmentApiArg
    >({
      query: (queryArg) => ({
        url: `/api/appointments/${queryArg.id}/retract`,
        method: "POST",
        body: queryArg.retractAppointment,
      }),
    }),
    recordAttendance: build.mutation<
      RecordAttendanceApiResponse,
      RecordAttendanceApiArg
    >({
      query: (queryArg) => ({
        url: `/api/appointments/${queryArg.id}/attendance`,
        method: "POST",
        body: queryArg.recordAttendance,
      }),
    }),
    listWaiting: build.query<ListWaitingApiResponse, ListWaitingApiArg>({
      query: (queryArg) => ({
        url: `/api/waiting-list`,
        params: {
          service: queryArg.service,
          priority: queryArg.priority,
          clinic: queryArg.clinic,
          sinceBefore: queryArg.sinceBefore,
        },
      }),
    }),
    joinWaitingList: build.mutation<
      JoinWaitingListApiResponse,
      JoinWaitingListApiArg
    >({
      query: (queryArg) => ({
        url: `/api/waiting-list`,
        method: "POST",
        body: queryArg.joinWaitingList,
      }),
    }),
    offerAppointment: build.mutation<
      OfferAppointmentApiResponse,
      OfferAppointmentApiArg
    >({
      query: (queryArg) => ({
        url: `/api/appointments/${queryArg.id}/offer`,
        method: "POST",
        body: queryArg.offerAppointment,
      }),
    }),
    declineAppointmentOffer: build.mutation<
      DeclineAppointmentOfferApiResponse,
      DeclineAppointmentOfferApiArg
    >({
      query: (queryArg) => ({
        url: `/api/appointments/${queryArg.id}/decline`,
        method: "POST",
        body: queryArg.declineOffer,
      }),
    }),
    previewAppointmentSeries: build.mutation<
      PreviewAppointmentSeriesApiResponse,
      PreviewAppointmentSeriesApiArg
    >({
      query: (queryArg) => ({
        url: `/api/appointment-series/preview`,
        method: "POST",
        body: queryArg.previewSeries,
      }),
    }),
    bookAppointmentSeries: build.mutation<
      BookAppointmentSeriesApiResponse,
      BookAppointmentSeriesApiArg
    >({
      query: (queryArg) => ({
        url: `/api/appointment-series`,
        method: "POST",
        body: queryArg.bookSeries,
      }),
    }),
    cancelAppointmentSeries: build.mutation<
      CancelAppointmentSeriesApiResponse,
      CancelAppointmentSeriesApiArg
    >({
      query: (queryArg) => ({
        url: `/api/appointment-series/${queryArg.series}/cancel`,
        method: "POST",
        body: queryArg.cancelSeries,
      }),
    }),
    addService: build.mutation<AddServiceApiResponse, AddServiceApiArg>({
      query: (queryArg) => ({
        url: `/api/services`,
        method: "POST",
        body: queryArg.addService,
      }),
    }),
    listServices: build.query<ListServicesApiResponse, ListServicesApiArg>({
      query: (queryArg) => ({
        url: `/api/services`,
        params: {
          page: queryArg.page,
        },
      }),
    }),
    addSchedule: build.mutation<AddScheduleApiResponse, AddScheduleApiArg>({
      query: (queryArg) => ({
        url: `/api/schedules`,
        method: "POST",
        body: queryArg.timetableForm,
      }),
    }),
    amendSchedule: build.mutation<
      AmendScheduleApiResponse,
      AmendScheduleApiArg
    >({
      query: (queryArg) => ({
        url: `/api/schedules/${queryArg.id}`,
        method: "PUT",
        body: queryArg.amendSchedule,
      }),
    }),
    addScheduleException: build.mutation<
      AddScheduleExceptionApiResponse,
      AddScheduleExceptionApiArg
    >({
      query: (queryArg) => ({
        url: `/api/schedules/${queryArg.id}/exceptions`,
        method: "POST",
        body: queryArg.addException,
      }),
    }),
    removeScheduleException: build.mutation<
      RemoveScheduleExceptionApiResponse,
      RemoveScheduleExceptionApiArg
    >({
      query: (queryArg) => ({
        url: `/api/schedules/${queryArg.id}/exceptions/${queryArg.slot}`,
        method: "DELETE",
      }),
    }),
    listMessages: build.query<ListMessagesApiResponse, ListMessagesApiArg>({
      query: (queryArg) => ({ url: `/api/patients/${queryArg.id}/messages` }),
    }),
    getApiMessagingQueue: build.query<
      GetApiMessagingQueueApiResponse,
      GetApiMessagingQueueApiArg
    >({
      query: () => ({ url: `/api/messaging/queue` }),
    }),
    getApiMessagingDeadLetters: build.query<
      GetApiMessagingDeadLettersApiResponse,
      GetApiMessagingDeadLettersApiArg
    >({
      query: () => ({ url: `/api/messaging/dead-letters` }),
    }),
    resendMessage: build.mutation<
      ResendMessageApiResponse,
      ResendMessageApiArg
    >({
      query: (queryArg) => ({
        url: `/api/messaging/messages/${queryArg.id}/resend`,
        method: "POST",
      }),
    }),
    readMessagePreferences: build.query<
      ReadMessagePreferencesApiResponse,
      ReadMessagePreferencesApiArg
    >({
      query: (queryArg) => ({
        url: `/api/patients/${queryArg.id}/message-preferences`,
      }),
    }),
    setMessagePreferences: build.mutation<
      SetMessagePreferencesApiResponse,
      SetMessagePreferencesApiArg
    >({
      query: (queryArg) => ({
        url: `/api/patients/${queryArg.id}/message-preferences`,
        method: "PUT",
        body: queryArg.setMessagePreferences,
      }),
    }),
    listMessageTemplates: build.query<
      ListMessageTemplatesApiResponse,
      ListMessageTemplatesApiArg
    >({
      query: () => ({ url: `/api/messaging/templates` }),
    }),
    overrideMessageTemplate: build.mutation<
      OverrideMessageTemplateApiResponse,
      OverrideMessageTemplateApiArg
    >({
      query: (queryArg) => ({
        url: `/api/messaging/templates/${queryArg.purpose}/${queryArg.language}`,
        method: "PUT",
        body: queryArg.overrideMessageTemplate,
      }),
    }),
    listCalendarFeeds: build.query<
      ListCalendarFeedsApiResponse,
      ListCalendarFeedsApiArg
    >({
      query: (queryArg) => ({
        url: `/api/patients/${queryArg.id}/calendar-feeds`,
      }),
    }),
    createCalendarFeed: build.mutation<
      CreateCalendarFeedApiResponse,
      CreateCalendarFeedApiArg
    >({
      query: (queryArg) => ({
        url: `/api/patients/${queryArg.id}/calendar-feeds`,
        method: "POST",
      }),
    }),
    revokeCalendarFeed: build.mutation<
      RevokeCalendarFeedApiResponse,
      RevokeCalendarFeedApiArg
    >({
      query: (queryArg) => ({
        url: `/api/patients/${queryArg.id}/calendar-feeds/${queryArg.feed}`,
        method: "DELETE",
      }),
    }),
    getApiCalendarFile: build.query<
      GetApiCalendarFileApiResponse,
      GetApiCalendarFileApiArg
    >({
      query: (queryArg) => ({ url: `/api/calendar/${queryArg.file}` }),
    }),
    postApiMessagingReceiptsKey: build.mutation<
      PostApiMessagingReceiptsKeyApiResponse,
      PostApiMessagingReceiptsKeyApiArg
    >({
      query: (queryArg) => ({
        url: `/api/messaging/receipts/${queryArg.key}`,
        method: "POST",
      }),
    }),
    postApiMessagingReplies: build.mutation<
      PostApiMessagingRepliesApiResponse,
      PostApiMessagingRepliesApiArg
    >({
      query: () => ({ url: `/api/messaging/replies`, method: "POST" }),
    }),
    getApiSubscriptions: build.query<
      GetApiSubscriptionsApiResponse,
      GetApiSubscriptionsApiArg
    >({
      query: () => ({ url: `/api/subscriptions` }),
    }),
    getApiSubscriptionsIdDeadLetters: build.query<
      GetApiSubscriptionsIdDeadLettersApiResponse,
      GetApiSubscriptionsIdDeadLettersApiArg
    >({
      query: (queryArg) => ({
        url: `/api/subscriptions/${queryArg.id}/dead-letters`,
      }),
    }),
    retryNotification: build.mutation<
      RetryNotificationApiResponse,
      RetryNotificationApiArg
    >({
      query: (queryArg) => ({
        url: `/api/subscriptions/${queryArg.id}/dead-letters/${queryArg.letter}/retry`,
        method: "POST",
      }),
    }),
    discardNotification: build.mutation<
      DiscardNotificationApiResponse,
      DiscardNotificationApiArg
    >({
      query: (queryArg) => ({
        url: `/api/subscriptions/${queryArg.id}/dead-letters/${queryArg.letter}`,
        method: "DELETE",
      }),
    }),
    listenForChanges: build.query<
      ListenForChangesApiResponse,
      ListenForChangesApiArg
    >({
      query: () => ({ url: `/api/live` }),
    }),
    listClients: build.query<ListClientsApiResponse, ListClientsApiArg>({
      query: () => ({ url: `/api/clients` }),
    }),
    addClient: build.mutation<AddClientApiResponse, AddClientApiArg>({
      query: (queryArg) => ({
        url: `/api/clients`,
        method: "POST",
        body: queryArg.addClient,
      }),
    }),
    changeClient: build.mutation<ChangeClientApiResponse, ChangeClientApiArg>({
      query: (queryArg) => ({
        url: `/api/clients/${queryArg.id}`,
        method: "PATCH",
        body: queryArg.changeClientBody,
      }),
    }),
    getApiAuthorizationsRequest: build.query<
      GetApiAuthorizationsRequestApiResponse,
      GetApiAuthorizationsRequestApiArg
    >({
      query: (queryArg) => ({
        url: `/api/authorizations/request`,
        params: {
          request: queryArg.request,
        },
      }),
    }),
    postApiAuthorizationsRequest: build.mutation<
      PostApiAuthorizationsRequestApiResponse,
      PostApiAuthorizationsRequestApiArg
    >({
      query: (queryArg) => ({
        url: `/api/authorizations/request`,
        method: "POST",
        body: queryArg.decide,
      }),
    }),
    listAuthorizations: build.query<
      ListAuthorizationsApiResponse,
      ListAuthorizationsApiArg
    >({
      query: () => ({ url: `/api/authorizations` }),
    }),
    revokeAuthorization: build.mutation<
      RevokeAuthorizationApiResponse,
      RevokeAuthorizationApiArg
    >({
      query: (queryArg) => ({
        url: `/api/authorizations/${queryArg.id}`,
        method: "DELETE",
      }),
    }),
    listLaunchable: build.query<
      ListLaunchableApiResponse,
      ListLaunchableApiArg
    >({
      query: () => ({ url: `/api/launches` }),
    }),
    launchClient: build.mutation<LaunchClientApiResponse, LaunchClientApiArg>({
      query: (queryArg) => ({
        url: `/api/launches`,
        method: "POST",
        body: queryArg.launchClient,
      }),
    }),
  }),
  overrideExisting: false,
});
export { injectedRtkApi as generatedApi };
export type PostApiSessionApiResponse = /** status 200 Done */ SessionView;
export type PostApiSessionApiArg = {
  signInBody: SignInBody;
};
export type GetApiSessionApiResponse = /** status 200 Done */ SessionView;
export type GetApiSessionApiArg = void;
export type DeleteApiSessionApiResponse = unknown;
export type DeleteApiSessionApiArg = void;
export type ListUsersApiResponse = /** status 200 Done */ ArrayOfUserView;
export type ListUsersApiArg = void;
export type AddUserApiResponse = /** status 200 Done */ AddedView;
export type AddUserApiArg = {
  addUser: AddUser;
};
export type ChangeUserApiResponse = /** status 200 Done */ AddedView;
export type ChangeUserApiArg = {
  id: string;
  changeBody: ChangeBody;
};
export type OpenBreakGlassApiResponse = /** status 200 Done */ GrantView;
export type OpenBreakGlassApiArg = {
  openBreakGlass: OpenBreakGlass;
};
export type GetApiAccessBreakGlassApiResponse =
  /** status 200 Done */ ArrayOfGrantView;
export type GetApiAccessBreakGlassApiArg = void;
export type PostApiAccessBreakGlassIdReviewApiResponse =
  /** status 200 Done */ GrantView;
export type PostApiAccessBreakGlassIdReviewApiArg = {
  id: string;
  reviewBody: ReviewBody;
};
export type DeclareRelationshipApiResponse =
  /** status 200 Done */ RelationshipView;
export type DeclareRelationshipApiArg = {
  declareRelationship: DeclareRelationship;
};
export type PostApiDirectoryOrganizationsApiResponse =
  /** status 200 Done */ EntryView;
export type PostApiDirectoryOrganizationsApiArg = {
  addOrganization: AddOrganization;
};
export type PostApiDirectoryPlacesApiResponse =
  /** status 200 Done */ EntryView;
export type PostApiDirectoryPlacesApiArg = {
  addPlace: AddPlace;
};
export type ListPlacesApiResponse = /** status 200 Done */ PlacePage;
export type ListPlacesApiArg = {
  /** Location (id) that they are part of. */
  partOf?: string | null;
  /** The beginning of the name. */
  name?: string | null;
  /** Where the page before ended. */
  page?: string | null;
};
export type PostApiDirectoryPractitionersApiResponse =
  /** status 200 Done */ EntryView;
export type PostApiDirectoryPractitionersApiArg = {
  addPractitioner: AddPractitioner;
};
export type PostApiDirectoryRolesApiResponse = /** status 200 Done */ EntryView;
export type PostApiDirectoryRolesApiArg = {
  assignRole: AssignRole;
};
export type ReleaseResultApiResponse = /** status 200 Done */ ReleasedView;
export type ReleaseResultApiArg = {
  type: string;
  id: string;
  releaseResult: ReleaseResult;
};
export type CountHeldResultsApiResponse = /** status 200 Done */ HeldView;
export type CountHeldResultsApiArg = {
  id: string;
};
export type ListThreadsApiResponse = /** status 200 Done */ ThreadPage;
export type ListThreadsApiArg = {
  id: string;
};
export type StartThreadApiResponse = /** status 200 Done */ WrittenView;
export type StartThreadApiArg = {
  id: string;
  startThread: StartThread;
};
export type ReadInboxApiResponse = /** status 200 Done */ ThreadPage;
export type ReadInboxApiArg = void;
export type ReadThreadApiResponse = /** status 200 Done */ ConversationView;
export type ReadThreadApiArg = {
  id: string;
};
export type ReplyToThreadApiResponse = /** status 200 Done */ WrittenView;
export type ReplyToThreadApiArg = {
  id: string;
  replyToThread: ReplyToThread;
};
export type MarkThreadReadApiResponse = /** status 200 Done */ WrittenView;
export type MarkThreadReadApiArg = {
  id: string;
  markThreadRead: MarkThreadRead;
};
export type CloseThreadApiResponse = /** status 200 Done */ WrittenView;
export type CloseThreadApiArg = {
  id: string;
  closeThread: CloseThread;
};
export type RegisterPatientApiResponse = /** status 200 Done */ PatientView;
export type RegisterPatientApiArg = {
  registerPatient: RegisterPatient;
};
export type FindPatientsApiResponse = /** status 200 Done */ PatientPage;
export type FindPatientsApiArg = {
  /** What somebody typed into one box: names, MRN, NHS number, birth date (`7-Feb-1970`, `07/02/1970`, `1970-02-07`). */
  text?: string | null;
  /** The beginning of any name; several words must all fit. */
  name?: string | null;
  /** Birth date, at any precision. */
  birthDate?: string | null;
  /** NHS number. */
  nhsNumber?: string | null;
  /** MRN. */
  mrn?: string | null;
  /** Rows on a page. */
  count?: number | null;
  /** Where the page before ended. */
  page?: string | null;
};
export type ReadPatientApiResponse = /** status 200 Done */ PatientView;
export type ReadPatientApiArg = {
  id: string;
};
export type AmendPatientApiResponse = /** status 200 Done */ PatientView;
export type AmendPatientApiArg = {
  id: string;
  amendPatient: AmendPatient;
};
export type PrintPatientLabelApiResponse = /** status 200 Done */ any;
export type PrintPatientLabelApiArg = {
  id: string;
};
export type PreviewMergeApiResponse = /** status 200 Done */ MergePreview;
export type PreviewMergeApiArg = {
  id: string;
  /** The record that would be replaced. */
  duplicate: string;
};
export type ListMergesApiResponse = /** status 200 Done */ MergePage;
export type ListMergesApiArg = {
  id: string;
};
export type MergePatientsApiResponse = /** status 200 Done */ MergeView;
export type MergePatientsApiArg = {
  id: string;
  mergePatients: MergePatients;
};
export type UnmergePatientsApiResponse = /** status 200 Done */ MergeView;
export type UnmergePatientsApiArg = {
  id: string;
};
export type InvitePatientApiResponse =
  /** status 200 Done */ InvitationIssuedView;
export type InvitePatientApiArg = {
  id: string;
  invitePatient: InvitePatient;
};
export type ListInvitationsApiResponse = /** status 200 Done */ InvitationPage;
export type ListInvitationsApiArg = {
  id: string;
};
export type PrintInvitationLetterApiResponse = /** status 200 Done */ any;
export type PrintInvitationLetterApiArg = {
  id: string;
};
export type WithdrawInvitationApiResponse =
  /** status 200 Done */ InvitationView;
export type WithdrawInvitationApiArg = {
  id: string;
};
export type PostApiActivationsApiResponse =
  /** status 200 Done */ ActivatedView;
export type PostApiActivationsApiArg = {
  activateAccount: ActivateAccount;
};
export type AcceptProxyApiResponse = /** status 200 Done */ ProxyView;
export type AcceptProxyApiArg = {
  acceptProxy: AcceptProxy;
};
export type ListOwnProxiesApiResponse = /** status 200 Done */ ActedForPage;
export type ListOwnProxiesApiArg = void;
export type ListProxiesApiResponse = /** status 200 Done */ ProxyPage;
export type ListProxiesApiArg = {
  id: string;
};
export type EndProxyApiResponse = /** status 200 Done */ ProxyView;
export type EndProxyApiArg = {
  id: string;
};
export type ListAccessesApiResponse = /** status 200 Done */ AccessPage;
export type ListAccessesApiArg = {
  id: string;
  /** Where the page before ended. */
  page?: string | null;
};
export type RecordConsentApiResponse =
  /** status 200 Done */ PatientConsentView;
export type RecordConsentApiArg = {
  id: string;
  recordConsent: RecordConsent;
};
export type ListConsentsApiResponse = /** status 200 Done */ PatientConsentPage;
export type ListConsentsApiArg = {
  id: string;
};
export type WithdrawConsentApiResponse =
  /** status 200 Done */ PatientConsentView;
export type WithdrawConsentApiArg = {
  id: string;
};
export type FindAppointmentTimesApiResponse = /** status 200 Done */ Choices;
export type FindAppointmentTimesApiArg = {
  /** The HealthcareService (id). */
  service: string;
  /** From when. */
  from: string;
  /** Until when. */
  to: string;
  /** Schedules (ids) that would do, by comma; several groups by semicolon, if one of each is needed (a doctor and a room).
    Without it, every practitioner's who offers the service. */
  schedules?: string | null;
  /** Most free times that are wanted. */
  count?: number | null;
};
export type ListAppointmentsApiResponse =
  /** status 200 Done */ AppointmentPage;
export type ListAppointmentsApiArg = {
  /** A patient's. */
  patient?: string | null;
  /** Those of a series. */
  series?: string | null;
  /** Those of a Schedule; then `from` and `to` are needed. */
  schedule?: string | null;
  /** From when. */
  from?: string | null;
  /** Until when. */
  to?: string | null;
  /** Rows on a page. */
  count?: number | null;
  /** Where the page before ended. */
  page?: string | null;
};
export type BookAppointmentApiResponse = /** status 200 Done */ AppointmentView;
export type BookAppointmentApiArg = {
  newAppointment: NewAppointment;
};
export type ReadAppointmentApiResponse = /** status 200 Done */ AppointmentView;
export type ReadAppointmentApiArg = {
  id: string;
};
export type PrintAppointmentLetterApiResponse = /** status 200 Done */ any;
export type PrintAppointmentLetterApiArg = {
  id: string;
};
export type ListClinicsApiResponse = /** status 200 Done */ ClinicPage;
export type ListClinicsApiArg = void;
export type ReadClinicDayApiResponse = /** status 200 Done */ BoardView;
export type ReadClinicDayApiArg = {
  id: string;
  day: string;
};
export type ReadOwnDayApiResponse = /** status 200 Done */ BoardView;
export type ReadOwnDayApiArg = {
  day: string;
};
export type ListAppointmentsToMoveApiResponse =
  /** status 200 Done */ ToMovePage;
export type ListAppointmentsToMoveApiArg = {
  /** The clinic (a Location's id); of all, if there is none. */
  clinic?: string | null;
};
export type ListAppointmentRequestsApiResponse =
  /** status 200 Done */ RequestPage;
export type ListAppointmentRequestsApiArg = void;
export type IssueTicketApiResponse = /** status 200 Done */ TicketView;
export type IssueTicketApiArg = {
  id: string;
  issueTicket: IssueTicket;
};
export type CallNextTicketApiResponse = /** status 200 Done */ TicketView;
export type CallNextTicketApiArg = {
  id: string;
  callNext: CallNext;
};
export type StepTicketApiResponse = /** status 200 Done */ TicketView;
export type StepTicketApiArg = {
  id: string;
  number: string;
  stepTicket: StepTicket;
};
export type ReadQueueApiResponse = /** status 200 Done */ QueueView;
export type ReadQueueApiArg = {
  id: string;
};
export type ReadQueueDisplayApiResponse = /** status 200 Done */ DisplayView;
export type ReadQueueDisplayApiArg = {
  id: string;
};
export type HoldAppointmentApiResponse = /** status 200 Done */ AppointmentView;
export type HoldAppointmentApiArg = {
  newAppointment: NewAppointment;
};
export type ConfirmAppointmentApiResponse =
  /** status 200 Done */ AppointmentView;
export type ConfirmAppointmentApiArg = {
  id: string;
  confirmAppointment: ConfirmAppointment;
};
export type RescheduleAppointmentApiResponse =
  /** status 200 Done */ AppointmentView;
export type RescheduleAppointmentApiArg = {
  id: string;
  rescheduleAppointment: RescheduleAppointment;
};
export type CancelAppointmentApiResponse =
  /** status 200 Done */ AppointmentView;
export type CancelAppointmentApiArg = {
  id: string;
  cancelAppointment: CancelAppointment;
};
export type RetractAppointmentApiResponse =
  /** status 200 Done */ AppointmentView;
export type RetractAppointmentApiArg = {
  id: string;
  retractAppointment: RetractAppointment;
};
export type RecordAttendanceApiResponse =
  /** status 200 Done */ AppointmentView;
export type RecordAttendanceApiArg = {
  id: string;
  recordAttendance: RecordAttendance;
};
export type ListWaitingApiResponse = /** status 200 Done */ WaitingPage;
export type ListWaitingApiArg = {
  /** For a HealthcareService (id). */
  service?: string | null;
  /** Of this priority. */
  priority?: ("urgent" | "soon" | "routine") | null;
  /** Of whom this clinic (a Location's id) would do. */
  clinic?: string | null;
  /** Who waits since before this moment. */
  sinceBefore?: string | null;
};
export type JoinWaitingListApiResponse = /** status 200 Done */ AppointmentView;
export type JoinWaitingListApiArg = {
  joinWaitingList: JoinWaitingList;
};
export type OfferAppointmentApiResponse =
  /** status 200 Done */ AppointmentView;
export type OfferAppointmentApiArg = {
  id: string;
  offerAppointment: OfferAppointment;
};
export type DeclineAppointmentOfferApiResponse =
  /** status 200 Done */ AppointmentView;
export type DeclineAppointmentOfferApiArg = {
  id: string;
  declineOffer: DeclineOffer;
};
export type PreviewAppointmentSeriesApiResponse =
  /** status 200 Done */ SeriesPreview;
export type PreviewAppointmentSeriesApiArg = {
  previewSeries: PreviewSeries;
};
export type BookAppointmentSeriesApiResponse =
  /** status 200 Done */ SeriesView;
export type BookAppointmentSeriesApiArg = {
  bookSeries: BookSeries;
};
export type CancelAppointmentSeriesApiResponse =
  /** status 200 Done */ SeriesView;
export type CancelAppointmentSeriesApiArg = {
  series: string;
  cancelSeries: CancelSeries;
};
export type AddServiceApiResponse = /** status 200 Done */ ServiceView;
export type AddServiceApiArg = {
  addService: AddService;
};
export type ListServicesApiResponse = /** status 200 Done */ ServicePage;
export type ListServicesApiArg = {
  /** Where the page before ended. */
  page?: string | null;
};
export type AddScheduleApiResponse = /** status 200 Done */ ScheduleView;
export type AddScheduleApiArg = {
  timetableForm: TimetableForm;
};
export type AmendScheduleApiResponse = /** status 200 Done */ ScheduleView;
export type AmendScheduleApiArg = {
  id: string;
  amendSchedule: AmendSchedule;
};
export type AddScheduleExceptionApiResponse =
  /** status 200 Done */ ExceptionView;
export type AddScheduleExceptionApiArg = {
  id: string;
  addException: AddException;
};
export type RemoveScheduleExceptionApiResponse = unknown;
export type RemoveScheduleExceptionApiArg = {
  id: string;
  slot: string;
};
export type ListMessagesApiResponse = /** status 200 Done */ MessagePage;
export type ListMessagesApiArg = {
  id: string;
};
export type GetApiMessagingQueueApiResponse =
  /** status 200 Done */ MessageQueue;
export type GetApiMessagingQueueApiArg = void;
export type GetApiMessagingDeadLettersApiResponse =
  /** status 200 Done */ MessagePage;
export type GetApiMessagingDeadLettersApiArg = void;
export type ResendMessageApiResponse = /** status 200 Done */ MessageView;
export type ResendMessageApiArg = {
  id: string;
};
export type ReadMessagePreferencesApiResponse =
  /** status 200 Done */ PreferencesView;
export type ReadMessagePreferencesApiArg = {
  id: string;
};
export type SetMessagePreferencesApiResponse =
  /** status 200 Done */ PreferencesView;
export type SetMessagePreferencesApiArg = {
  id: string;
  setMessagePreferences: SetMessagePreferences;
};
export type ListMessageTemplatesApiResponse =
  /** status 200 Done */ TemplatePage;
export type ListMessageTemplatesApiArg = void;
export type OverrideMessageTemplateApiResponse =
  /** status 200 Done */ TemplateView;
export type OverrideMessageTemplateApiArg = {
  purpose: string;
  language: string;
  overrideMessageTemplate: OverrideMessageTemplate;
};
export type ListCalendarFeedsApiResponse = /** status 200 Done */ FeedPage;
export type ListCalendarFeedsApiArg = {
  id: string;
};
export type CreateCalendarFeedApiResponse = /** status 200 Done */ FeedView;
export type CreateCalendarFeedApiArg = {
  id: string;
};
export type RevokeCalendarFeedApiResponse = unknown;
export type RevokeCalendarFeedApiArg = {
  id: string;
  feed: string;
};
export type GetApiCalendarFileApiResponse = /** status 200 Done */ any;
export type GetApiCalendarFileApiArg = {
  file: string;
};
export type PostApiMessagingReceiptsKeyApiResponse = unknown;
export type PostApiMessagingReceiptsKeyApiArg = {
  key: string;
};
export type PostApiMessagingRepliesApiResponse = unknown;
export type PostApiMessagingRepliesApiArg = void;
export type GetApiSubscriptionsApiResponse =
  /** status 200 Done */ ArrayOfSubscriptionView;
export type GetApiSubscriptionsApiArg = void;
export type GetApiSubscriptionsIdDeadLettersApiResponse =
  /** status 200 Done */ ArrayOfDeadLetterView;
export type GetApiSubscriptionsIdDeadLettersApiArg = {
  id: string;
};
export type RetryNotificationApiResponse = unknown;
export type RetryNotificationApiArg = {
  id: string;
  letter: string;
};
export type DiscardNotificationApiResponse = unknown;
export type DiscardNotificationApiArg = {
  id: string;
  letter: string;
};
export type ListenForChangesApiResponse = unknown;
export type ListenForChangesApiArg = void;
export type ListClientsApiResponse = /** status 200 Done */ ArrayOfClientView;
export type ListClientsApiArg = void;
export type AddClientApiResponse = /** status 200 Done */ AddedClient;
export type AddClientApiArg = {
  addClient: AddClient;
};
export type ChangeClientApiResponse = /** status 200 Done */ AddedClient;
export type ChangeClientApiArg = {
  id: string;
  changeClientBody: ChangeClientBody;
};
export type GetApiAuthorizationsRequestApiResponse =
  /** status 200 Done */ ConsentView;
export type GetApiAuthorizationsRequestApiArg = {
  /** As in the address of the page. */
  request: string;
};
export type PostApiAuthorizationsRequestApiResponse =
  /** status 200 Done */ DecidedView;
export type PostApiAuthorizationsRequestApiArg = {
  decide: Decide;
};
export type ListAuthorizationsApiResponse =
  /** status 200 Done */ ArrayOfAuthorizationView;
export type ListAuthorizationsApiArg = void;
export type RevokeAuthorizationApiResponse = unknown;
export type RevokeAuthorizationApiArg = {
  id: string;
};
export type ListLaunchableApiResponse =
  /** status 200 Done */ ArrayOfLaunchableView;
export type ListLaunchableApiArg = void;
export type LaunchClientApiResponse = /** status 200 Done */ LaunchView;
export type LaunchClientApiArg = {
  launchClient: LaunchClient;
};
export type SessionView = {
  /** Sign-in name. */
  name: string;
  /** The account. */
  user: string;
  /** Role codes. */
  roles: string[];
  /** Activities, inclusions followed. */
  activities: string[];
  /** The patient that it is, of patients. */
  patient?: string | null;
  /** What every change must carry in X-CSRF-Token; absent for tokens. */
  csrf?: string | null;
};
export type Problem = {
  type: string;
  title: string;
  status: number;
  /** Stable code for programs */
  code: string;
  /** For people */
  detail: string;
  /** Where in the request */
  location?: string;
  /** What to do */
  next?: string;
  /** Ids of what it clashes with */
  related?: string[];
};
export type SignInBody = {
  name: string;
  password: string;
  code?: string | null;
  newPassword?: string | null;
};
export type UserView = {
  /** Its id. */
  id: string;
  /** Sign-in name. */
  name: string;
  /** Role codes. */
  roles: string[];
  /** Whether it may not sign in. */
  disabled: boolean;
  /** Whether an authenticator is enrolled. */
  enrolled: boolean;
  /** Since when. */
  created: string;
};
export type ArrayOfUserView = UserView[];
export type AddedView = {
  /** Its id. */
  id: string;
  /** Sign-in name. */
  name: string;
  /** The first password, shown once; it must be changed at the first sign-in. */
  firstPassword?: string | null;
};
export type AddUser = {
  /** Sign-in name. */
  name: string;
  /** Role: code, alias or name. */
  role: string;
  /** Facility (Organization id); absent for all. */
  facility?: string | null;
  /** The patient it is, for the role patient. */
  patient?: string | null;
  /** The practitioner it is. */
  practitioner?: string | null;
};
export type AccountChange = "disable" | "enable" | "reset";
export type ChangeBody = {
  /** `disable`, `enable` or `reset` (new first password, new authenticator). */
  change: AccountChange;
};
export type GrantView = {
  /** Its id. */
  id: string;
  /** Who opened it. */
  user: string;
  /** Whose record. */
  patient: string;
  /** Why; for reviewers. */
  reason?: string | null;
  /** Since when. */
  from: string;
  /** Until when. */
  until: string;
  /** `pending`, `justified` or `unjustified`. */
  review: string;
};
export type OpenBreakGlass = {
  /** The patient's id. */
  patient: string;
  /** Why, in 10 to 1000 characters. */
  reason: string;
};
export type ArrayOfGrantView = GrantView[];
export type ReviewBody = {
  /** Whether it was right to open the record. */
  justified: boolean;
};
export type RelationshipView = {
  /** Its id. */
  id: string;
  /** Until when it holds. */
  until: string;
};
export type DeclareRelationship = {
  /** Sign-in name of who cares. */
  user: string;
  /** The patient's id. */
  patient: string;
  /** For how many days, 1 to 366. */
  days: number;
};
export type EntryView = {
  /** Resource type. */
  kind: string;
  /** Its id. */
  id: string;
  /** Its version. */
  version: number;
};
export type AddOrganization = {
  /** Its name. */
  name: string;
  /** Its ODS code. */
  odsCode?: string | null;
  /** Organization (id) that it is part of. */
  partOf?: string | null;
};
export type PlaceKind = "site" | "building" | "ward" | "room" | "bed";
export type AddPlace = {
  /** Its name. */
  name: string;
  /** What sort of place. */
  kind: PlaceKind;
  /** Location (id) that it is part of. */
  partOf?: string | null;
  /** Organization (id) that runs it. */
  organization?: string | null;
};
export type PlaceView = {
  /** Its id. */
  id: string;
  /** Its name. */
  name?: string | null;
  /** What sort of place. */
  kind?: PlaceKind | null;
  /** What it is part of. */
  partOf?: string | null;
};
export type PlacePage = {
  /** The places. */
  places: PlaceView[];
  /** Token of the next page. */
  next?: string | null;
};
export type AddPractitioner = {
  /** Family name. */
  family: string;
  /** Given names. */
  given?: string[];
  /** Professional number: system and value. */
  identifier?: [string, string] | [string, string];
};
export type AssignRole = {
  /** Practitioner (id). */
  practitioner: string;
  /** Organization (id). */
  organization: string;
  /** Locations (ids) where the role is held. */
  locations?: string[];
  /** Role code, as in the role catalogue. */
  code: string;
};
export type ReleasedView = {
  /** The result and those that were held with it, as references. */
  released: string[];
  /** The result's version now. */
  version: number;
};
export type ReleaseResult = {
  /** The version that the caller saw. */
  version: number;
  /** What the clinician says of it, for the patient to read. */
  comment?: string | null;
};
export type HeldView = {
  /** How many results: 100 of each type at most. */
  count: number;
  /** When the first of them will be released, if nobody comments before. */
  next?: string | null;
};
export type Topic = "appointment" | "medicine" | "result" | "other";
export type Side = "patient" | "proxy" | "staff";
export type ThreadView = {
  /** Its id. */
  id: string;
  /** Whose. */
  patient: string;
  /** The patient's name, for the staff. */
  patientName?: string | null;
  /** The patient's birth date, for the staff. */
  birthDate?: string | null;
  /** About what. */
  topic: Topic;
  /** In a few words. */
  subject: string;
  /** When something was written last. */
  last: string;
  /** By which side. */
  lastBy: Side;
  /** How many messages there are: sent with an answer, so that none is missed. */
  messages: number;
  /** Messages that the caller's side has not read. */
  unread: number;
  /** Whether it waits for an answer of the staff. */
  awaitsStaff: boolean;
  /** When it was closed. */
  closed?: string | null;
};
export type ThreadPage = {
  /** A patient's: the latest first. The inbox: who waits longest first. */
  threads: ThreadView[];
  /** Whether there are more than are listed. */
  isCut: boolean;
};
export type WrittenView = {
  /** The thread. */
  id: string;
  /** How many messages it has now. */
  messages: number;
};
export type StartThread = {
  /** What it is about. */
  topic: Topic;
  /** In a few words: 120 characters at most. */
  subject: string;
  /** The message: 4,000 characters at most. */
  text: string;
};
export type ThreadMessageView = {
  /** Its Communication. */
  id: string;
  /** When it was sent. */
  at: string;
  /** By whom. */
  by: Side;
  /** Who of the staff, by name. */
  name?: string | null;
  /** What it says. */
  text: string;
};
export type ConversationView = {
  /** Its id. */
  id: string;
  /** Whose. */
  patient: string;
  /** The patient's name, for the staff. */
  patientName?: string | null;
  /** The patient's birth date, for the staff. */
  birthDate?: string | null;
  /** About what. */
  topic: Topic;
  /** In a few words. */
  subject: string;
  /** When something was written last. */
  last: string;
  /** By which side. */
  lastBy: Side;
  /** How many messages there are: sent with an answer, so that none is missed. */
  messages: number;
  /** Messages that the caller's side has not read. */
  unread: number;
  /** Whether it waits for an answer of the staff. */
  awaitsStaff: boolean;
  /** When it was closed. */
  closed?: string | null;
  /** The messages, the first one first. */
  lines: ThreadMessageView[];
};
export type ReplyToThread = {
  /** How many messages the caller saw: nobody answers over somebody else's words. */
  seen: number;
  /** The message: 4,000 characters at most. */
  text: string;
};
export type MarkThreadRead = {
  /** How many messages were shown. */
  seen: number;
};
export type CloseThread = {
  /** How many messages the caller saw. */
  seen: number;
};
export type PatientView = {
  /** The id. */
  id: string;
  /** The version, to send back when amending. */
  version: number;
  /** MRN. */
  mrn?: string | null;
  /** NHS number. */
  nhsNumber?: string | null;
  /** Family name. */
  family?: string | null;
  /** Given names. */
  given: string[];
  /** Administrative gender. */
  gender?: string | null;
  /** Birth date, as well as it is known. */
  birthDate?: string | null;
  /** Other names and other scripts, as written. */
  otherNames?: string[];
  /** Telephone number. */
  phone?: string | null;
  /** E-mail address. */
  email?: string | null;
  /** Lines of the home address, the last one the postcode. */
  address?: string[];
  /** When the patient died, or `true` when that alone is known. */
  deceased?: string | null;
  /** The record that replaced this one. */
  replacedBy?: string | null;
};
export type Details = {
  /** Family name. */
  family?: string | null;
  /** Given names, first one first. */
  given?: string[];
  /** `male`, `female`, `other` or `unknown`. */
  gender?: string | null;
  /** Birth date: `1970`, `1970-02` or `1970-02-28`, as well as it is known. */
  birthDate?: string | null;
  /** NHS number. */
  nhsNumber?: string | null;
  /** Telephone number. */
  phone?: string | null;
  /** E-mail address. */
  email?: string | null;
  /** Address lines, the last one the postcode. */
  address?: string[];
};
export type RegisterPatient = {
  /** Who it is. */
  demographics: Details;
  /** Whether the patient cannot say who they are (emergency): no name is needed then. */
  unidentified?: boolean;
  /** Ids of likely duplicates that somebody has looked at and found to be other people. */
  notSameAs?: string[];
};
export type PatientPage = {
  /** The patients. */
  patients: PatientView[];
  /** Token of the next page, to send as `page`. */
  next?: string | null;
};
export type AmendPatient = {
  /** The version that the caller saw. */
  version: number;
  /** What to replace. */
  demographics: Details;
};
export type MergePreview = {
  /** The record that would go on. */
  survivor: PatientView;
  /** The record that would be replaced. */
  duplicate: PatientView;
  /** How many records of each type would move. */
  records: {
    [key: string]: number;
  };
  /** Why it would be refused now; empty when it would not. */
  blockers: string[];
};
export type MergeView = {
  /** Its id, to undo it. */
  id: string;
  /** The record that goes on. */
  survivor: string;
  /** The record that was replaced. */
  duplicate: string;
  /** How many records moved. */
  moved: number;
  /** Whether it was undone. */
  undone: boolean;
};
export type MergePage = {
  /** The merges, the latest first. */
  merges: MergeView[];
};
export type MergePatients = {
  /** The record that is replaced. */
  duplicate: string;
};
export type Kinship =
  "PRN" | "GUARD" | "SPS" | "CHILD" | "SIB" | "FAMMEMB" | "FRND" | "HPOWATT";
export type ProxyScope = "appointments" | "record";
export type ProxyOffered = {
  /** Who is invited. */
  name: string;
  /** How they are related to the patient (HL7 v3 RoleCode). */
  kinship: Kinship;
  /** What they may do. */
  scopes: ProxyScope[];
  /** Until when. */
  until: string;
};
export type InvitationIssuedView = {
  /** The code, shown once: for a letter, or to be told. */
  code: string;
  /** Its id, to withdraw it. */
  id: string;
  /** About whom. */
  patient: string;
  /** Who is to act for the patient; absent for the patient's own account. */
  proxy?: ProxyOffered | null;
  /** When it was issued. */
  issued: string;
  /** Until when its code is good. */
  until: string;
};
export type ProxyWanted = {
  /** Their name. */
  name: string;
  /** How they are related to the patient (HL7 v3 RoleCode). */
  kinship: Kinship;
  /** What they may do. */
  scopes: ProxyScope[];
  /** Last day, `2027-02-28`: five years at most, and not beyond a child's 16th birthday. */
  until: string;
};
export type InvitePatient = {
  /** Who is to act for the patient, and how far; absent for the patient's own account. */
  proxy?: ProxyWanted | null;
};
export type InvitationView = {
  /** Its id, to withdraw it. */
  id: string;
  /** About whom. */
  patient: string;
  /** Who is to act for the patient; absent for the patient's own account. */
  proxy?: ProxyOffered | null;
  /** When it was issued. */
  issued: string;
  /** Until when its code is good. */
  until: string;
};
export type InvitationPage = {
  /** The invitations, the latest first. */
  invitations: InvitationView[];
};
export type ActivatedView = {
  /** Its sign-in name. */
  name: string;
};
export type ActivateAccount = {
  /** The code, as the letter has it. */
  code: string;
  /** The patient's birth date, `1970-02-28`. */
  birthDate: string;
  /** Sign-in name of the new account. */
  name: string;
  /** Its password. */
  password: string;
};
export type ProxyView = {
  /** Its id, to end it. */
  id: string;
  /** Who acts. */
  name: string;
  /** For whom. */
  patient: string;
  /** How they are related to the patient (HL7 v3 RoleCode). */
  kinship: Kinship;
  /** What they may do. */
  scopes: ProxyScope[];
  /** Since when. */
  from: string;
  /** Until when. */
  until: string;
};
export type AcceptProxy = {
  /** The code. */
  code: string;
  /** The patient's birth date, `1970-02-28`. */
  birthDate: string;
};
export type ActedForView = {
  /** Its id, to end it. */
  id: string;
  /** Who acts. */
  name: string;
  /** For whom. */
  patient: string;
  /** How they are related to the patient (HL7 v3 RoleCode). */
  kinship: Kinship;
  /** What they may do. */
  scopes: ProxyScope[];
  /** Since when. */
  from: string;
  /** Until when. */
  until: string;
  /** The patient's family name. */
  family?: string | null;
  /** The patient's given names. */
  given: string[];
  /** The patient's birth date. */
  birthDate?: string | null;
};
export type ActedForPage = {
  /** One for each. */
  people: ActedForView[];
};
export type ProxyPage = {
  /** The proxies in force. */
  proxies: ProxyView[];
};
export type Capacity = "patient" | "proxy" | "staff" | "program";
export type AccessView = {
  /** Id of its AuditEvent. */
  id: string;
  /** When. */
  at: string;
  /** Who, by name; absent for somebody who is no practitioner here. */
  name?: string | null;
  /** The Practitioner they are. */
  practitioner?: string | null;
  /** Their roles. */
  roles: string[];
  /** In what capacity. */
  by: Capacity;
  /** `read`, `create`, `update`, `delete` or `execute`. */
  interaction: string;
  /** What was done: a FHIR interaction or a command's name. */
  operation: string;
  /** Types of what was touched. */
  types: string[];
  /** Why (v3-ActReason code). */
  purpose: string;
  /** Whether a sealed record was opened in an emergency. */
  brokenGlass: boolean;
  /** Whether it was refused: nothing was shown then. */
  refused: boolean;
};
export type AccessPage = {
  /** What was done. */
  accesses: AccessView[];
  /** Token of the next page, to send as `page`. */
  next?: string | null;
};
export type ConsentChoice =
  "withholdFromPerson" | "withholdFromEverybody" | "noResearch";
export type NamedPersonView = {
  /** The Practitioner. */
  practitioner: string;
  /** Their name; absent when they are not known here (any more). */
  name?: string | null;
};
export type Contents = "healthRecord" | "everything";
export type PatientConsentView = {
  /** Its id, and the Consent's. */
  id: string;
  /** The Consent's status: `active` ones are obeyed. */
  status: string;
  /** When it was said. */
  recorded?: string | null;
  /** The choice. */
  choice?: ConsentChoice | null;
  /** Those whom it names. */
  people: NamedPersonView[];
  /** How much it withholds. */
  contents?: Contents | null;
};
export type RecordConsent = {
  /** The choice. */
  choice: ConsentChoice;
  /** The Practitioner from whom it is withheld, for `withholdFromPerson`. */
  practitioner?: string | null;
  /** The Practitioners who see it nevertheless, for `withholdFromEverybody`. */
  except?: string[];
  /** How much is withheld. */
  contents?: Contents;
};
export type PatientConsentPage = {
  /** The latest first. */
  consents: PatientConsentView[];
};
export type ChoiceView = {
  /** When it begins. */
  start: string;
  /** When it ends. */
  end: string;
  /** Schedules (ids) to book. */
  schedules: string[];
};
export type Choices = {
  /** In order. */
  choices: ChoiceView[];
  /** IANA name of the zone of the first of the schedules that were looked at. */
  zone?: string | null;
  /** Whether there are more than were asked for. */
  hasMore: boolean;
};
export type Step =
  | "hold"
  | "book"
  | "wait"
  | "reschedule"
  | "arrive"
  | "check-in"
  | "fulfil"
  | "miss"
  | "cancel"
  | "expire"
  | "return"
  | "retract";
export type WishesView = {
  /** Since when they wait. */
  since: string;
  /** How much it matters. */
  priority: "urgent" | "soon" | "routine";
  /** The first local day that suits; there is none where another system wrote none. */
  first?: string | null;
  /** The last local day that suits. */
  last?: string | null;
  /** `mon` to `sun`; any, if there are none. */
  days: string[];
  /** Local time from which. */
  from?: string | null;
  /** Local time until which. */
  to?: string | null;
  /** Schedules (ids) of whom they would like to see; anybody, if there are none. */
  schedules: string[];
  /** The clinic (a Location's id) where they would like to come. */
  clinic?: string | null;
  /** How long before its beginning they must know of a time. */
  noticeMinutes: number;
  /** The appointment (id) that an earlier time would take the place of. */
  replaces?: string | null;
  /** How many times they were offered. */
  offers: number;
  /** Whether times that become free are offered to them; if not, by hand only. */
  isOfferedMore: boolean;
};
export type AppointmentView = {
  /** Its id. */
  id: string;
  /** Its version: send it with what you do to it. */
  version: number;
  /** FHIR's status. */
  status: string;
  /** When it begins. */
  start?: string | null;
  /** When it ends. */
  end?: string | null;
  /** The patient (id). */
  patient?: string | null;
  /** The HealthcareService (id). */
  service?: string | null;
  /** Schedules (ids) that it takes. */
  schedules: string[];
  /** When the times are not kept any more, unless it is booked before. */
  heldUntil?: string | null;
  /** When the patient came. */
  arrivedAt?: string | null;
  /** Whether the patient asked for it and staff must answer. */
  isRequest?: boolean;
  /** What can be done with it now. */
  steps: Step[];
  /** Why the patient comes. */
  description?: string | null;
  /** IANA name of the zone that its times are told in. */
  zone?: string | null;
  /** The series that it is one of. */
  series?: string | null;
  /** Whether it is a time that somebody on the waiting list was offered and has not answered. */
  isOffer?: boolean;
  /** What is wished, of who waits for a time. */
  wishes?: WishesView | null;
};
export type AppointmentPage = {
  /** The appointments, by their beginning. */
  appointments: AppointmentView[];
  /** Token of the next page. */
  next?: string | null;
};
export type NewAppointment = {
  /** The patient (id). */
  patient: string;
  /** The HealthcareService (id). */
  service: string;
  /** When it begins; how long it takes is the service's. */
  start: string;
  /** Schedules (ids): of the practitioner, the room, the device. */
  schedules: string[];
  /** Why the patient comes, in a few words. */
  description?: string | null;
  /** Whether to squeeze it in although the time is taken or closed; needs the right. */
  overbook?: boolean;
};
export type ScheduleLine = {
  /** Its id. */
  id: string;
  /** Who or what it is of: `Practitioner/7`. */
  actor: string;
  /** The name of who or what it is of; none is known of what was deleted. */
  name?: string | null;
  /** How many appointments at the same time. */
  capacity: number;
  /** Whether it can be booked. */
  active: boolean;
  /** HealthcareServices (ids) that it offers; any, if there are none. */
  services: string[];
  /** Whether it is of whoever asks. */
  isOwn: boolean;
};
export type ClinicView = {
  /** The Location (id) that it is. */
  id: string;
  /** Its name. */
  name?: string | null;
  /** IANA name of the zone of its days. */
  zone: string;
  /** Its schedules: practitioners first, then rooms and devices, by name. */
  schedules: ScheduleLine[];
};
export type ClinicPage = {
  /** By name. */
  clinics: ClinicView[];
  /** Whether there are more schedules than are looked at. */
  hasMore: boolean;
};
export type SpanView = {
  /** From. */
  start: string;
  /** Until. */
  end: string;
};
export type WhoView = {
  /** The patient (id). */
  id: string;
  /** NHS number. */
  nhsNumber?: string | null;
  /** Family name. */
  family?: string | null;
  /** Given names. */
  given: string[];
  /** Birth date, as well as it is known. */
  birthDate?: string | null;
  /** Administrative gender. */
  gender?: string | null;
};
export type BoardEntry = {
  /** The appointment. */
  appointment: AppointmentView;
  /** Who comes; nobody where the record is gone. */
  who?: WhoView | null;
  /** The name of the HealthcareService. */
  serviceName?: string | null;
};
export type ColumnView = {
  /** The Schedule. */
  schedule: ScheduleLine;
  /** When it is open: by its timetable or by an extra session. */
  open: SpanView[];
  /** When nobody is there although it would be open. */
  absences: SpanView[];
  /** Times that appointments take which whoever asks may not see. */
  hidden: SpanView[];
  /** The appointments, by their beginning; cancelled ones, too. */
  entries: BoardEntry[];
};
export type BoardView = {
  /** The local day. */
  day: string;
  /** IANA name of the zone of the day. */
  zone: string;
  /** When the day begins. */
  start: string;
  /** When the day ends. */
  end: string;
  /** When this was so. */
  at: string;
  /** One for each Schedule. */
  columns: ColumnView[];
};
export type Why = "leave" | "holiday";
export type ToMove = {
  /** The appointment. */
  appointment: AppointmentView;
  /** Who comes; nobody where the record is gone. */
  who?: WhoView | null;
  /** The name of the HealthcareService. */
  serviceName?: string | null;
  /** Why. */
  why: Why;
  /** The Schedules that cannot be there, by name. */
  missing: ScheduleLine[];
};
export type ToMovePage = {
  /** By their beginning. */
  appointments: ToMove[];
  /** Until when is looked ahead. */
  until: string;
  /** Whether there are more than are shown. */
  hasMore: boolean;
};
export type RequestPage = {
  /** By their beginning. */
  requests: BoardEntry[];
  /** Whether there are more than are shown. */
  hasMore: boolean;
};
export type Waiting = "waiting" | "called" | "skipped" | "finished";
export type TicketView = {
  /** Its number. */
  number: number;
  /** As it is printed: `A017`. */
  token: string;
  /** Where its holder is. */
  state: Waiting;
  /** Whether they go first. */
  priority: boolean;
  /** When they came. */
  arrived: string;
  /** Their appointment (id); walk-ins have none. */
  appointment?: string | null;
  /** When they are due. */
  due: string;
  /** The room that they were called to. */
  place?: string | null;
  /** Whose it is; nobody where the record is sealed. */
  who?: WhoView | null;
};
export type IssueTicket = {
  /** The patient (id) who walks in. */
  patient?: string | null;
  /** The appointment (id) of who has one, instead. */
  appointment?: string | null;
  /** What a walk-in comes for (a HealthcareService). */
  service?: string | null;
  /** Whether they go first. */
  priority?: boolean;
};
export type CallNext = {
  /** The Schedule (id) of the room. */
  room: string;
};
export type TicketStep = "recall" | "skip" | "finish";
export type StepTicket = {
  /** What is done. */
  step: TicketStep;
};
export type QueueView = {
  /** When this was so. */
  at: string;
  /** Who was called, the latest first. */
  called: TicketView[];
  /** Who waits, in the order in which they are called. */
  waiting: TicketView[];
  /** Who did not come when called. */
  skipped: TicketView[];
  /** How many went in. */
  finished: number;
  /** Appointments (ids) of those who went in. */
  seen: string[];
  /** Rooms that one can be called to. */
  rooms: ScheduleLine[];
};
export type DisplayLine = {
  /** `A017`. */
  token: string;
  /** The room. */
  place: string;
  /** When it was called. */
  called: string;
};
export type DisplayView = {
  /** The clinic's name. */
  clinic?: string | null;
  /** IANA name of the clinic's zone. */
  zone: string;
  /** When this was so. */
  at: string;
  /** Who is called, the latest first. */
  called: DisplayLine[];
  /** The next tokens, in order. */
  next: string[];
};
export type ConfirmAppointment = {
  /** The version that the caller saw. */
  version: number;
};
export type RescheduleAppointment = {
  /** The version that the caller saw. */
  version: number;
  /** When it begins from now on. */
  start: string;
  /** Schedules (ids); those that it has, if none are given. */
  schedules?: string[];
  /** As in booking. */
  overbook?: boolean;
};
export type CancellationReason =
  "pat" | "prov" | "maint" | "meds-inc" | "other";
export type CancelAppointment = {
  /** The version that the caller saw. */
  version: number;
  /** Why. */
  reason: CancellationReason;
};
export type RetractAppointment = {
  /** The version that the caller saw. */
  version: number;
  /** Why, in a few words. */
  reason: string;
};
export type RecordAttendance = {
  /** The version that the caller saw. */
  version: number;
  /** `arrive`, `check-in`, `fulfil` or `miss`. */
  step: Step;
};
export type WaitingPage = {
  /** In the order in which they are offered a time; those with an open offer first. */
  entries: BoardEntry[];
  /** Whether there are more than are looked at. */
  hasMore: boolean;
};
export type WishesForm = {
  /** The first local day that suits: `2026-11-27`. */
  first: string;
  /** The last local day that suits. */
  last: string;
  /** `mon` to `sun`; any, if there are none. */
  days?: string[];
  /** Local time from which: `09:00`. */
  from?: string | null;
  /** Local time until which. */
  to?: string | null;
  /** Schedules (ids) of whom they would like to see; anybody, if there are none. */
  schedules?: string[];
  /** The clinic (a Location's id) where they would like to come. */
  clinic?: string | null;
  /** How long before its beginning they must know of a time. */
  noticeMinutes?: number;
  /** How much it matters; for staff to say. */
  priority?: "urgent" | "soon" | "routine";
  /** The appointment (id) that an earlier time would take the place of. */
  replaces?: string | null;
};
export type JoinWaitingList = {
  /** The patient (id). */
  patient: string;
  /** The HealthcareService (id). */
  service: string;
  /** What they would take. */
  wishes: WishesForm;
  /** Why the patient comes, in a few words. */
  description?: string | null;
};
export type OfferAppointment = {
  /** The version that the caller saw. */
  version: number;
  /** When it begins. */
  start: string;
  /** Schedules (ids). */
  schedules: string[];
};
export type DeclineOffer = {
  /** The version that the caller saw. */
  version: number;
};
export type OccurrenceState =
  | "free"
  | "holiday"
  | "leave"
  | "closed"
  | "taken"
  | "patient-busy"
  | "clock-change"
  | "past"
  | "too-far-ahead";
export type OccurrenceView = {
  /** Its number, from 1. */
  number: number;
  /** The local day. */
  day: string;
  /** When it begins; there is no such time on a day on which the clocks skip it. */
  start?: string | null;
  /** When it ends. */
  end?: string | null;
  /** Whether it can be booked, or what stands in its way. */
  state: OccurrenceState;
  /** The free time that is nearest, where it cannot be booked and there is one within a week. */
  nearest?: ChoiceView | null;
};
export type SeriesPreview = {
  /** IANA name of the zone of its local times. */
  zone: string;
  /** Its times, in order: each that was planned is here. */
  occurrences: OccurrenceView[];
};
export type SeriesUnit = "days" | "weeks";
export type PlanForm = {
  /** The first local day: `2026-11-27`. */
  first: string;
  /** The local time of each: `09:00`. */
  time: string;
  /** Every so many days or weeks. */
  every?: number;
  /** Days or weeks. */
  unit: SeriesUnit;
  /** On which days of a week (`mon` to `sun`); the first day's, if there are none. */
  days?: string[];
  /** How many; or `until`. */
  count?: number | null;
  /** The last local day; or `count`. */
  until?: string | null;
};
export type PreviewSeries = {
  /** The patient (id). */
  patient: string;
  /** The HealthcareService (id). */
  service: string;
  /** Schedules (ids) of each. */
  schedules: string[];
  /** When they are. */
  plan: PlanForm;
};
export type SeriesOutcome = {
  /** When it begins. */
  start?: string | null;
  /** The appointment as it is now. */
  appointment?: AppointmentView | null;
  /** Why it was not done: a stable code. */
  code?: string | null;
  /** Why it was not done. */
  detail?: string | null;
};
export type SeriesView = {
  /** The series' number. */
  series: string;
  /** Whether all was done. If not, the same request with the same key does what is left. */
  isComplete: boolean;
  /** Of each, in order. */
  outcomes: SeriesOutcome[];
};
export type SeriesTime = {
  /** When it begins. */
  start: string;
  /** Schedules (ids). */
  schedules: string[];
};
export type BookSeries = {
  /** The patient (id). */
  patient: string;
  /** The HealthcareService (id). */
  service: string;
  /** The times that were agreed. */
  times: SeriesTime[];
  /** Why the patient comes, in a few words. */
  description?: string | null;
  /** The series that these times belong to, if some of it is booked already. */
  series?: string | null;
};
export type CancelSeries = {
  /** Those that begin then or later; all that are not over, if nothing is said. */
  from?: string | null;
  /** Why. */
  reason: CancellationReason;
};
export type Portal = "off" | "view-only" | "request-approval" | "self-book";
export type ServiceView = {
  /** Its id. */
  id: string;
  /** Its name. */
  name: string;
  /** How long an appointment is. */
  minutes: number;
  /** What patients may do by themselves. */
  portal: Portal;
  /** How long before an appointment patients may still book, move or cancel it. */
  noticeMinutes: number;
  /** What to do before coming. */
  preparation?: string | null;
};
export type Price = {
  /** Pence, cents. */
  minorUnits: number;
  /** ISO 4217: `GBP`. */
  currency: string;
};
export type AddService = {
  /** Its name. */
  name: string;
  /** How long an appointment is. */
  minutes: number;
  /** What patients may do by themselves. */
  portal?: Portal;
  /** How long before an appointment patients may still book, move or cancel it. */
  noticeMinutes?: number;
  /** What to do before coming. */
  preparation?: string | null;
  /** What it costs. */
  price?: Price | null;
};
export type ServicePage = {
  /** The services, by name. */
  services: ServiceView[];
  /** Token of the next page. */
  next?: string | null;
};
export type ScheduleView = {
  /** Its id. */
  id: string;
  /** Its version. */
  version: number;
  /** Who or what it is of. */
  actor: string;
  /** IANA name of the zone of its local times. */
  zone: string;
  /** How many appointments at the same time. */
  capacity: number;
  /** Whether it can be booked. */
  active: boolean;
};
export type SessionOfWeek = {
  /** `mon` to `sun`. */
  days: string[];
  /** Local time: `09:00`. */
  start: string;
  /** Local time; of the next day, if it is not after `start`. */
  end: string;
  /** HealthcareServices (ids); any, if there are none. */
  services?: string[];
};
export type TimetableForm = {
  /** Who or what: `Practitioner/7`, `Location/12`, `Device/3`. */
  actor: string;
  /** The clinic (id of a Location) whose board and queue it belongs to. */
  clinic?: string | null;
  /** IANA name: `Europe/London`. */
  zone: string;
  /** How many appointments at the same time. */
  capacity?: number;
  /** Whether it can be booked. */
  active?: boolean;
  /** Each week. */
  sessions: SessionOfWeek[];
  /** First day. */
  from?: string | null;
  /** Last day. */
  until?: string | null;
  /** Local days on which it is closed: public holidays. */
  closed?: string[];
};
export type AmendSchedule = {
  /** The version that the caller saw. */
  version: number;
  /** What it says from now on. */
  timetable: TimetableForm;
};
export type ExceptionView = {
  /** The Slot (id) that it is. */
  slot: string;
  /** Appointments (ids) that lie in it: somebody must move them. */
  appointments: string[];
};
export type AddException = {
  /** From when. */
  start: string;
  /** Until when. */
  end: string;
  /** Whether it is open then (an extra session) rather than closed (leave). */
  open?: boolean;
  /** A note for staff. */
  comment?: string | null;
};
export type Purpose =
  | "appointment-requested"
  | "appointment-booked"
  | "appointment-rescheduled"
  | "appointment-cancelled"
  | "appointment-reminder"
  | "appointment-offered"
  | "waiting-ended";
export type Channel = "email" | "sms" | "in-app";
export type Language = "en" | "cy" | "ar";
export type State =
  "queued" | "sending" | "sent" | "delivered" | "dead" | "suppressed";
export type Reason =
  | "no-consent"
  | "no-address"
  | "no-outlet"
  | "superseded"
  | "too-late"
  | "deceased"
  | "no-recipient"
  | "unreachable"
  | "unanswered"
  | "refused"
  | "undelivered";
export type MessageView = {
  /** Its id. */
  id: string;
  /** Whose. */
  patient: string;
  /** What it is for. */
  purpose: Purpose;
  /** `Appointment/id`. */
  about: string;
  /** By which channel. */
  channel: Channel;
  /** In which language. */
  language: Language;
  /** How it fares. */
  state: State;
  /** Why it did not go out, or not yet. */
  reason?: Reason | null;
  /** When it is tried next, of those that wait. */
  due?: string | null;
  /** When it was made. */
  queued: string;
  /** When the provider took it. */
  sent?: string | null;
  /** Attempts so far. */
  attempts: number;
  /** Its title, of those that were sent; made when it is read. */
  subject?: string | null;
  /** Its text. */
  text?: string | null;
};
export type MessagePage = {
  /** The messages. */
  messages: MessageView[];
};
export type MessageQueue = {
  /** Messages that wait, or are on their way. */
  open: number;
  /** Those of them that should have gone out a while ago. */
  overdue: number;
  /** Those that were given up. */
  dead: number;
};
export type QuietHours = {
  /** First minute of quiet, `21:00`. */
  from: string;
  /** First minute after it, `08:00`; the same as `from` for no quiet hours at all. */
  until: string;
};
export type Preferences = {
  /** Channels, the one that is tried first first. */
  channels?: Channel[];
  /** The language, where it is not the one in the record. */
  language?: Language | null;
  /** When not to be disturbed. */
  quietHours?: QuietHours;
  /** What the patient said of each channel; what is not here was not asked. */
  consent?: {
    [key: string]: boolean;
  };
};
export type PreferencesView = {
  /** The version; 0 where the patient said nothing yet. */
  version: number;
  /** What holds. */
  preferences: Preferences;
};
export type SetMessagePreferences = {
  /** The version that the caller saw; 0 where nothing was said yet. */
  version: number;
  /** What holds from now on. */
  preferences: Preferences;
};
export type Template = {
  /** The subject line of the e-mail. */
  subject: string;
  /** The paragraphs of the e-mail, and of the patient's own list. */
  paragraphs: string[];
  /** The text message. */
  sms: string;
};
export type TemplateView = {
  /** What for. */
  purpose: Purpose;
  /** In which language. */
  language: Language;
  /** The version; 0 where it was never replaced. */
  version: number;
  /** Whether it is the text that comes with Galen. */
  isBuiltIn: boolean;
  /** The text. */
  template: Template;
};
export type TemplatePage = {
  /** By purpose and language. */
  templates: TemplateView[];
};
export type OverrideMessageTemplate = {
  /** The version that the caller saw; 0 where it was never replaced. */
  version: number;
  /** The text; none to go back. */
  template?: Template | null;
};
export type FeedView = {
  /** Its id. */
  id: string;
  /** When it was made. */
  created: string;
  /** The address, once: when it is made. */
  address?: string | null;
};
export type FeedPage = {
  /** The newest first. */
  feeds: FeedView[];
};
export type SubscriptionView = {
  /** Its id. */
  id: string;
  /** `requested`, `active` or `error`. */
  status: string;
  /** Why it is in error. */
  error?: string | null;
  /** What it watches. */
  criteria: string;
  /** `rest-hook` or `websocket`. */
  channel: string;
  /** The server that is notified. */
  endpoint?: string | null;
  /** The account in whose name it notifies. */
  owner?: string | null;
  /** Notifications that wait. */
  waiting: number;
  /** When the first of them is tried next, where it failed before. */
  nextTry?: string | null;
  /** How often it failed. */
  failures: number;
  /** Notifications that were given up. */
  deadLetters: number;
};
export type ArrayOfSubscriptionView = SubscriptionView[];
export type DeadLetterView = {
  /** Its id. */
  id: string;
  /** The version that was not told. */
  reference: string;
  /** Why. */
  reason: string;
  /** When it was given up. */
  at: string;
};
export type ArrayOfDeadLetterView = DeadLetterView[];
export type ClientView = {
  /** Its `client_id`. */
  clientId: string;
  /** Its name. */
  name: string;
  /** `public`, `secret`, `jwks` or `jwksUri`. */
  authentication: string;
  /** Where answers may be sent. */
  redirectUris: string[];
  /** Where an EHR launch begins. */
  launchUrl?: string | null;
  /** What it may ask for. */
  scopes: string;
  /** The account whose rights its `system/` scopes are within. */
  user?: string | null;
  /** Whether it gets nothing any more. */
  disabled: boolean;
  /** Since when. */
  created: string;
};
export type ArrayOfClientView = ClientView[];
export type AddedClient = {
  /** Its `client_id`. */
  clientId: string;
  /** Its name. */
  name: string;
  /** Its secret, shown once. */
  clientSecret?: string | null;
};
export type AddClient = {
  /** What people know it by. */
  name: string;
  /** Where answers may be sent, character by character. */
  redirectUris?: string[];
  /** Where an EHR launch begins. */
  launchUrl?: string | null;
  /** What it may ask for at most, as SMART scopes. */
  scopes: string;
  /** Whether it keeps a secret; made here, shown once. */
  secret?: boolean;
  /** The public keys by which it signs assertions. */
  jwks?: any;
  /** Where they are published, instead. */
  jwksUri?: string | null;
  /** For `system/` scopes: the sign-in name of the account whose rights they are within. */
  user?: string | null;
};
export type ClientChange = "disable" | "enable";
export type ChangeClientBody = {
  /** `disable` or `enable`. */
  change: ClientChange;
};
export type ScopeView = {
  /** As the application wrote it: what is sent back when it is allowed. */
  scope: string;
  /** `patient`, `user`, or absent for scopes of no resources. */
  level?: string | null;
  /** The resource type; absent for all of them. */
  kind?: string | null;
  /** Whether it lets the application see. */
  reads: boolean;
  /** Whether it lets the application add or change. */
  writes: boolean;
  /** Whether it lets the application delete. */
  deletes: boolean;
  /** Search criteria that narrow it. */
  criteria?: string | null;
};
export type PatientName = {
  /** The id. */
  id: string;
  /** The name to be shown. */
  name: string;
  /** The date of birth, where it is known. */
  birthDate?: string | null;
};
export type ConsentView = {
  /** The application's name, as registered. */
  client: string;
  /** Where the answer goes: the address's beginning. */
  destination: string;
  /** What it asks for. */
  scopes: ScopeView[];
  /** Whose record it would see, where that is settled. */
  patient?: PatientName | null;
  /** Whether the user must choose a patient. */
  choosePatient: boolean;
};
export type DecidedView = {
  /** An address of the application. */
  redirect: string;
};
export type Decide = {
  /** As in the address of the page. */
  request: string;
  /** Whether the application may. */
  allow: boolean;
  /** Which of the scopes, as written. */
  scopes?: string[];
  /** The patient chosen. */
  patient?: string | null;
};
export type AuthorizationView = {
  /** Its id. */
  id: string;
  /** The application's `client_id`. */
  clientId: string;
  /** The application's name. */
  client: string;
  /** What it may do. */
  scopes: ScopeView[];
  /** Whose record it is about; absent where the caller may not see them any more. */
  patient?: PatientName | null;
  /** Whether it gets nothing any more: the application was switched off since, by an administrator. */
  ended: boolean;
  /** Since when. */
  created: string;
  /** Until when at most. */
  expires: string;
};
export type ArrayOfAuthorizationView = AuthorizationView[];
export type LaunchableView = {
  /** Its `client_id`. */
  client: string;
  /** Its name. */
  name: string;
};
export type ArrayOfLaunchableView = LaunchableView[];
export type LaunchView = {
  /** The opaque value: good once, for a few minutes, for this user. */
  launch: string;
  /** The address that the browser opens. */
  url: string;
};
export type LaunchClient = {
  /** The client's id. */
  client: string;
  /** The patient whose record is open. */
  patient: string;
  /** The encounter that is open. */
  encounter?: string | null;
};
export const {
  usePostApiSessionMutation,
  useGetApiSessionQuery,
  useLazyGetApiSessionQuery,
  useDeleteApiSessionMutation,
  useListUsersQuery,
  useLazyListUsersQuery,
  useAddUserMutation,
  useChangeUserMutation,
  useOpenBreakGlassMutation,
  useGetApiAccessBreakGlassQuery,
  useLazyGetApiAccessBreakGlassQuery,
  usePostApiAccessBreakGlassIdReviewMutation,
  useDeclareRelationshipMutation,
  usePostApiDirectoryOrganizationsMutation,
  usePostApiDirectoryPlacesMutation,
  useListPlacesQuery,
  useLazyListPlacesQuery,
  usePostApiDirectoryPractitionersMutation,
  usePostApiDirectoryRolesMutation,
  useReleaseResultMutation,
  useCountHeldResultsQuery,
  useLazyCountHeldResultsQuery,
  useListThreadsQuery,
  useLazyListThreadsQuery,
  useStartThreadMutation,
  useReadInboxQuery,
  useLazyReadInboxQuery,
  useReadThreadQuery,
  useLazyReadThreadQuery,
  useReplyToThreadMutation,
  useMarkThreadReadMutation,
  useCloseThreadMutation,
  useRegisterPatientMutation,
  useFindPatientsQuery,
  useLazyFindPatientsQuery,
  useReadPatientQuery,
  useLazyReadPatientQuery,
  useAmendPatientMutation,
  usePrintPatientLabelQuery,
  useLazyPrintPatientLabelQuery,
  usePreviewMergeQuery,
  useLazyPreviewMergeQuery,
  useListMergesQuery,
  useLazyListMergesQuery,
  useMergePatientsMutation,
  useUnmergePatientsMutation,
  useInvitePatientMutation,
  useListInvitationsQuery,
  useLazyListInvitationsQuery,
  usePrintInvitationLetterMutation,
  useWithdrawInvitationMutation,
  usePostApiActivationsMutation,
  useAcceptProxyMutation,
  useListOwnProxiesQuery,
  useLazyListOwnProxiesQuery,
  useListProxiesQuery,
  useLazyListProxiesQuery,
  useEndProxyMutation,
  useListAccessesQuery,
  useLazyListAccessesQuery,
  useRecordConsentMutation,
  useListConsentsQuery,
  useLazyListConsentsQuery,
  useWithdrawConsentMutation,
  useFindAppointmentTimesQuery,
  useLazyFindAppointmentTimesQuery,
  useListAppointmentsQuery,
  useLazyListAppointmentsQuery,
  useBookAppointmentMutation,
  useReadAppointmentQuery,
  useLazyReadAppointmentQuery,
  usePrintAppointmentLetterQuery,
  useLazyPrintAppointmentLetterQuery,
  useListClinicsQuery,
  useLazyListClinicsQuery,
  useReadClinicDayQuery,
  useLazyReadClinicDayQuery,
  useReadOwnDayQuery,
  useLazyReadOwnDayQuery,
  useListAppointmentsToMoveQuery,
  useLazyListAppointmentsToMoveQuery,
  useListAppointmentRequestsQuery,
  useLazyListAppointmentRequestsQuery,
  useIssueTicketMutation,
  useCallNextTicketMutation,
  useStepTicketMutation,
  useReadQueueQuery,
  useLazyReadQueueQuery,
  useReadQueueDisplayQuery,
  useLazyReadQueueDisplayQuery,
  useHoldAppointmentMutation,
  useConfirmAppointmentMutation,
  useRescheduleAppointmentMutation,
  useCancelAppointmentMutation,
  useRetractAppointmentMutation,
  useRecordAttendanceMutation,
  useListWaitingQuery,
  useLazyListWaitingQuery,
  useJoinWaitingListMutation,
  useOfferAppointmentMutation,
  useDeclineAppointmentOfferMutation,
  usePreviewAppointmentSeriesMutation,
  useBookAppointmentSeriesMutation,
  useCancelAppointmentSeriesMutation,
  useAddServiceMutation,
  useListServicesQuery,
  useLazyListServicesQuery,
  useAddScheduleMutation,
  useAmendScheduleMutation,
  useAddScheduleExceptionMutation,
  useRemoveScheduleExceptionMutation,
  useListMessagesQuery,
  useLazyListMessagesQuery,
  useGetApiMessagingQueueQuery,
  useLazyGetApiMessagingQueueQuery,
  useGetApiMessagingDeadLettersQuery,
  useLazyGetApiMessagingDeadLettersQuery,
  useResendMessageMutation,
  useReadMessagePreferencesQuery,
  useLazyReadMessagePreferencesQuery,
  useSetMessagePreferencesMutation,
  useListMessageTemplatesQuery,
  useLazyListMessageTemplatesQuery,
  useOverrideMessageTemplateMutation,
  useListCalendarFeedsQuery,
  useLazyListCalendarFeedsQuery,
  useCreateCalendarFeedMutation,
  useRevokeCalendarFeedMutation,
  useGetApiCalendarFileQuery,
  useLazyGetApiCalendarFileQuery,
  usePostApiMessagingReceiptsKeyMutation,
  usePostApiMessagingRepliesMutation,
  useGetApiSubscriptionsQuery,
  useLazyGetApiSubscriptionsQuery,
  useGetApiSubscriptionsIdDeadLettersQuery,
  useLazyGetApiSubscriptionsIdDeadLettersQuery,
  useRetryNotificationMutation,
  useDiscardNotificationMutation,
  useListenForChangesQuery,
  useLazyListenForChangesQuery,
  useListClientsQuery,
  useLazyListClientsQuery,
  useAddClientMutation,
  useChangeClientMutation,
  useGetApiAuthorizationsRequestQuery,
  useLazyGetApiAuthorizationsRequestQuery,
  usePostApiAuthorizationsRequestMutation,
  useListAuthorizationsQuery,
  useLazyListAuthorizationsQuery,
  useRevokeAuthorizationMutation,
  useListLaunchableQuery,
  useLazyListLaunchableQuery,
  useLaunchClientMutation,
} = injectedRtkApi;
