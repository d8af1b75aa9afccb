// Written from `desk::contract` by `cargo xtask types`. Do not edit it.
import type { ActOnCallRequest } from "./ActOnCallRequest";
import type { ActOnCardRequest } from "./ActOnCardRequest";
import type { AdminOfficeRequest } from "./AdminOfficeRequest";
import type { AskedAgain } from "./AskedAgain";
import type { AuditPage } from "./AuditPage";
import type { AuditRequest } from "./AuditRequest";
import type { BeginConnectionRequest } from "./BeginConnectionRequest";
import type { BeginTrialRequest } from "./BeginTrialRequest";
import type { CallBackRequest } from "./CallBackRequest";
import type { CallDetails } from "./CallDetails";
import type { CallRef } from "./CallRef";
import type { CallsChanged } from "./CallsChanged";
import type { CallsPage } from "./CallsPage";
import type { CardPath } from "./CardPath";
import type { CardPathRequest } from "./CardPathRequest";
import type { CardsReport } from "./CardsReport";
import type { CardsTodayRequest } from "./CardsTodayRequest";
import type { CardsView } from "./CardsView";
import type { ChangeRightsRequest } from "./ChangeRightsRequest";
import type { CheckConnectionRequest } from "./CheckConnectionRequest";
import type { CheckOutcome } from "./CheckOutcome";
import type { ClearJournalRequest } from "./ClearJournalRequest";
import type { ConnectOfficeRequest } from "./ConnectOfficeRequest";
import type { DemoPbxs } from "./DemoPbxs";
import type { DemoPhoneAction } from "./DemoPhoneAction";
import type { DialPreview } from "./DialPreview";
import type { DisconnectOfficeRequest } from "./DisconnectOfficeRequest";
import type { DraftView } from "./DraftView";
import type { EndTrialRequest } from "./EndTrialRequest";
import type { ExportJournalRequest } from "./ExportJournalRequest";
import type { ExportedJournal } from "./ExportedJournal";
import type { FillConnectionRequest } from "./FillConnectionRequest";
import type { ImportedPeople } from "./ImportedPeople";
import type { IntroduceConnectionRequest } from "./IntroduceConnectionRequest";
import type { InvitationAnswer } from "./InvitationAnswer";
import type { InvitePersonRequest } from "./InvitePersonRequest";
import type { InvitedView } from "./InvitedView";
import type { JoinAnswer } from "./JoinAnswer";
import type { JoinOfficeRequest } from "./JoinOfficeRequest";
import type { JournalDetail } from "./JournalDetail";
import type { JournalEntryRequest } from "./JournalEntryRequest";
import type { JournalPage } from "./JournalPage";
import type { JournalRequest } from "./JournalRequest";
import type { KeepLinksRequest } from "./KeepLinksRequest";
import type { KeptFile } from "./KeptFile";
import type { ListCallsRequest } from "./ListCallsRequest";
import type { LookUpRequest } from "./LookUpRequest";
import type { LookUpView } from "./LookUpView";
import type { MainStart } from "./MainStart";
import type { MainView } from "./MainView";
import type { Makes } from "./Makes";
import type { NamedConnection } from "./NamedConnection";
import type { NamedEntry } from "./NamedEntry";
import type { NamedInvitation } from "./NamedInvitation";
import type { NoticeKind } from "./NoticeKind";
import type { OfficeConnections } from "./OfficeConnections";
import type { OfficeLists } from "./OfficeLists";
import type { OfficePeople } from "./OfficePeople";
import type { OpenRecordingRequest } from "./OpenRecordingRequest";
import type { PauseConnectionRequest } from "./PauseConnectionRequest";
import type { PeopleTable } from "./PeopleTable";
import type { PeopleTableRequest } from "./PeopleTableRequest";
import type { Phones } from "./Phones";
import type { PlaceCallRequest } from "./PlaceCallRequest";
import type { PlacedView } from "./PlacedView";
import type { PreviewDialRequest } from "./PreviewDialRequest";
import type { ReadAgain } from "./ReadAgain";
import type { ReadInvitationRequest } from "./ReadInvitationRequest";
import type { RecordingView } from "./RecordingView";
import type { RemovePersonRequest } from "./RemovePersonRequest";
import type { RenewTokenRequest } from "./RenewTokenRequest";
import type { RunStageRequest } from "./RunStageRequest";
import type { SaveListRequest } from "./SaveListRequest";
import type { SaveNoteRequest } from "./SaveNoteRequest";
import type { SaveOutcomeRequest } from "./SaveOutcomeRequest";
import type { Settings } from "./Settings";
import type { SignatureCheck } from "./SignatureCheck";
import type { StageRun } from "./StageRun";
import type { StagedCheck } from "./StagedCheck";
import type { StagedCheckRequest } from "./StagedCheckRequest";
import type { StartDemoRequest } from "./StartDemoRequest";
import type { StateReport } from "./StateReport";
import type { StateRequest } from "./StateRequest";
import type { TestAddressRequest } from "./TestAddressRequest";
import type { TestReport } from "./TestReport";
import type { TrialMode } from "./TrialMode";

