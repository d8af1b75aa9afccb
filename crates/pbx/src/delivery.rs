//! How a PBX's events reach us.

/// How a PBX's events reach us. What watches over a connection follows from it: whether its address must be public,
/// what is opened and kept open, and when events may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The PBX posts each to our address.
    Webhook,
    /// Over one socket for the whole connection.
    Socket,
    /// Over a socket for each extension.
    SocketPerExtension,
    /// The PBX tells nothing by itself: it is asked again and again.
    Polling,
}

impl Delivery {
    /// The PBX must be able to reach us at a public HTTPS address.
    pub fn needs_public_address(self) -> bool {
        self == Self::Webhook
    }
}
