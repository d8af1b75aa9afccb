//! A test of the address that a PBX posts to: a message of the PBX, sent by the office to itself from outside.

use calls::ConnectionId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{HopState, Titles};

/// Seconds that a test may wait for its message.
pub const TEST_SECONDS: std::ops::RangeInclusive<u32> = 1..=30;

/// A message that a test can send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TestMessageView {
    /// The vendor's word for it.
    pub name: String,
    /// What it tells.
    pub titles: Titles,
}

/// Which message is sent, and how long it is waited for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TestWish {
    /// One of those that the connection has.
    pub message: String,
    /// One of [`TEST_SECONDS`].
    pub seconds: u32,
}

/// What came of a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TestReport {
    /// Of which connection.
    #[ts(type = "string")]
    pub connection: ConnectionId,
    /// When it began, by the office's clock.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// Where the message was sent; a word in it that only the vendor knows is left out.
    pub address: String,
    /// The places on its way, in their order.
    pub stages: Vec<TestStage>,
    /// Why it did not come all the way; absent where it did.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<TestCause>,
    /// The status with which somebody at the address answered.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The cause in English words.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// One place on the way of a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TestStage {
    /// Where.
    pub place: TestPlace,
    /// Whether it came so far.
    pub state: HopState,
    /// How long this place took, in milliseconds.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u32>,
}

/// The places on the way of a test. A plain address has no TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum TestPlace {
    /// The name of the public address was looked up.
    Name,
    /// Something took the connection there.
    Connection,
    /// It showed a certificate that is trusted.
    Tls,
    /// It answered.
    Answer,
    /// The message came in at the office's own door.
    Arrival,
    /// Its signature was right.
    Signature,
    /// It was put into the database.
    Kept,
}

/// Why a test did not come all the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum TestCause {
    /// No address stands behind the name.
    NameUnknown,
    /// No name server answers.
    NoNameServer,
    /// The port is closed.
    PortClosed,
    /// Nobody took the connection in time: what lies between drops it.
    NoConnection,
    /// The certificate is for another name.
    OtherCertificate,
    /// The certificate has ended or begins later, or the office's clock is wrong.
    CertificateNotNow,
    /// Nobody who is trusted vouches for the certificate.
    CertificateUntrusted,
    /// No TLS is spoken there, or none that fits.
    NoTls,
    /// Nobody answered in time.
    NoAnswer,
    /// The connection broke before an answer.
    Broken,
    /// The address does not know the connection's path, and the message did not come: the path is changed on the way, or
    /// another gateway answers.
    PathUnknown,
    /// It answers with the address of somebody else, whom a PBX does not follow to.
    Redirected,
    /// What stands before the office does not reach it.
    NotPassedOn,
    /// What stands before the office lets nobody through.
    Blocked,
    /// It answered otherwise, and the message did not come.
    OtherAnswer,
    /// It answered with success, and the message did not come: somebody else's server is at the address.
    OtherServer,
    /// The signature did not come through: something on the way takes the header away.
    SignatureLost,
    /// What came is not what was sent: something on the way changes it.
    SignatureWrong,
    /// The office could not put it into its database.
    NotKept,
}
