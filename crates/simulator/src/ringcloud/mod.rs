//! RingCloud's REST API, as its announcement and its old Python client describe it: polled, a key and a constant hash in
//! the query.

mod api;
mod call;
mod downloads;
mod limit;
mod numbering;
mod rows;
mod stage;
mod users;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;

use crate::credentials::Access;
use crate::make::{Delivery, Description, Letters, Make, OfficeLine, Pbx, Secret};
use crate::play::{Facts, Stage, Telling};
use crate::reading::Reading;
use crate::script::{CallPlan, RawEvent};
use crate::world::{World, lock};
use call::Call;
use limit::Limits;
use stage::RingCloudStage;
use users::Users;

/// The client number, which every key begins with.
const ACCOUNT: &str = "12345";

/// The simulated make; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct RingCloud {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    world: Arc<World>,
    /// The query value that every request must carry as `api_key`.
    key: String,
    /// The one that goes with it as `hash`.
    hash: String,
    users: Mutex<Users>,
    /// Every call, by an id that no answer names.
    calls: Mutex<BTreeMap<String, Call>>,
    limits: Mutex<Limits>,
}

static DESCRIPTION: Description = Description {
    name: "ringcloud",
    base: "",
    secrets: &[
        Secret { name: "api_key", prefix: "12345_", digits: 32, letters: Letters::Small },
        Secret::new("password", 16, Letters::Small),
    ],
    delivery: Delivery::Polling,
    line: OfficeLine { number: "+74995678901", russian: "Бухгалтерия", english: "Accounts" },
    readings: READINGS,
    help: include_str!("help.txt"),
    start: |world, access, _| Arc::new(RingCloud::new(world, access)),
};

impl Make {
    /// RingCloud's REST API: polling, with a key and its hash in the query.
    pub const RINGCLOUD: Self = Self::of(&DESCRIPTION);
}

impl Reading {
    /// The employee in a row is his user name.
    pub const ROWS_BY_USER_NAME: Self = Self::new(
        "rows-by-user-name",
        "the employee in src and dst is his user name, 111202; otherwise his extension, 202",
    );
    /// The employee in a row is the SIP name of his phone.
    pub const ROWS_BY_SIP_NAME: Self =
        Self::new("rows-by-sip-name", "the employee in src and dst is SIP/111202; otherwise his extension, 202");
    /// An incoming call is to the office's number for as long as it lasts.
    pub const ROWS_TO_LINE: Self = Self::new(
        "rows-to-line",
        "dst of an incoming call is the office's number; otherwise the extension that rings first",
    );
    /// Each phone that rings has a row of its own.
    pub const ROW_PER_PHONE: Self =
        Self::new("row-per-phone", "each phone that an incoming call rings has a row in both lists; otherwise one has");
    /// The agent's leg of a click-to-call is a row of its own.
    pub const AGENT_FIRST_ROW: Self = Self::new(
        "agent-first-row",
        "while a click-to-call rings the employee, its row is from the number to him, and the row of the call begins \
         when the number is dialled; otherwise there is one row from the beginning",
    );
    /// Users are listed as objects.
    pub const USERS_AS_OBJECTS: Self =
        Self::new("users-as-objects", "users are listed as objects with user and num; otherwise as names");
    /// Times of rows are seconds since 1970.
    pub const TIMES_UNIX: Self =
        Self::new("times-unix", "times of rows are seconds since 1970; otherwise Moscow's wall clock without a mark");
    /// Times of rows carry their offset.
    pub const TIMES_ISO: Self =
        Self::new("times-iso", "times of rows are ISO 8601 with Moscow's offset; otherwise without a mark");
    /// Times of rows are in UTC, without a mark.
    pub const TIMES_UTC: Self =
        Self::new("times-utc", "times of rows are UTC's wall clock without a mark; otherwise Moscow's");
    /// A completed row appears two minutes after the end.
    pub const ROWS_LATE: Self =
        Self::new("rows-late", "a completed call is listed two minutes after its end; otherwise at once");
    /// `days` counts calendar days.
    pub const DAYS_BY_CALENDAR: Self =
        Self::new("days-by-calendar", "days=1 is today by Moscow's calendar; otherwise 24 hours");
    /// "No recording" is the text `None`.
    pub const NONE_AS_TEXT: Self =
        Self::new("none-as-text", "rec_file of a call without a recording is the text None; otherwise null");
    /// "No recording" is a path that ends in `/None`.
    pub const NONE_IN_PATH: Self =
        Self::new("none-in-path", "rec_file of a call without a recording ends in /None; otherwise it is null");
    /// `rec_file` begins with a slash.
    pub const REC_FILE_WITH_SLASH: Self =
        Self::new("rec-file-with-slash", "rec_file begins with a slash; otherwise with v1/");
    /// A minute of the limits is one of the calendar.
    pub const MINUTE_BY_CALENDAR: Self = Self::new(
        "minute-by-calendar",
        "the minute of an identical URL is one of the calendar; otherwise it begins with the request",
    );
    /// A refused request begins the minute again.
    pub const REFUSAL_RESTARTS: Self = Self::new(
        "refusal-restarts",
        "an identical URL that was refused begins its minute again; otherwise a refusal changes nothing",
    );
    /// Downloads are not limited.
    pub const DOWNLOADS_FREE: Self =
        Self::new("downloads-free", "files may be asked for at any time; otherwise once a minute as everything");
}

/// How the page is read where it is silent.
const READINGS: &[Reading] = &[
    Reading::ROWS_BY_USER_NAME,
    Reading::ROWS_BY_SIP_NAME,
    Reading::ROWS_TO_LINE,
    Reading::ROW_PER_PHONE,
    Reading::AGENT_FIRST_ROW,
    Reading::USERS_AS_OBJECTS,
    Reading::TIMES_UNIX,
    Reading::TIMES_ISO,
    Reading::TIMES_UTC,
    Reading::ROWS_LATE,
    Reading::DAYS_BY_CALENDAR,
    Reading::NONE_AS_TEXT,
    Reading::NONE_IN_PATH,
    Reading::REC_FILE_WITH_SLASH,
    Reading::MINUTE_BY_CALENDAR,
    Reading::REFUSAL_RESTARTS,
    Reading::DOWNLOADS_FREE,
];

impl Pbx for RingCloud {
    fn router(&self) -> Router {
        api::router(self.clone())
    }

    fn stage(&self, plan: &CallPlan, id: String, telling: Telling) -> Box<dyn Stage> {
        Box::new(self.call_stage(plan, id, telling))
    }

    /// Nothing is pushed, and scripts refuse to.
    fn send_raw(&self, _event: &RawEvent) {}
}

impl RingCloud {
    fn new(world: Arc<World>, access: &Access) -> Self {
        let (key, password) = (access.secret("api_key").to_owned(), access.secret("password"));
        let shared = Shared {
            hash: api::hash(&key, password),
            key,
            users: Mutex::new(Users::of(&world.staff)),
            world,
            calls: Mutex::default(),
            limits: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    fn call_stage(&self, plan: &CallPlan, id: String, telling: Telling) -> RingCloudStage {
        let line = self.shared.world.staff.line_of(Make::RINGCLOUD);
        RingCloudStage::new(self.clone(), Facts::new(plan, id, line, telling))
    }

    /// Changes what is remembered of a call.
    fn remember(&self, id: &str, change: impl FnOnce(&mut Call)) {
        if let Some(call) = lock(&self.shared.calls).get_mut(id) {
            change(call);
        }
    }
}