/** What the main window may ask. Failures are `ContractError` objects. */
export interface MainCommands {
  /** Everything that the main window needs to begin: its view, and the first page of its list. The page subscribes to its events before it asks. */
  startMain(request: ListCallsRequest): Promise<MainStart>;
  /** Everything that the main window shows, but for its lists. */
  mainSnapshot(): Promise<MainView>;
  /** The main window has done what `errand` of its view asked for. */
  errandDone(request: number): Promise<void>;
  /** A page of the call list, newest first. */
  listCalls(request: ListCallsRequest): Promise<CallsPage>;
  /** A call with everything that is known of it. */
  callDetails(request: CallRef): Promise<CallDetails>;
  /** Keeps a note; an empty text takes back the one that it replaces. */
  saveNote(request: SaveNoteRequest): Promise<CallDetails>;
  /** Keeps how a talk ended. */
  saveOutcome(request: SaveOutcomeRequest): Promise<CallDetails>;
  /** People, calls and notes that a text finds. */
  lookUp(request: LookUpRequest): Promise<LookUpView>;
  /** What a text would dial, and how. Dials nothing. */
  previewDial(request: PreviewDialRequest): Promise<DialPreview>;
  /** Calls. The same command answers the same call and acts once. */
  placeCall(request: PlaceCallRequest): Promise<PlacedView>;
  /** Does something with a call that goes on. Answers once an event has shown it. */
  actOnCall(request: ActOnCallRequest): Promise<void>;
  /** The way of a call from the PBX to a card, and why there was none. */
  cardPath(request: CardPathRequest): Promise<CardPath>;
  /** How the calls of today came to cards at an office. */
  cardsToday(request: CardsTodayRequest): Promise<CardsReport>;
  /** How an office stands: connections, quotas, certificates, addresses. */
  officeState(request: StateRequest): Promise<StateReport>;
  /** Sends a message of the PBX to a connection's public address and says how far it came. It rings nobody. */
  testAddress(request: TestAddressRequest): Promise<TestReport>;
  /** How far a connection is proved, stage by stage. */
  stagedCheck(request: StagedCheckRequest): Promise<StagedCheck>;
  /** Has an office do its part of a stage. No number is called, and nothing is changed at the PBX. */
  runStage(request: RunStageRequest): Promise<StageRun>;
  /** Puts a connection into trial mode: its PBX may post over plain HTTP, and its calls are for administrators alone. */
  beginTrial(request: BeginTrialRequest): Promise<TrialMode>;
  /** Ends that. */
  endTrial(request: EndTrialRequest): Promise<void>;
  /** A page of what an office and its PBXs said to each other, newest first. */
  journalPage(request: JournalRequest): Promise<JournalPage>;
  /** One entry of it, with its bodies. */
  journalEntry(request: JournalEntryRequest): Promise<JournalDetail>;
  /** Checks the signature of an entry with the key that its connection has now. */
  checkSignature(request: NamedEntry): Promise<SignatureCheck>;
  /** Asks the question of an entry once more. What may change something at the PBX is refused. */
  repeatRequest(request: NamedEntry): Promise<AskedAgain>;
  /** Reads the webhook of an entry once more, with the keys and settings of now. Nothing else comes of it. */
  replayWebhook(request: NamedEntry): Promise<ReadAgain>;
  /** Keeps what the filter shows of the journal in a new file among the person's downloads. */
  exportJournal(request: ExportJournalRequest): Promise<ExportedJournal>;
  /** Forgets all of it. */
  clearJournal(request: ClearJournalRequest): Promise<void>;
  /** A page of what administrators changed at an office, newest first. */
  auditPage(request: AuditRequest): Promise<AuditPage>;
  /** Shape, length and place of a recording. */
  openRecording(request: OpenRecordingRequest): Promise<RecordingView>;
  /** Keeps what a person has set and shows it at once. */
  saveSettings(request: Settings): Promise<void>;
  /** The person has read a notice. */
  dismissNotice(request: NoticeKind): Promise<void>;
  /** The person has read how many calls came while he was away. */
  dismissAway(): Promise<void>;
  /** Tries every office that is out of reach at once, without the wait between tries. */
  reconnect(): Promise<void>;
  /** Looks at an office behind a gateway. */
  connectOffice(request: ConnectOfficeRequest): Promise<void>;
  /** What an invitation is for: the office and whose it is. It is not used by that. */
  readInvitation(request: ReadInvitationRequest): Promise<InvitationAnswer>;
  /** Joins the office of an invitation that was read. */
  joinOffice(request: JoinOfficeRequest): Promise<JoinAnswer>;
  /** Who may look at an office, and who is invited; for its administrators, as all that follows to the rights. */
  officePeople(request: AdminOfficeRequest): Promise<OfficePeople>;
  /** Invites somebody. The link is told this once. */
  invitePerson(request: InvitePersonRequest): Promise<InvitedView>;
  /** Who is in a table, or what is wrong with it. Nobody is invited by that. */
  previewPeople(request: PeopleTableRequest): Promise<PeopleTable>;
  /** Invites everybody in a table, or nobody. The links are told this once. */
  importPeople(request: PeopleTableRequest): Promise<ImportedPeople>;
  /** Keeps links in a new file among the person's downloads. */
  keepLinks(request: KeepLinksRequest): Promise<KeptFile>;
  /** Keeps the certificate that a vendor's account asks for, as PEM in a new file among the person's downloads. */
  keepCertificate(request: StagedCheckRequest): Promise<KeptFile>;
  /** Shows a file that was kept since the program was started, in its folder. */
  showFile(request: KeptFile): Promise<void>;
  /** Lines, groups, names and contacts of an office. */
  officeLists(request: AdminOfficeRequest): Promise<OfficeLists>;
  /** Puts one of these lists in place of what was seen: whole, or not at all. */
  saveList(request: SaveListRequest): Promise<OfficeLists>;
  /** Keeps how an office is set up in a new TOML file among the person's downloads. No secret is in it. */
  exportSetup(request: AdminOfficeRequest): Promise<KeptFile>;
  /** Takes an invitation back. */
  revokeInvitation(request: NamedInvitation): Promise<void>;
  /** Gives an open invitation another link, told this once; the former one leads nowhere any more. */
  reissueInvitation(request: NamedInvitation): Promise<InvitedView>;
  /** Takes somebody's token back. */
  removePerson(request: RemovePersonRequest): Promise<void>;
  /** Says what somebody sees from now on. */
  changeRights(request: ChangeRightsRequest): Promise<void>;
  /** Goes on at an office with another token. */
  renewOfficeToken(request: RenewTokenRequest): Promise<void>;
  /** Looks at an office no more. */
  disconnectOffice(request: DisconnectOfficeRequest): Promise<void>;
  /** The makes of PBX that an office can be connected to. Its id is `own` where it is the one in this program, as in all that follows. */
  connectableMakes(request: AdminOfficeRequest): Promise<Makes>;
  /** What an office is connected to, and what is being connected. */
  officeConnections(request: AdminOfficeRequest): Promise<OfficeConnections>;
  /** Begins to connect a PBX, or to change a connection; a draft that was begun before goes. */
  beginConnection(request: BeginConnectionRequest): Promise<DraftView>;
  /** Takes in what a person has entered. */
  fillConnection(request: FillConnectionRequest): Promise<DraftView>;
  /** Has the PBX of a draft give its key, once, within 20 seconds. The key goes to the keyring, or to the gateway's secrets; `introduction` of the draft says whether it came. */
  introduceConnection(request: IntroduceConnectionRequest): Promise<DraftView>;
  /** The phones that the PBX of a draft lists; within 20 seconds. */
  listPhones(request: NamedConnection): Promise<Phones>;
  /** Takes one step of the check of a draft, within the time that it is allowed. */
  checkConnection(request: CheckConnectionRequest): Promise<CheckOutcome>;
  /** Connects what was drafted: keys to the keyring and the rest to the settings, or both to the gateway; nothing where one fails. */
  saveConnection(request: NamedConnection): Promise<void>;
  /** Gives up what was drafted. */
  dropDraft(request: NamedConnection): Promise<void>;
  /** Pauses a connection, or goes on with it. */
  pauseConnection(request: PauseConnectionRequest): Promise<void>;
  /** Connects to a PBX no more: its settings and keys go, its calls stay. */
  removeConnection(request: NamedConnection): Promise<void>;
  /** Starts the program again with the demo office. */
  startDemo(request: StartDemoRequest): Promise<void>;
  /** The PBXs that the demo can play; none where no demo is shown. */
  demoPbxs(): Promise<DemoPbxs>;
  /** Starts the program again without it. */
  leaveDemo(): Promise<void>;
  /** Does something with the demo's phone. */
  demoPhone(request: DemoPhoneAction): Promise<void>;
  /** Gives the keyboard to the card, where one is shown. */
  focusCard(): Promise<void>;
}

