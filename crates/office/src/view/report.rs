//! How the office stands, for its administrators.

use std::time::Duration;

use link::{
    OfficeError,
    wire::{CertificateRole, ConnectionReport, QuotaCounted, QuotaView, StateReport, TestMessageView, admin::hook_url},
};
use pbx::QuotaUse;

use super::View;
use crate::{connections::Connection, outside, setup::titles};

/// How long the names of addresses are looked up.
const LOOK_UP: Duration = Duration::from_secs(2);

impl View {
    /// How the office stands.
    pub(super) async fn report_state(&self) -> Result<StateReport, OfficeError> {
        self.admins_only()?;
        let outside = self.office.outside();
        let now = self.office.clock.now();
        let mut certificates = outside.certificates.clone();
        let mut connections = self.office.board.reports(&self.viewer);
        for report in &mut connections {
            let Some(connection) = self.office.connections.get(&report.id) else { continue };
            fill(report, &connection);
            if let Some(trial) = outside.trial.as_ref().filter(|_| report.posts) {
                report.offers_trial = true;
                report.trial_address = trial.url.as_ref().map(|url| hook_url(url.as_str(), &report.id));
            }
            report.quotas.extend(self.office.method_counts.uses(&report.id, now));
            for mut certificate in outside::certificates(&connection.trust_anchors, CertificateRole::Trusted) {
                certificate.connection = Some(report.id.clone());
                certificates.push(certificate);
            }
        }
        let addresses = match outside.public_url.as_ref().and_then(|url| url.host_str()) {
            Some(host) => addresses(host).await,
            None => Vec::new(),
        };
        let public_url = outside.public_url.as_ref().map(ToString::to_string);
        Ok(StateReport { now, public_url, addresses, certificates, connections })
    }
}

fn fill(report: &mut ConnectionReport, connection: &Connection) {
    report.quotas = connection.driver.quota_uses().into_iter().map(quota).collect();
    report.posts = connection.posts();
    report.is_test_host = connection.is_test_host;
    if report.posts {
        let messages = connection.driver.make().test_messages.iter();
        report.test_messages = messages
            .map(|message| TestMessageView { name: message.name.to_owned(), titles: titles(message.title) })
            .collect();
    }
}

fn quota(of: QuotaUse) -> QuotaView {
    QuotaView {
        counted: if of.kind.is_some() { QuotaCounted::Kind } else { QuotaCounted::Everything },
        name: of.kind.map(str::to_owned),
        used: of.used,
        limit: of.requests,
        seconds: u32::try_from(of.window.as_secs()).unwrap_or(u32::MAX),
    }
}

/// The addresses behind a host; none where they cannot be looked up now.
async fn addresses(host: &str) -> Vec<String> {
    let host = host.trim_matches(['[', ']']);
    let found = tokio::time::timeout(LOOK_UP, net::look_up(host, 0)).await;
    let mut found: Vec<_> = found.ok().and_then(Result::ok).unwrap_or_default().iter().map(|it| it.ip()).collect();
    found.sort_unstable();
    found.dedup();
    found.iter().map(ToString::to_string).collect()
}
