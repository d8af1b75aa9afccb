//! An office as others see it: the trait [`Office`], the wire types, the remote client.
//!
//! An office in the same process and one behind a gateway look alike to a desk.

pub mod error;
mod lenient;
mod must_not_implement;
pub mod office;
pub mod problem;
pub mod remote;
mod whose_call;
pub mod wire;

pub use error::{FieldFault, OfficeError, OfficeErrorKind};
pub use office::{ByteRange, FrameStream, Office, RecordingPart, SignInError};
pub use remote::{Invitation, JoinError, RemoteOffice};
