//! What the demo says of its PBXs.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::main_view::Titles;

/// A PBX that the demo can play.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DemoPbx {
    /// The make's name, as configuration has it.
    pub make: String,
    /// The make, as people call it.
    pub title: Titles,
    /// It runs in the demo that is shown.
    pub runs: bool,
}

/// All of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DemoPbxs {
    /// In the order in which lists show them; none where no demo is shown.
    pub pbxs: Vec<DemoPbx>,
}

/// The demo to start.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StartDemoRequest {
    /// The makes of its PBXs; none is the usual ones.
    pub makes: Vec<String>,
}