/** By which names it asks, and whether there is an answer. */
export const mainCommands = {
  startMain: { name: "start_main", answers: true },
  mainSnapshot: { name: "main_snapshot", answers: true },
  errandDone: { name: "errand_done", answers: false },
  listCalls: { name: "list_calls", answers: true },
  callDetails: { name: "call_details", answers: true },
  saveNote: { name: "save_note", answers: true },
  saveOutcome: { name: "save_outcome", answers: true },
  lookUp: { name: "look_up", answers: true },
  previewDial: { name: "preview_dial", answers: true },
  placeCall: { name: "place_call", answers: true },
  actOnCall: { name: "act_on_call", answers: false },
  cardPath: { name: "card_path", answers: true },
  cardsToday: { name: "cards_today", answers: true },
  officeState: { name: "office_state", answers: true },
  testAddress: { name: "test_address", answers: true },
  stagedCheck: { name: "staged_check", answers: true },
  runStage: { name: "run_stage", answers: true },
  beginTrial: { name: "begin_trial", answers: true },
  endTrial: { name: "end_trial", answers: false },
  journalPage: { name: "journal_page", answers: true },
  journalEntry: { name: "journal_entry", answers: true },
  checkSignature: { name: "check_signature", answers: true },
  repeatRequest: { name: "repeat_request", answers: true },
  replayWebhook: { name: "replay_webhook", answers: true },
  exportJournal: { name: "export_journal", answers: true },
  clearJournal: { name: "clear_journal", answers: false },
  auditPage: { name: "audit_page", answers: true },
  openRecording: { name: "open_recording", answers: true },
  saveSettings: { name: "save_settings", answers: false },
  dismissNotice: { name: "dismiss_notice", answers: false },
  dismissAway: { name: "dismiss_away", answers: false },
  reconnect: { name: "reconnect", answers: false },
  connectOffice: { name: "connect_office", answers: false },
  readInvitation: { name: "read_invitation", answers: true },
  joinOffice: { name: "join_office", answers: true },
  officePeople: { name: "office_people", answers: true },
  invitePerson: { name: "invite_person", answers: true },
  previewPeople: { name: "preview_people", answers: true },
  importPeople: { name: "import_people", answers: true },
  keepLinks: { name: "keep_links", answers: true },
  keepCertificate: { name: "keep_certificate", answers: true },
  showFile: { name: "show_file", answers: false },
  officeLists: { name: "office_lists", answers: true },
  saveList: { name: "save_list", answers: true },
  exportSetup: { name: "export_setup", answers: true },
  revokeInvitation: { name: "revoke_invitation", answers: false },
  reissueInvitation: { name: "reissue_invitation", answers: true },
  removePerson: { name: "remove_person", answers: false },
  changeRights: { name: "change_rights", answers: false },
  renewOfficeToken: { name: "renew_office_token", answers: false },
  disconnectOffice: { name: "disconnect_office", answers: false },
  connectableMakes: { name: "connectable_makes", answers: true },
  officeConnections: { name: "office_connections", answers: true },
  beginConnection: { name: "begin_connection", answers: true },
  fillConnection: { name: "fill_connection", answers: true },
  introduceConnection: { name: "introduce_connection", answers: true },
  listPhones: { name: "list_phones", answers: true },
  checkConnection: { name: "check_connection", answers: true },
  saveConnection: { name: "save_connection", answers: false },
  dropDraft: { name: "drop_draft", answers: false },
  pauseConnection: { name: "pause_connection", answers: false },
  removeConnection: { name: "remove_connection", answers: false },
  startDemo: { name: "start_demo", answers: false },
  demoPbxs: { name: "demo_pbxs", answers: true },
  leaveDemo: { name: "leave_demo", answers: false },
  demoPhone: { name: "demo_phone", answers: false },
  focusCard: { name: "focus_card", answers: false },
} as const satisfies Record<keyof MainCommands, CommandName>;

