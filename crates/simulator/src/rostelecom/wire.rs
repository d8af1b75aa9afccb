//! How Rostelecom writes its webhooks: JSON, signed in two headers.

use std::fmt;

use bytes::Bytes;

use super::sign::{CLIENT_ID, CLIENT_SIGN, sign};
use crate::credentials::Access;
use crate::hook::{Message, Webhook, Wire};
use crate::script::Sign;

pub(super) struct RostelecomWire {
    client_id: String,
    key: String,
}

impl RostelecomWire {
    pub(super) fn new(access: &Access) -> Self {
        Self { client_id: access.secret("client_id").to_owned(), key: access.secret("key").to_owned() }
    }
}

impl fmt::Debug for RostelecomWire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RostelecomWire").finish_non_exhaustive()
    }
}

impl Wire for RostelecomWire {
    fn message(&self, webhook: &Webhook, how: Sign) -> Message {
        let Self { client_id, key } = self;
        let body = Bytes::from(webhook.body.clone());
        let signature = match how {
            Sign::Right => Some(sign(client_id, &body, key)),
            Sign::Wrong => Some(sign(key, &body, client_id)),
            Sign::None => None,
        };
        let mut headers = vec![(CLIENT_ID, client_id.clone())];
        headers.extend(signature.map(|signature| (CLIENT_SIGN, signature)));
        Message { path: webhook.path.clone(), content_type: "application/json", headers, body }
    }

    fn of_unknown_kind(&self, webhook: &Webhook) -> Webhook {
        let body = webhook.body.replacen("\"state\": \"", "\"state\": \"analytics-", 1);
        Webhook { body, ..webhook.clone() }
    }
}
