//! The way of pages into the program. Each window has one Tauri command, which its capability alone allows; what a
//! page may ask for behind it is the table in `desk::contract`. A page may ask before the desk has started.

use desk::{
    Desk, ShellCommands, TableText,
    contract::{
        AdminOfficeRequest, BeginConnectionRequest, ChangeRightsRequest, CheckConnectionRequest, CheckOutcome,
        ConnectOfficeRequest, ContractError, DemoPbxs, DemoPhoneAction, DisconnectOfficeRequest, DraftView, ErrorCode,
        ExportJournalRequest, ExportedJournal, FillConnectionRequest, ImportedPeople, IntroduceConnectionRequest,
        InvitationAnswer, InvitePersonRequest, InvitedView, JoinAnswer, JoinOfficeRequest, JoinProblem,
        KeepLinksRequest, KeptFile, Makes, NamedConnection, NamedInvitation, OfficeConnections, OfficeLists,
        OfficePeople, PauseConnectionRequest, PeopleTable, PeopleTableRequest, Phones, ReadInvitationRequest,
        RemovePersonRequest, RenewTokenRequest, SaveListRequest, StagedCheckRequest, StartDemoRequest, Window,
    },
};
use own::{AtDesk, Connecting, OwnOffice};
use secrecy::ExposeSecret;
use serde_json::Value;
use tauri::{AppHandle, Manager, State, ipc::Response};

use crate::{
    demo::Demo,
    kept_files::KeptFiles,
    links_file,
    offices::{Invitations, Offices},
    paint_log::PaintLog,
    restart,
    starting_desk::StartingDesk,
    windows,
};

type Answer<T> = Result<T, ContractError>;

/// A command of the main window.
#[tauri::command]
pub(crate) async fn main_call(
    app: AppHandle,
    desk: State<'_, StartingDesk>,
    command: String,
    request: Value,
) -> Answer<Response> {
    call(&app, desk.started().await, Window::Main, &command, request).await
}

/// A command of the card.
#[tauri::command]
pub(crate) async fn card_call(
    app: AppHandle,
    desk: State<'_, StartingDesk>,
    command: String,
    request: Value,
) -> Answer<Response> {
    call(&app, desk.started().await, Window::Card, &command, request).await
}

async fn call(app: &AppHandle, desk: &Desk, window: Window, command: &str, request: Value) -> Answer<Response> {
    desk::call(desk, &Shell { app, desk }, window, command, request).await.map(Response::new)
}

/// What concerns windows, keys and the program itself.
struct Shell<'a> {
    app: &'a AppHandle,
    desk: &'a Desk,
}

impl Shell<'_> {
    fn offices(&self) -> &Offices {
        self.app.state::<Offices>().inner()
    }

    fn kept_files(&self) -> &KeptFiles {
        self.app.state::<KeptFiles>().inner()
    }

    /// The office of this id, for who connects PBXs to it. What is connected in the demo would be gone with it.
    fn connecting(&self, office: &str) -> Answer<Box<dyn Connecting + '_>> {
        if self.app.state::<Option<Demo>>().is_some() {
            return Err(ContractError::new(ErrorCode::Unsupported, "leave the demo before you connect a PBX"));
        }
        if office == own::OFFICE {
            return Ok(Box::new(AtDesk { office: self.app.state::<OwnOffice>().inner(), desk: self.desk }));
        }
        Ok(Box::new(self.offices().connecting(self.desk.store(), office)?))
    }
}

