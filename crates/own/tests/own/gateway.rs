//! The same wizard for an office behind a gateway: what is connected there is written there, whole or not at all.

use std::{path::Path, sync::Arc};

use desk::contract::{
    BeginConnectionRequest, CheckConnectionRequest, CheckField, CheckFinding, CheckStep, ContractError, DraftView,
    ErrorCode, FillConnectionRequest, IntroduceConnectionRequest, Introduction, NamedConnection,
    PauseConnectionRequest, PbxConnection,
};
use gateway::{
    Gateway, GatewayOptions, Running, Setup,
    config::Config,
    tokens::{self, NewToken},
};
use link::{
    FieldFault, RemoteOffice,
    wire::{ExtensionRef, Role, people::ChangeRights},
};
use office::{OfficeHandle, SystemClock};
use own::{AtGateway, Connecting, Drafts};
use secrecy::SecretString;
use serde_json::{Value, json};
use simulator::{Make, Simulator, SimulatorConfig};
use store::{Options, Store, SystemRandom};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// What stands in the gateway's file beside where its data is.
const FILE: &str = "listen = \"127.0.0.1:0\"\npublic_url = \"https://calls.example.org\"\ndata_dir = \"data\"\n";
const OFFICE: &str = "calls.example.org";

/// A gateway on a temporary folder, and an administrator's desk.
struct Bench {
    folder: TempDir,
    simulator: Simulator,
    store: Store,
    office: Arc<OfficeHandle>,
    running: Running,
    desk: Store,
    drafts: Drafts,
    /// Another administrator's desk.
    other: (Store, Drafts),
    remote: RemoteOffice,
    token: String,
}

async fn serve(folder: &Path, store: &Store) -> (Arc<OfficeHandle>, Running) {
    let file = Config::read(&folder.join("gateway.toml")).expect("is read");
    let setup = Setup::open(file, store).expect("is read");
    let config = setup.config();
    let options = GatewayOptions {
        public_url: config.public_url().cloned(),
        setup: Some(Arc::new(setup)),
        ..GatewayOptions::default()
    };
    let office = OfficeHandle::start(config.office().expect("is whole"), store.clone(), Arc::new(SystemClock)).await;
    let office = Arc::new(office.expect("starts"));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let running = Gateway::serve(listener, Arc::clone(&office), options).await.expect("serves");
    (office, running)
}

fn remote(running: &Running, token: &str) -> RemoteOffice {
    let address = format!("http://{}", running.addr()).parse().expect("a URL");
    RemoteOffice::connect(&address, SecretString::from(token.to_owned()), None).expect("a loopback address")
}

impl Bench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("gateway.toml"), FILE).expect("is written");
        let open = |name: &str| {
            let place = folder.path().join(name);
            std::fs::create_dir(&place).expect("a folder");
            Store::open_in(&place, Options::owner("t", SystemRandom)).expect("opens")
        };
        let (store, desk, other) = (open("data"), open("desk"), (open("other"), Drafts::default()));
        let (office, running) = serve(folder.path(), &store).await;
        let new = NewToken {
            name: "Ольга".to_owned(),
            role: Role::Admin,
            extensions: Vec::new(),
            groups: Vec::new(),
            expires_at: None,
        };
        let issued = tokens::issue(&store, new).await.expect("is made");
        let token = secrecy::ExposeSecret::expose_secret(&issued.secret).to_owned();
        let makes = SimulatorConfig::of(&[Make::ROSTELECOM, Make::ERA, Make::MANGO_CLIENT]);
        let simulator = Simulator::start(makes).await.expect("a free port");
        let remote = remote(&running, &token);
        Self { folder, simulator, store, office, running, desk, drafts: Drafts::default(), other, remote, token }
    }

    fn at(&self) -> AtGateway<'_> {
        AtGateway { store: &self.desk, drafts: &self.drafts, office: OFFICE.to_owned(), remote: self.remote.clone() }
    }

    fn at_other_desk(&self) -> AtGateway<'_> {
        let (store, drafts) = &self.other;
        AtGateway { store, drafts, office: OFFICE.to_owned(), remote: self.remote.clone() }
    }

    async fn begin(&self, make: &str) -> DraftView {
        let (office, make) = (OFFICE.to_owned(), Some(make.to_owned()));
        self.at().begin(BeginConnectionRequest { office, make, connection: None }).await.expect("is begun")
    }

    async fn change(&self, connection: &str) -> Result<DraftView, ContractError> {
        let (office, connection) = (OFFICE.to_owned(), Some(connection.to_owned()));
        self.at().begin(BeginConnectionRequest { office, make: None, connection }).await
    }

    async fn fill(&self, draft: &DraftView, fields: Value) -> Result<DraftView, ContractError> {
        self.at().fill(filling(&draft.connection, fields)).await
    }

    fn right(&self, make: Make) -> Value {
        let access = self.simulator.credentials().of(make).expect("runs");
        let keys: serde_json::Map<_, _> =
            access.secrets().map(|(name, secret)| (name.to_owned(), Value::from(secret))).collect();
        json!({"keys": keys, "address": access.url})
    }

    async fn check(&self, draft: &DraftView, step: CheckStep) -> desk::contract::CheckOutcome {
        let request = CheckConnectionRequest { office: OFFICE.to_owned(), connection: draft.connection.clone(), step };
        self.at().check(request).await.expect("is taken")
    }

    async fn save(&self, draft: &DraftView) -> Result<(), ContractError> {
        self.at().save(of(&draft.connection)).await
    }

    async fn listed(&self) -> Vec<PbxConnection> {
        self.at().connections().await.expect("are told").connections
    }

    /// A connection that was made by the wizard at this desk; its id.
    async fn connected(&self, desk: AtGateway<'_>, make: Make) -> String {
        let begin =
            BeginConnectionRequest { office: OFFICE.to_owned(), make: Some(make.name().to_owned()), connection: None };
        let id = desk.begin(begin).await.expect("is begun").connection;
        desk.fill(filling(&id, self.right(make))).await.expect("is right");
        desk.save(of(&id)).await.expect("is saved");
        id
    }
}