/** What the main window is told, with the payloads. */
export interface MainEvents {
  /** The main window shows this. */
  main: MainView;
  /** Calls changed: lists follow. */
  calls: CallsChanged;
}

/** What the card window may ask. Failures are `ContractError` objects. */
export interface CardCommands {
  /** Does something with the demo's phone. */
  demoPhone(request: DemoPhoneAction): Promise<void>;
  /** Everything that the card window shows. The page subscribes to its events before it asks. */
  cardSnapshot(): Promise<CardsView>;
  /** Puts a card away. */
  dismissCard(request: CallRef): Promise<void>;
  /** Calls the other side of a call, or shows main what would be dialled where a person must look first. */
  callBack(request: CallBackRequest): Promise<void>;
  /** Does something with a card's call, as `act_on_call` does. */
  actOnCard(request: ActOnCardRequest): Promise<void>;
  /** Shows the call in main. */
  showCall(request: CallRef): Promise<void>;
  /** Shows a call in main, and asks there to whom it is to go. */
  transferCall(request: CallRef): Promise<void>;
  /** Keeps a note written on the card. */
  saveCardNote(request: SaveNoteRequest): Promise<void>;
  /** Keeps how a talk ended, said on the card. */
  saveCardOutcome(request: SaveOutcomeRequest): Promise<void>;
  /** The height of the content in CSS pixels: the window follows it. */
  resizeCard(request: number): Promise<void>;
  /** The keyboard is used on the card, or no more: the window takes it, and no card goes by itself, meanwhile. */
  cardTyping(request: boolean): Promise<void>;
  /** A revision has been painted. */
  cardPainted(request: number): Promise<void>;
}

/** By which names it asks, and whether there is an answer. */
export const cardCommands = {
  demoPhone: { name: "demo_phone", answers: false },
  cardSnapshot: { name: "card_snapshot", answers: true },
  dismissCard: { name: "dismiss_card", answers: false },
  callBack: { name: "call_back", answers: false },
  actOnCard: { name: "act_on_card", answers: false },
  showCall: { name: "show_call", answers: false },
  transferCall: { name: "transfer_call", answers: false },
  saveCardNote: { name: "save_card_note", answers: false },
  saveCardOutcome: { name: "save_card_outcome", answers: false },
  resizeCard: { name: "resize_card", answers: false },
  cardTyping: { name: "card_typing", answers: false },
  cardPainted: { name: "card_painted", answers: false },
} as const satisfies Record<keyof CardCommands, CommandName>;

/** What the card window is told, with the payloads. */
export interface CardEvents {
  /** The card window shows this. */
  cards: CardsView;
}

/** A command as the program knows it. */
export interface CommandName {
  name: string;
  answers: boolean;
}