impl ShellCommands for Shell<'_> {
    async fn connect_office(&self, request: ConnectOfficeRequest) -> Answer<()> {
        self.offices().connect(self.desk, request).await
    }

    async fn renew_office_token(&self, request: RenewTokenRequest) -> Answer<()> {
        self.offices().renew_token(self.desk, request).await
    }

    async fn disconnect_office(&self, request: DisconnectOfficeRequest) -> Answer<()> {
        self.offices().disconnect(self.desk, request).await
    }

    async fn office_people(&self, request: AdminOfficeRequest) -> Answer<OfficePeople> {
        self.offices().people(&request.office).await
    }

    async fn invite_person(&self, request: InvitePersonRequest) -> Answer<InvitedView> {
        self.offices().invite(request).await
    }

    async fn preview_people(&self, request: PeopleTableRequest) -> Answer<PeopleTable> {
        self.offices().preview_people(request).await
    }

    async fn import_people(&self, request: PeopleTableRequest) -> Answer<ImportedPeople> {
        self.offices().import_people(request).await
    }

    async fn keep_links(&self, request: KeepLinksRequest) -> Answer<KeptFile> {
        let file = self.kept_files().keep("trubka", "csv", links_file::table(&request.links)).await?;
        Ok(KeptFile { file })
    }

    async fn export_journal(&self, request: ExportJournalRequest) -> Answer<ExportedJournal> {
        let TableText { text, entries, whole } = self.desk.journal_table(request).await?;
        let file = self.kept_files().keep("trubka-journal", "csv", text).await?;
        Ok(ExportedJournal { file, entries, whole })
    }

    async fn keep_certificate(&self, request: StagedCheckRequest) -> Answer<KeptFile> {
        let certificate = self.desk.certificate(request).await?;
        let file = self.kept_files().keep("trubka-certificate", "pem", certificate).await?;
        Ok(KeptFile { file })
    }

    async fn show_file(&self, KeptFile { file }: KeptFile) -> Answer<()> {
        self.kept_files().show(&file).await
    }

    async fn office_lists(&self, request: AdminOfficeRequest) -> Answer<OfficeLists> {
        self.offices().lists(&request.office).await
    }

    async fn export_setup(&self, request: AdminOfficeRequest) -> Answer<KeptFile> {
        let text = self.offices().setup_file(&request.office).await?;
        let file = self.kept_files().keep("trubka-office", "toml", text).await?;
        Ok(KeptFile { file })
    }

    async fn save_list(&self, request: SaveListRequest) -> Answer<OfficeLists> {
        self.offices().save_list(request).await
    }

    async fn reissue_invitation(&self, request: NamedInvitation) -> Answer<InvitedView> {
        self.offices().reissue_invitation(request).await
    }

    async fn revoke_invitation(&self, request: NamedInvitation) -> Answer<()> {
        self.offices().revoke_invitation(request).await
    }

    async fn remove_person(&self, request: RemovePersonRequest) -> Answer<()> {
        self.offices().remove_person(request).await
    }

    async fn change_rights(&self, request: ChangeRightsRequest) -> Answer<()> {
        self.offices().change_rights(request).await
    }

    async fn read_invitation(&self, request: ReadInvitationRequest) -> Answer<InvitationAnswer> {
        let link = request.link.map(|link| link.reveal().to_owned());
        Ok(self.app.state::<Invitations>().read(link).await)
    }

    async fn join_office(&self, request: JoinOfficeRequest) -> Answer<JoinAnswer> {
        let invitations = self.app.state::<Invitations>();
        if self.app.state::<Option<Demo>>().is_none() {
            return Ok(invitations.join(self.offices(), self.desk, request.invitation).await);
        }
        // The demo's profile goes with it: the program begins anew without it, and asks again there.
        let Some(link) = invitations.link(request.invitation) else {
            return Ok(JoinAnswer { problem: Some(JoinProblem::Replaced) });
        };
        restart::with(self.app, &[link.expose_secret()]).map_err(|error| not_restarted(&error))?;
        Ok(JoinAnswer::default())
    }

    async fn connectable_makes(&self, request: AdminOfficeRequest) -> Answer<Makes> {
        self.connecting(&request.office)?.makes().await
    }

    async fn office_connections(&self, request: AdminOfficeRequest) -> Answer<OfficeConnections> {
        self.connecting(&request.office)?.connections().await
    }

    async fn begin_connection(&self, request: BeginConnectionRequest) -> Answer<DraftView> {
        self.connecting(&request.office)?.begin(request).await
    }

    async fn fill_connection(&self, request: FillConnectionRequest) -> Answer<DraftView> {
        self.connecting(&request.office)?.fill(request).await
    }

    async fn introduce_connection(&self, request: IntroduceConnectionRequest) -> Answer<DraftView> {
        self.connecting(&request.office)?.introduce(request).await
    }

    async fn list_phones(&self, request: NamedConnection) -> Answer<Phones> {
        self.connecting(&request.office)?.list_phones(request).await
    }

    async fn check_connection(&self, request: CheckConnectionRequest) -> Answer<CheckOutcome> {
        self.connecting(&request.office)?.check(request).await
    }

    async fn save_connection(&self, request: NamedConnection) -> Answer<()> {
        self.connecting(&request.office)?.save(request).await
    }

    async fn drop_draft(&self, request: NamedConnection) -> Answer<()> {
        self.connecting(&request.office)?.drop_draft(request).await
    }

    async fn pause_connection(&self, request: PauseConnectionRequest) -> Answer<()> {
        self.connecting(&request.office)?.pause(request).await
    }

    async fn remove_connection(&self, request: NamedConnection) -> Answer<()> {
        self.connecting(&request.office)?.remove(request).await
    }

    async fn start_demo(&self, request: StartDemoRequest) -> Answer<()> {
        let makes = crate::demo::chosen(&request.makes)?;
        let named = makes.iter().flat_map(|make| ["--make", make.name()]);
        let args: Vec<&str> = std::iter::once("--demo").chain(named).collect();
        restart::with(self.app, &args).map_err(|error| not_restarted(&error))
    }

    async fn demo_pbxs(&self) -> Answer<DemoPbxs> {
        Ok(self.app.state::<Option<Demo>>().inner().as_ref().map(Demo::pbxs).unwrap_or_default())
    }

    async fn leave_demo(&self) -> Answer<()> {
        restart::with(self.app, &[]).map_err(|error| not_restarted(&error))
    }

    async fn demo_phone(&self, action: DemoPhoneAction) -> Answer<()> {
        match self.app.state::<Option<Demo>>().inner() {
            Some(demo) => demo.use_phone(action),
            None => Err(ContractError::new(ErrorCode::Unsupported, "only the demo has such a phone")),
        }
    }

    async fn resize_card(&self, height: f64) -> Answer<()> {
        let corner = self.desk.card_corner().await?;
        if let Err(error) = windows::card::resize(self.app, height, corner) {
            tracing::warn!(%error, "the card could not be resized");
        }
        Ok(())
    }

    async fn focus_card(&self) -> Answer<()> {
        if windows::card::is_shown(self.app) {
            self.card_typing(true).await?;
        }
        Ok(())
    }

    async fn card_typing(&self, writing: bool) -> Answer<()> {
        self.desk.card_typing(writing).await?;
        if let Err(error) = windows::card::take_keyboard(self.app, writing) {
            tracing::warn!(%error, "the card could not be given the keyboard");
        }
        Ok(())
    }

    async fn card_painted(&self, revision: u32) -> Answer<()> {
        self.app.state::<PaintLog>().painted(revision);
        self.desk.card_painted(revision).await;
        Ok(())
    }
}

fn not_restarted(error: &anyhow::Error) -> ContractError {
    ContractError::new(ErrorCode::Internal, format!("the program could not be started again: {error}"))
}
