//! Every command of the pages and every event for them, declared once.
//!
//! A line says who may ask ([`Window`]), who answers (`desk`: a method of [`crate::Desk`]; `shell`: a method of
//! [`crate::ShellCommands`], for what concerns windows, keys or the program itself), the command's name, and what it
//! takes and gives. The rest follows from the table: [`crate::call`] dispatches by it and refuses a window that it does
//! not name, and `ui/src/generated/commands.ts` is written from it. So a new command is a line here, the method that
//! answers it, and the page that asks.

/// Gives the table of commands to a macro.
macro_rules! command_table {
    ($with:ident) => {
        $with! {
            /// Everything that the main window needs to begin: its view, and the first page of its list. The page
            /// subscribes to its events before it asks.
            [Main] desk start_main(ListCallsRequest) -> MainStart;
            /// Everything that the main window shows, but for its lists.
            [Main] desk main_snapshot() -> MainView;
            /// The main window has done what `errand` of its view asked for.
            [Main] desk errand_done(u32);
            /// A page of the call list, newest first.
            [Main] desk list_calls(ListCallsRequest) -> CallsPage;
            /// A call with everything that is known of it.
            [Main] desk call_details(CallRef) -> CallDetails;
            /// Keeps a note; an empty text takes back the one that it replaces.
            [Main] desk save_note(SaveNoteRequest) -> CallDetails;
            /// Keeps how a talk ended.
            [Main] desk save_outcome(SaveOutcomeRequest) -> CallDetails;
            /// People, calls and notes that a text finds.
            [Main] desk look_up(LookUpRequest) -> LookUpView;
            /// What a text would dial, and how. Dials nothing.
            [Main] desk preview_dial(PreviewDialRequest) -> DialPreview;
            /// Calls. The same command answers the same call and acts once.
            [Main] desk place_call(PlaceCallRequest) -> PlacedView;
            /// Does something with a call that goes on. Answers once an event has shown it.
            [Main] desk act_on_call(ActOnCallRequest);
            /// The way of a call from the PBX to a card, and why there was none.
            [Main] desk card_path(CardPathRequest) -> CardPath;
            /// How the calls of today came to cards at an office.
            [Main] desk cards_today(CardsTodayRequest) -> CardsReport;
            /// How an office stands: connections, quotas, certificates, addresses.
            [Main] desk office_state(StateRequest) -> StateReport;
            /// Sends a message of the PBX to a connection's public address and says how far it came. It rings nobody.
            [Main] desk test_address(TestAddressRequest) -> TestReport;
            /// How far a connection is proved, stage by stage.
            [Main] desk staged_check(StagedCheckRequest) -> StagedCheck;
            /// Has an office do its part of a stage. No number is called, and nothing is changed at the PBX.
            [Main] desk run_stage(RunStageRequest) -> StageRun;
            /// Puts a connection into trial mode: its PBX may post over plain HTTP, and its calls are for administrators alone.
            [Main] desk begin_trial(BeginTrialRequest) -> TrialMode;
            /// Ends that.
            [Main] desk end_trial(EndTrialRequest);
            /// A page of what an office and its PBXs said to each other, newest first.
            [Main] desk journal_page(JournalRequest) -> JournalPage;
            /// One entry of it, with its bodies.
            [Main] desk journal_entry(JournalEntryRequest) -> JournalDetail;
            /// Checks the signature of an entry with the key that its connection has now.
            [Main] desk check_signature(NamedEntry) -> SignatureCheck;
            /// Asks the question of an entry once more. What may change something at the PBX is refused.
            [Main] desk repeat_request(NamedEntry) -> AskedAgain;
            /// Reads the webhook of an entry once more, with the keys and settings of now. Nothing else comes of it.
            [Main] desk replay_webhook(NamedEntry) -> ReadAgain;
            /// Keeps what the filter shows of the journal in a new file among the person's downloads.
            [Main] shell export_journal(ExportJournalRequest) -> ExportedJournal;
            /// Forgets all of it.
            [Main] desk clear_journal(ClearJournalRequest);
            /// A page of what administrators changed at an office, newest first.
            [Main] desk audit_page(AuditRequest) -> AuditPage;
            /// Shape, length and place of a recording.
            [Main] desk open_recording(OpenRecordingRequest) -> RecordingView;
            /// Keeps what a person has set and shows it at once.
            [Main] desk save_settings(Settings);
            /// The person has read a notice.
            [Main] desk dismiss_notice(NoticeKind);
            /// The person has read how many calls came while he was away.
            [Main] desk dismiss_away();
            /// Tries every office that is out of reach at once, without the wait between tries.
            [Main] desk reconnect();
            /// Looks at an office behind a gateway.
            [Main] shell connect_office(ConnectOfficeRequest);
            /// What an invitation is for: the office and whose it is. It is not used by that.
            [Main] shell read_invitation(ReadInvitationRequest) -> InvitationAnswer;
            /// Joins the office of an invitation that was read.
            [Main] shell join_office(JoinOfficeRequest) -> JoinAnswer;
            /// Who may look at an office, and who is invited; for its administrators, as all that follows to the rights.
            [Main] shell office_people(AdminOfficeRequest) -> OfficePeople;
            /// Invites somebody. The link is told this once.
            [Main] shell invite_person(InvitePersonRequest) -> InvitedView;
            /// Who is in a table, or what is wrong with it. Nobody is invited by that.
            [Main] shell preview_people(PeopleTableRequest) -> PeopleTable;
            /// Invites everybody in a table, or nobody. The links are told this once.
            [Main] shell import_people(PeopleTableRequest) -> ImportedPeople;
            /// Keeps links in a new file among the person's downloads.
            [Main] shell keep_links(KeepLinksRequest) -> KeptFile;
            /// Keeps the certificate that a vendor's account asks for, as PEM in a new file among the person's downloads.
            [Main] shell keep_certificate(StagedCheckRequest) -> KeptFile;
            /// Shows a file that was kept since the program was started, in its folder.
            [Main] shell show_file(KeptFile);
            /// Lines, groups, names and contacts of an office.
            [Main] shell office_lists(AdminOfficeRequest) -> OfficeLists;
            /// Puts one of these lists in place of what was seen: whole, or not at all.
            [Main] shell save_list(SaveListRequest) -> OfficeLists;
            /// Keeps how an office is set up in a new TOML file among the person's downloads. No secret is in it.
            [Main] shell export_setup(AdminOfficeRequest) -> KeptFile;
            /// Takes an invitation back.
            [Main] shell revoke_invitation(NamedInvitation);
            /// Gives an open invitation another link, told this once; the former one leads nowhere any more.
            [Main] shell reissue_invitation(NamedInvitation) -> InvitedView;
            /// Takes somebody's token back.
            [Main] shell remove_person(RemovePersonRequest);
            /// Says what somebody sees from now on.
            [Main] shell change_rights(ChangeRightsRequest);
            /// Goes on at an office with another token.
            [Main] shell renew_office_token(RenewTokenRequest);
            /// Looks at an office no more.
            [Main] shell disconnect_office(DisconnectOfficeRequest);
            /// The makes of PBX that an office can be connected to. Its id is `own` where it is the one in this program, as
            /// in all that follows.
            [Main] shell connectable_makes(AdminOfficeRequest) -> Makes;
            /// What an office is connected to, and what is being connected.
            [Main] shell office_connections(AdminOfficeRequest) -> OfficeConnections;
            /// Begins to connect a PBX, or to change a connection; a draft that was begun before goes.
            [Main] shell begin_connection(BeginConnectionRequest) -> DraftView;
            /// Takes in what a person has entered.
            [Main] shell fill_connection(FillConnectionRequest) -> DraftView;
            /// Has the PBX of a draft give its key, once, within 20 seconds. The key goes to the keyring, or to the gateway's secrets;
            /// `introduction` of the draft says whether it came.
            [Main] shell introduce_connection(IntroduceConnectionRequest) -> DraftView;
            /// The phones that the PBX of a draft lists; within 20 seconds.
            [Main] shell list_phones(NamedConnection) -> Phones;
            /// Takes one step of the check of a draft, within the time that it is allowed.
            [Main] shell check_connection(CheckConnectionRequest) -> CheckOutcome;
            /// Connects what was drafted: keys to the keyring and the rest to the settings, or both to the gateway; nothing where
            /// one fails.
            [Main] shell save_connection(NamedConnection);
            /// Gives up what was drafted.
            [Main] shell drop_draft(NamedConnection);
            /// Pauses a connection, or goes on with it.
            [Main] shell pause_connection(PauseConnectionRequest);
            /// Connects to a PBX no more: its settings and keys go, its calls stay.
            [Main] shell remove_connection(NamedConnection);
            /// Starts the program again with the demo office.
            [Main] shell start_demo(StartDemoRequest);
            /// The PBXs that the demo can play; none where no demo is shown.
            [Main] shell demo_pbxs() -> DemoPbxs;
            /// Starts the program again without it.
            [Main] shell leave_demo();
            /// Does something with the demo's phone.
            [Main Card] shell demo_phone(DemoPhoneAction);
            /// Everything that the card window shows. The page subscribes to its events before it asks.
            [Card] desk card_snapshot() -> CardsView;
            /// Puts a card away.
            [Card] desk dismiss_card(CallRef);
            /// Calls the other side of a call, or shows main what would be dialled where a person must look first.
            [Card] desk call_back(CallBackRequest);
            /// Does something with a card's call, as `act_on_call` does.
            [Card] desk act_on_card(ActOnCardRequest);
            /// Shows the call in main.
            [Card] desk show_call(CallRef);
            /// Shows a call in main, and asks there to whom it is to go.
            [Card] desk transfer_call(CallRef);
            /// Keeps a note written on the card.
            [Card] desk save_card_note(SaveNoteRequest);
            /// Keeps how a talk ended, said on the card.
            [Card] desk save_card_outcome(SaveOutcomeRequest);
            /// The height of the content in CSS pixels: the window follows it.
            [Card] shell resize_card(f64);
            /// The keyboard is used on the card, or no more: the window takes it, and no card goes by itself, meanwhile.
            [Card] shell card_typing(bool);
            /// Gives the keyboard to the card, where one is shown.
            [Main] shell focus_card();
            /// A revision has been painted.
            [Card] shell card_painted(u32);
        }
    };
}
pub(crate) use command_table;

/// Gives the table of events to a macro: to which window, the name, the payload.
macro_rules! event_table {
    ($with:ident) => {
        $with! {
            /// The main window shows this.
            [Main] main: MainView;
            /// Calls changed: lists follow.
            [Main] calls: CallsChanged;
            /// The card window shows this.
            [Card] cards: CardsView;
        }
    };
}
pub(crate) use event_table;

use super::{CallsChanged, CardsView, MainView};

/// The windows of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Lists, dialling, playing, settings.
    Main,
    /// What rings.
    Card,
}

impl Window {
    /// The name by which the shell knows it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Card => "card",
        }
    }
}

/// What the program tells a page by itself; implemented by the payload.
pub trait Event: serde::Serialize {
    /// To whom.
    const WINDOW: Window;
    /// By which name.
    const NAME: &'static str;
}

macro_rules! implement_events {
    ($($(#[$doc:meta])* [$window:ident] $name:ident: $payload:ty;)*) => {
        $(impl Event for $payload {
            const WINDOW: Window = Window::$window;
            const NAME: &'static str = stringify!($name);
        })*
    };
}
event_table!(implement_events);