fn filling(connection: &str, fields: Value) -> FillConnectionRequest {
    let mut request = json!({"office": OFFICE, "connection": connection});
    request.as_object_mut().expect("is one").extend(fields.as_object().expect("is one").clone());
    serde_json::from_value(request).expect("as a page writes it")
}

fn of(connection: &str) -> NamedConnection {
    NamedConnection { office: OFFICE.to_owned(), connection: connection.to_owned() }
}

#[tokio::test]
async fn a_wrong_key_is_mended_at_its_step_and_what_is_connected_lasts_at_the_gateway() {
    let bench = Bench::new().await;
    let makes = bench.at().makes().await.expect("are told").makes;
    let rostelecom = makes.iter().find(|make| make.make == "rostelecom").expect("is one");
    assert!(rostelecom.hook.is_some() && rostelecom.card == desk::contract::MakeCard::Live, "it can post to a gateway");

    let draft = bench.begin("rostelecom").await;
    let hook = format!("https://calls.example.org/hook/{}", draft.connection);
    assert_eq!(
        draft.hook_url.as_deref(),
        Some(hook.as_str()),
        "it can be entered at the vendor's before there is a key"
    );
    assert!(!draft.needs_phone && draft.steps.iter().any(|step| step.step == CheckStep::History));
    let mut fields = bench.right(Make::ROSTELECOM);
    let right = std::mem::replace(&mut fields["keys"]["key"], json!("00000000000000000000000000000000"));
    let draft = bench.fill(&draft, fields).await.expect("a key may be wrong");
    let found = bench.check(&draft, CheckStep::Key).await;
    assert_eq!((found.ok, found.finding, found.field), (false, CheckFinding::NotAdmitted, Some(CheckField::Keys)));
    let draft = bench.fill(&draft, json!({"keys": {"key": right}, "phone": "201"})).await.expect("is mended");
    for step in [CheckStep::Address, CheckStep::Key, CheckStep::Clock, CheckStep::History] {
        let found = bench.check(&draft, step).await;
        assert!(found.ok, "{step:?}: {found:?}");
    }
    assert!(bench.at().list_phones(of(&draft.connection)).await.expect("are told").phones.len() > 1);
    assert!(bench.listed().await.is_empty(), "nothing is kept of a check");

    bench.save(&draft).await.expect("is saved");
    let listed = bench.listed().await;
    assert_eq!((listed[0].id.as_str(), listed[0].fixed, listed[0].paused), (draft.connection.as_str(), false, false));
    assert_eq!((listed[0].hook_url.as_deref(), &listed[0].wrong), (Some(hook.as_str()), &None));
    let people = bench.remote.people().await.expect("are told").people;
    let mine = ExtensionRef { connection: draft.connection.parse().expect("an id"), extension: "201".to_owned() };
    assert_eq!(people[0].extensions, [mine], "the phone is the admin's own");
    assert!(bench.at().connections().await.expect("are told").draft.is_none());

    // The keys lie at the gateway, and nowhere at the desk.
    bench.running.shutdown().await;
    bench.office.shutdown().await;
    let (office, running) = serve(bench.folder.path(), &bench.store).await;
    let again = remote(&running, &bench.token).setup().await.expect("is told");
    assert_eq!((again.connections[0].problem.clone(), again.connections[0].secrets.len()), (None, 2));
    bench.desk.close();
    let key = right.as_str().expect("a text").as_bytes();
    for file in std::fs::read_dir(bench.folder.path().join("desk")).expect("a folder") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("is read");
        assert!(!bytes.windows(key.len()).any(|window| window == key), "a key is in the desk's database");
    }
    office.shutdown().await;
}

