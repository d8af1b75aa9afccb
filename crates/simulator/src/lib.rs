//! The PBXs on loopback, with scripts and faults.
//!
//! The makes are played as strictly as their vendors' pages describe them: a wrong signature, token or order is
//! refused. Nothing here is shared with the code that talks to real PBXs; the published vectors are all they have
//! in common.
//!
//! A [`Simulator`] answers on its ports, plays a [`Script`], rings the demo [`Phones`] of an office and makes
//! whatever mistakes its [`Fault`]s name.

mod control;
mod credentials;
mod cut_answers;
mod era;
mod fault;
mod hook;
mod make;
mod mango;
mod numbers;
mod phones;
mod play;
mod player;
mod random;
mod reading;
mod recordings;
mod registry;
mod ringcloud;
mod rostelecom;
mod script;
mod server;
mod simulator;
mod staff;
mod world;
mod zadarma;

pub use credentials::{Access, Credentials};
pub use fault::{Fault, FaultError, KeyArea};
pub use hook::{Deliveries, HookError};
pub use make::Make;
pub use phones::{PhoneError, PhoneState, PhoneView, Phones};
pub use reading::{Reading, ReadingError};
pub use script::{
    CallPlan, Callee, CalleeDoes, PhoneAction, RawBody, RawEvent, Scenario, Script, ScriptError, Sign, Step, Timed,
    Topic, Zone,
};
pub use simulator::{Simulator, SimulatorConfig, StartError};
pub use staff::{Employee, Line, Names, Staff};
pub use world::Timing;
