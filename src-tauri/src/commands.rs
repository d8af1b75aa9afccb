//! The way of pages into the program. Each window has one Tauri command, which its capability alone allows; what a
//! page may ask for behind it is the table in `desk::contract`. A page may ask before the desk has started.

use desk::{
    Desk, ShellCommands,
    contract::{
        AdminOfficeRequest, BeginConnectionRequest, ChangeRightsRequest, CheckConnectionRequest, CheckOutcome,
        ConnectOfficeRequest, ContractError, DemoPbxs, DemoPhoneAction, DisconnectOfficeRequest, DraftView, ErrorCode,
        FillConnectionRequest, InvitationAnswer, InvitePersonRequest, InvitedView, JoinAnswer, JoinOfficeRequest,
        JoinProblem, Makes, OfficePeople, OwnConnectionRequest, OwnConnections, PauseConnectionRequest, Phones,
        ReadInvitationRequest, RemovePersonRequest, RenewTokenRequest, RevokeInvitationRequest, StartDemoRequest,
        Window,
    },
};
use own::OwnOffice;
use secrecy::ExposeSecret;
use serde_json::Value;
use tauri::{AppHandle, Manager, State, ipc::Response};

use crate::{
    demo::Demo,
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

    /// What is connected in the demo would be gone with it.
    fn own(&self) -> Answer<&OwnOffice> {
        match self.app.state::<Option<Demo>>().inner() {
            Some(_) => Err(ContractError::new(ErrorCode::Unsupported, "leave the demo before you connect a PBX")),
            None => Ok(self.app.state::<OwnOffice>().inner()),
        }
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

    async fn revoke_invitation(&self, request: RevokeInvitationRequest) -> Answer<()> {
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

    async fn connectable_makes(&self) -> Answer<Makes> {
        Ok(OwnOffice::makes())
    }

    async fn own_connections(&self) -> Answer<OwnConnections> {
        self.own()?.connections(self.desk).await
    }

    async fn begin_connection(&self, request: BeginConnectionRequest) -> Answer<DraftView> {
        self.own()?.begin(request).await
    }

    async fn fill_connection(&self, request: FillConnectionRequest) -> Answer<DraftView> {
        self.own()?.fill(request).await
    }

    async fn list_phones(&self, request: OwnConnectionRequest) -> Answer<Phones> {
        self.own()?.list_phones(request).await
    }

    async fn check_connection(&self, request: CheckConnectionRequest) -> Answer<CheckOutcome> {
        self.own()?.check(request).await
    }

    async fn save_connection(&self, request: OwnConnectionRequest) -> Answer<()> {
        self.own()?.save(self.desk, request).await
    }

    async fn drop_draft(&self, request: OwnConnectionRequest) -> Answer<()> {
        self.own()?.drop_draft(request).await
    }

    async fn pause_connection(&self, request: PauseConnectionRequest) -> Answer<()> {
        self.own()?.pause(request).await
    }

    async fn remove_connection(&self, request: OwnConnectionRequest) -> Answer<()> {
        self.own()?.remove(request).await
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