#[tokio::test]
async fn a_change_is_paused_removed_and_gone_on_with_and_keys_stay_where_nobody_enters_others() {
    let bench = Bench::new().await;
    let id = bench.connected(bench.at(), Make::ERA).await;
    let draft = bench.change(&id).await.expect("is there");
    assert_eq!((draft.keys.clone(), draft.is_new, draft.needs_phone), (vec!["token".to_owned()], false, false));
    assert_eq!(draft.kind.as_deref(), Some("token"), "a gateway's key is usually that of all");
    let elsewhere = bench.fill(&draft, json!({"address": "https://pbx.example.org"})).await.expect("is right");
    assert_eq!(elsewhere.keys, Vec::<String>::new(), "keys go to another address only once they are entered anew");
    assert_eq!(bench.save(&elsewhere).await.expect_err("the key is missing").field.as_deref(), Some("keys"));
    let back = bench.fill(&elsewhere, json!({"address": bench.right(Make::ERA)["address"]})).await.expect("is right");
    assert!(bench.check(&back, CheckStep::Key).await.ok);
    bench.save(&back).await.expect("is saved");

    let pause = |paused| PauseConnectionRequest { office: OFFICE.to_owned(), connection: id.clone(), paused };
    bench.at().pause(pause(true)).await.expect("is paused");
    assert!(bench.listed().await[0].paused);
    bench.at().pause(pause(false)).await.expect("goes on");
    assert!(!bench.listed().await[0].paused);
    bench.at().remove(of(&id)).await.expect("is removed");
    assert!(bench.listed().await.is_empty());
    assert_eq!(bench.at().pause(pause(true)).await.expect_err("it is gone").code, ErrorCode::NotFound);
    assert_eq!(bench.change(&id).await.expect_err("it is gone").code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_connection_that_asks_for_its_calls_is_not_tried_for_a_session() {
    let bench = Bench::new().await;
    let id = bench.connected(bench.at(), Make::ERA).await;
    let has_live = |draft: &DraftView| draft.steps.iter().any(|step| step.step == CheckStep::Live);
    let by_session = bench.change(&id).await.expect("is there");
    assert!(has_live(&by_session));
    let asks = link::wire::admin::PutConnection {
        pbx: "era".to_owned(),
        zone: None,
        base_url: Some(by_session.address),
        overrides: [("api", "token"), ("transport", "rest")].map(|(name, value)| (name.into(), value.into())).into(),
        secrets: std::collections::BTreeMap::new(),
        paused: false,
        revision: None,
        phone: None,
    };
    bench.remote.put_connection(&id.parse().expect("an id"), &asks).await.expect("is saved");
    let draft = bench.change(&id).await.expect("is there");
    assert!(!has_live(&draft), "{:?}", draft.steps);
    for step in &draft.steps {
        let found = bench.check(&draft, step.step).await;
        assert!(found.ok, "{found:?}");
    }
    bench.save(&draft).await.expect("every step went well");
    bench.office.shutdown().await;
}

#[tokio::test]
async fn what_another_administrator_did_meanwhile_is_said_and_not_undone() {
    let bench = Bench::new().await;
    let id = bench.connected(bench.at(), Make::ROSTELECOM).await;
    let draft = bench.change(&id).await.expect("is there");
    let pause = PauseConnectionRequest { office: OFFICE.to_owned(), connection: id.clone(), paused: true };
    bench.at_other_desk().pause(pause).await.expect("is paused");
    let late = bench.save(&draft).await.expect_err("it is another one");
    assert_eq!((late.code, late.part.as_deref()), (ErrorCode::Changed, Some("Ольга")), "who was first is said");
    assert!(bench.listed().await[0].paused, "nothing of it was saved");

    // What others change elsewhere is in nobody's way.
    let draft = bench.change(&id).await.expect("is there");
    let beside = bench.connected(bench.at_other_desk(), Make::ERA).await;
    bench.save(&draft).await.expect("is saved");
    assert_eq!(bench.listed().await.len(), 2);

    let draft = bench.change(&beside).await.expect("is there");
    bench.at_other_desk().remove(of(&beside)).await.expect("is removed");
    assert_eq!(bench.save(&draft).await.expect_err("it is gone").code, ErrorCode::NotFound);
    assert_eq!(bench.listed().await.len(), 1, "what was removed does not come back");
    bench.office.shutdown().await;
}

#[tokio::test]
async fn what_a_save_that_failed_leaves_is_what_was_there_and_it_can_be_done_again() {
    let bench = Bench::new().await;
    let draft = bench.begin("rostelecom").await;
    let draft = bench.fill(&draft, bench.right(Make::ROSTELECOM)).await.expect("is right");
    let (remote, _port) = remote_nowhere();
    let gone = AtGateway { remote, ..bench.at() };
    assert_eq!(gone.save(of(&draft.connection)).await.expect_err("nobody is there").code, ErrorCode::Unreachable);
    assert!(bench.listed().await.is_empty());
    let kept = bench.at().connections().await.expect("are told").draft.expect("is kept");
    assert_eq!(kept, draft, "what was entered waits for the gateway, its keys too");
    bench.save(&kept).await.expect("is saved");

    // The answer of a save may be lost: doing it again is the same as once.
    let id = bench.connected(bench.at(), Make::ERA).await;
    let change = bench.change(&id).await.expect("is there");
    let lost = link::wire::admin::PutConnection {
        pbx: "era".to_owned(),
        zone: None,
        base_url: Some(change.address.clone()),
        overrides: [("api".to_owned(), "user".to_owned())].into(),
        secrets: std::collections::BTreeMap::new(),
        paused: false,
        revision: None,
        phone: None,
    };
    let kind = bench.fill(&change, json!({"kind": "user"})).await.expect("is right");
    bench.remote.put_connection(&id.parse().expect("an id"), &lost).await.expect("is saved");
    bench.save(&kind).await.expect("it is what was wanted");
    bench.office.shutdown().await;
}

#[tokio::test]
async fn whoever_is_no_administrator_any_more_is_told_so_and_what_stands_in_the_file_is_left_alone() {
    let bench = Bench::new().await;
    let draft = bench.begin("rostelecom").await;
    let draft = bench.fill(&draft, bench.right(Make::ROSTELECOM)).await.expect("is right");
    let new = NewToken {
        name: "Игорь".to_owned(),
        role: Role::Admin,
        extensions: Vec::new(),
        groups: Vec::new(),
        expires_at: None,
    };
    tokens::issue(&bench.store, new).await.expect("is made");
    let me = &bench.remote.people().await.expect("are told").people;
    let me = me.iter().find(|person| person.name == "Ольга").expect("is there").token_id.clone();
    let rights = ChangeRights { role: Role::Manager, extensions: Vec::new(), groups: Vec::new() };
    bench.remote.change_rights(&me, &rights).await.expect("is changed");
    let told = bench.save(&draft).await.expect_err("is refused");
    assert_eq!(told.code, ErrorCode::Forbidden);
    assert_eq!(bench.at().connections().await.expect_err("is refused").code, ErrorCode::Forbidden);
    assert!(bench.store.configuration().expect("is read").parts.is_empty(), "nothing was saved");
    bench.office.shutdown().await;
}

#[tokio::test]
async fn what_was_begun_for_an_office_goes_with_it() {
    let bench = Bench::new().await;
    let draft = bench.begin("mango-client").await;
    let draft = bench.fill(&draft, json!({"keys": {"token": "a-token"}})).await.expect("is right");
    assert!(draft.needs_phone, "its sessions are those of phones");
    bench.drafts.forget(&bench.desk, OFFICE).await.expect("is forgotten");
    assert!(bench.at().connections().await.expect("are told").draft.is_none());
    assert_eq!(bench.fill(&draft, json!({})).await.expect_err("is gone").code, ErrorCode::NotFound);
    bench.office.shutdown().await;
}

#[tokio::test]
async fn a_key_that_the_pbx_gives_stays_at_the_gateway_and_the_wizard_goes_on_with_it() {
    let bench = Bench::new().await;
    let draft = bench.begin("mango-client").await;
    let address = bench.right(Make::MANGO_CLIENT)["address"].clone();
    let draft = bench.fill(&draft, json!({"address": address})).await.expect("is right");
    let introduce = async |desk: AtGateway<'_>, connection: &str| {
        let (office, connection, name) = (OFFICE.to_owned(), connection.to_owned(), "Office".to_owned());
        desk.introduce(IntroduceConnectionRequest { office, connection, name, again: false }).await
    };
    for _ in 0..2 {
        let told = introduce(bench.at(), &draft.connection).await.expect("is given");
        assert_eq!(
            (told.introduction, told.keys, told.is_new),
            (Some(Introduction::Given), vec!["token".into()], true)
        );
    }
    // A second desk never makes another.
    let make = Some("mango-client".to_owned());
    let begin = BeginConnectionRequest { office: OFFICE.to_owned(), make, connection: None };
    let other = bench.at_other_desk().begin(begin).await.expect("is begun");
    let fields = filling(&other.connection, json!({"address": address}));
    bench.at_other_desk().fill(fields).await.expect("is right");
    let refused = introduce(bench.at_other_desk(), &other.connection).await.expect_err("there is one");
    assert_eq!((refused.code, refused.part), (ErrorCode::Changed, Some(draft.connection.clone())));
    assert_eq!(bench.simulator.requests(Some("/integration/create"), "Office"), 1);
    let draft = bench.fill(&draft, json!({"phone": "202"})).await.expect("is right");
    for step in [CheckStep::Address, CheckStep::Key, CheckStep::Live] {
        assert!(bench.check(&draft, step).await.ok, "{step:?}");
    }
    bench.save(&draft).await.expect("is saved");
    let listed = bench.listed().await;
    assert!(listed.len() == 1 && !listed[0].paused, "{listed:?}");
    bench.office.shutdown().await;
}

/// A gateway that has gone. Whoever holds the socket keeps its port from others; nobody listens there.
fn remote_nowhere() -> (RemoteOffice, tokio::net::TcpSocket) {
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("a port");
    let address = format!("http://{}", socket.local_addr().expect("bound")).parse().expect("a URL");
    (RemoteOffice::connect(&address, SecretString::from("t"), None).expect("a loopback address"), socket)
}

#[tokio::test]
async fn a_gateway_that_does_not_answer_holds_up_no_other_offices_wizard() {
    let bench = Bench::new().await;
    // It takes the question and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", silent.local_addr().expect("bound")).parse().expect("a URL");
    let remote = RemoteOffice::connect(&address, SecretString::from("t"), None).expect("a loopback address");
    let slow = AtGateway { store: &bench.desk, drafts: &bench.drafts, office: "slow".to_owned(), remote };
    let make = Some("mango-client".to_owned());
    let waiting = slow.begin(BeginConnectionRequest { office: "slow".to_owned(), make, connection: None });
    tokio::select! {
        biased;
        began = waiting => panic!("nobody answers: {began:?}"),
        draft = bench.begin("mango-client") => assert_eq!(draft.make, "mango-client"),
    }
    bench.office.shutdown().await;
}

#[tokio::test]
async fn what_keeps_a_connection_from_work_is_told_as_a_code_at_the_field_that_mends_it() {
    let bench = Bench::new().await;
    bench.connected(bench.at(), Make::ERA).await;
    assert_eq!(bench.listed().await[0].wrong, None);
    // Its secret cannot be opened any more.
    std::fs::remove_file(bench.folder.path().join("data/configuration.key")).expect("was there");
    let wrong = bench.listed().await[0].wrong.clone().expect("is told");
    assert_eq!(wrong.code, ErrorCode::InvalidRequest);
    let at = (wrong.field.as_deref(), wrong.fault, wrong.part.as_deref());
    assert_eq!(at, (Some("keys"), Some(FieldFault::Missing), Some("token")));
    assert!(wrong.message.contains("enter the secret anew"), "{wrong:?}");
    bench.office.shutdown().await;
}
