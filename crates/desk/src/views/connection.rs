//! Connections to PBXs as the main window shows them.

use link::wire::{ConnectionState, ConnectionView, OfficeErrorKindCode};

use crate::contract::{ConnectionCause, ConnectionRow, ConnectionStateView};

/// The row of a connection.
pub(crate) fn connection_row(connection: &ConnectionView) -> ConnectionRow {
    ConnectionRow {
        id: connection.id.as_str().to_owned(),
        title: connection_title(connection),
        state: match connection.state {
            ConnectionState::Connecting => ConnectionStateView::Connecting,
            ConnectionState::Draining => ConnectionStateView::Draining,
            ConnectionState::Live => ConnectionStateView::Live,
            ConnectionState::Waiting => ConnectionStateView::Waiting,
            ConnectionState::Down => ConnectionStateView::Down,
        },
        cause: connection.cause.map(|cause| match cause {
            OfficeErrorKindCode::Unauthorized => ConnectionCause::Unauthorized,
            OfficeErrorKindCode::Unreachable => ConnectionCause::Unreachable,
            OfficeErrorKindCode::RateLimited => ConnectionCause::RateLimited,
            OfficeErrorKindCode::Protocol => ConnectionCause::Protocol,
            OfficeErrorKindCode::Storage => ConnectionCause::Storage,
            OfficeErrorKindCode::BadSignatures => ConnectionCause::BadSignatures,
        }),
        drained: connection.drained,
        gap_since: connection.gap_since,
        clock_skew_ms: connection
            .clock_skew_ms
            .map(|skew| i32::try_from(skew).unwrap_or(if skew < 0 { i32::MIN } else { i32::MAX })),
    }
}

/// How a connection is called: its make's word with a capital, hyphens as blanks. A make is not known by name here.
pub(crate) fn connection_title(connection: &ConnectionView) -> String {
    let words = connection.make.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
