//! Figures in Prometheus' text form.

use std::{
    fmt::Write,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use office::TimeFault;

use super::auth::Bearer;
use crate::state::State as Gateway;

/// The gateway's figures, for everybody with a token: they count, and name nobody.
pub(crate) async fn metrics(State(gateway): State<Arc<Gateway>>, _: Bearer) -> Response {
    let text = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (text, render(&gateway)).into_response()
}

fn render(gateway: &Gateway) -> String {
    let office = gateway.office.metrics();
    let counters = &gateway.counters;
    let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let mut text = Text::default();
    text.counter(
        "trubka_hooks_total",
        "Webhooks by what became of them.",
        &[
            ("{outcome=\"stored\"}", read(&counters.hooks_stored)),
            ("{outcome=\"known\"}", read(&counters.hooks_known)),
            ("{outcome=\"refused\"}", read(&counters.hooks_refused)),
            ("{outcome=\"not_stored\"}", read(&counters.hooks_not_stored)),
            ("{outcome=\"broken\"}", read(&counters.hooks_broken)),
        ],
    );
    text.counter(
        "trubka_events_not_understood_total",
        "Authentic events that were kept but not understood.",
        &[("", office.not_understood)],
    );
    text.counter(
        "trubka_journal_left_out_total",
        "Exchanges with PBXs that the request journal left out: too many at once, or refused too often.",
        &[("", office.journal_left_out)],
    );
    text.counter("trubka_unauthorized_total", "Requests without a valid token.", &[("", read(&counters.unauthorized))]);
    text.counter("trubka_slow_desks_total", "Streams closed for being slow.", &[("", read(&counters.slow_desks))]);
    text.counter(
        "trubka_connections_refused_total",
        "Connections closed at once: too many in all, or from one address.",
        &[("", read(&counters.connections_refused))],
    );
    text.counter(
        "trubka_streams_refused_total",
        "Streams that were not opened, because desks hold seven eighths of the connections.",
        &[("", read(&counters.streams_refused))],
    );
    text.gauge("trubka_connections", "Open connections.", gateway.connections.open());
    text.gauge("trubka_streams", "Open streams.", read(&counters.streams));
    text.gauge("trubka_log_head", "Newest sequence number of the log.", office.head);
    text.head(
        "trubka_connection_warnings",
        "What is to be put right at a connection: a wrong zone or clock, lines that are not listed, calls that cannot be read.",
        "gauge",
    );
    for (connection, warnings) in gateway.office.warnings() {
        let zone = matches!(warnings.time, Some(TimeFault::Zone { .. }));
        let clock = matches!(warnings.time, Some(TimeFault::Clock { .. }));
        let lines = warnings.unlisted_lines.len();
        for (kind, value) in [
            ("wrongZone", usize::from(zone)),
            ("clock", usize::from(clock)),
            ("unlistedLine", lines),
            ("unreadCalls", warnings.unread_calls),
        ] {
            text.line(&format!("trubka_connection_warnings{{connection=\"{connection}\",kind=\"{kind}\"}} {value}"));
        }
    }
    text.0
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn counter(&mut self, name: &str, help: &str, values: &[(&str, u64)]) {
        self.head(name, help, "counter");
        for (labels, value) in values {
            self.line(&format!("{name}{labels} {value}"));
        }
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, help, "gauge");
        self.line(&format!("{name} {value}"));
    }

    fn head(&mut self, name: &str, help: &str, kind: &str) {
        self.line(&format!("# HELP {name} {help}"));
        self.line(&format!("# TYPE {name} {kind}"));
    }

    fn line(&mut self, line: &str) {
        // Writing to a String does not fail.
        let _ = writeln!(self.0, "{line}");
    }
}
