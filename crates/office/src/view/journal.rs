//! The request journal for administrators: filtered, without numbers unless one asks to see them.

use link::{
    OfficeError, OfficeErrorKind,
    wire::{
        AuditAction, ExportedEntry, JournalDetail, JournalDirection, JournalExport, JournalFilter, JournalLine,
        JournalPage, Role, SignatureCheck,
    },
};
use pbx::{Original, SignedBy, WireForm, is_cut};
use store::JournalRow;

use super::{View, storage};
use crate::{
    curl::curl,
    journal_body::{JournalBody, refusal},
    mask::without_numbers,
};

/// Entries of a page.
const PAGE: usize = 100;
/// Entries that are looked through for one page, so that a filter that fits nothing ends.
const LOOKED_AT: usize = 20_000;

/// Entries that are forgotten at a time: whoever writes meanwhile waits for them.
const AT_A_TIME: usize = 2000;

impl View {
    /// A page of the journal, newest first.
    pub(super) async fn journal_page(&self, filter: JournalFilter) -> Result<JournalPage, OfficeError> {
        self.admins_only()?;
        self.reading(move |view| view.read_journal(&filter)).await
    }

    fn read_journal(&self, filter: &JournalFilter) -> Result<JournalPage, OfficeError> {
        let (mut entries, mut methods) = (Vec::new(), Vec::new());
        let next = self.look_through(filter, &mut methods, |line, _| entries.push(line))?;
        methods.sort();
        Ok(JournalPage { entries, methods, next })
    }

    /// A part of the journal for a file, newest first. That one is begun stands in the audit.
    pub(super) async fn journal_export(&self, filter: JournalFilter) -> Result<JournalExport, OfficeError> {
        self.admins_only()?;
        let newest = |view: &View| view.office.store.journal_before(None, 1).map_err(|error| storage(&error));
        let newest = self.reading(move |view| newest(view)).await?;
        let newest = newest.first().map_or(0, |row| row.id);
        if filter.before.is_none_or(|before| before > newest) {
            let entry = self.noted(AuditAction::ExportedJournal, "journal", in_words(&filter));
            self.office.store.audit(entry).await.map_err(|error| storage(&error))?;
        }
        self.reading(move |view| {
            let mut entries = Vec::new();
            let hidden = |body: Option<String>| body.as_deref().map(without_numbers);
            let next = view.look_through(&filter, &mut Vec::new(), |line, body| {
                let [sent, received] = [body.sent, body.received].map(hidden);
                entries.push(ExportedEntry { line, target: without_numbers(&body.target), sent, received });
            })?;
            Ok(JournalExport { entries, next })
        })
        .await
    }

    /// Gives a page of what fits, newest first, and notes each method that is met on the way. Says where to go on.
    fn look_through(
        &self,
        filter: &JournalFilter,
        methods: &mut Vec<String>,
        mut give: impl FnMut(JournalLine, JournalBody),
    ) -> Result<Option<i64>, OfficeError> {
        let (mut before, mut looked, mut given) = (filter.before, 0, 0);
        while looked < LOOKED_AT {
            let rows = self.office.store.journal_before(before, PAGE).map_err(|error| storage(&error))?;
            let is_last = rows.len() < PAGE;
            looked += rows.len();
            for row in rows {
                before = Some(row.id);
                let Some((line, body)) = read(row) else { continue };
                if !methods.contains(&line.method) {
                    methods.push(line.method.clone());
                }
                if fits(&line, filter) {
                    give(line, body);
                    given += 1;
                }
                if given == PAGE {
                    return Ok(before);
                }
            }
            if is_last {
                return Ok(None);
            }
        }
        // Where nothing more fitted among all that was looked through, whoever asks goes on from there.
        Ok(before)
    }

    /// One entry with its bodies. That numbers are revealed stands in the audit.
    pub(super) async fn journal_detail(&self, id: i64, reveal: bool) -> Result<JournalDetail, OfficeError> {
        self.admins_only()?;
        let (line, body) = self.entry(id).await?;
        if reveal {
            let entry = self.noted(AuditAction::RevealNumbers, &format!("journal {id}"), String::new());
            self.office.store.audit(entry).await.map_err(|error| storage(&error))?;
        }
        let shown = |text: &str| if reveal { text.to_owned() } else { without_numbers(text) };
        // A call that this office does not have any more is not led to.
        let call = match &body.call {
            Some(call) => self.call(call).await?.map(|call| call.id),
            None => None,
        };
        let asked = match line.direction {
            JournalDirection::Incoming => &body.received,
            JournalDirection::Outgoing => &body.sent,
        };
        // Of a webhook that was refused, and of what carries passwords, no body is kept.
        let had_none = |form: &&WireForm| {
            form.method == "GET" || line.direction == JournalDirection::Outgoing && form.content_type.is_none()
        };
        let form = body.form.as_ref().filter(|form| asked.is_some() || had_none(form));
        let curl = form.and_then(|form| curl(form, &body.target, asked.as_deref(), shown));
        let [sent, received] = [&body.sent, &body.received].map(|body| body.as_deref().map(shown));
        let target = shown(&body.target);
        let (cut, again) = (asked.as_deref().is_some_and(is_cut), self.again(&line, &body));
        Ok(JournalDetail { line, target, sent, received, curl, cut, again, call, revealed: reveal })
    }

    /// What the signature of an entry says with the key that its connection has now.
    pub(super) async fn signature_of(&self, id: i64) -> Result<SignatureCheck, OfficeError> {
        self.admins_only()?;
        let (line, body) = self.entry(id).await?;
        if line.direction == JournalDirection::Outgoing {
            return Ok(match body.form {
                Some(form) if form.signed => SignatureCheck::Ours { headers: form.proofs },
                Some(_) => SignatureCheck::OursUnsigned,
                None => SignatureCheck::NothingSigned,
            });
        }
        if body.form.is_none() {
            return Ok(SignatureCheck::NothingSigned);
        }
        let connection = line.connection.and_then(|id| self.office.connections.get(&id));
        let Some(connection) = connection else { return Ok(SignatureCheck::NoConnection) };
        let Some(Original::Webhook { request, .. }) = self.office.originals.get(id) else {
            return Ok(SignatureCheck::NotKept);
        };
        Ok(match connection.driver.check_signature(&request) {
            Ok(SignedBy::Key) => SignatureCheck::Right,
            Ok(SignedBy::Nobody) => SignatureCheck::Unsigned,
            Err(error) => SignatureCheck::Wrong { reason: refusal(&error) },
        })
    }

    pub(super) async fn entry(&self, id: i64) -> Result<(JournalLine, JournalBody), OfficeError> {
        let missing = || OfficeError::new(OfficeErrorKind::NotFound, "there is no such entry");
        let row = self.reading(move |view| view.office.store.journal_entry(id).map_err(|error| storage(&error)));
        row.await?.and_then(read).ok_or_else(missing)
    }

    /// Forgets all entries; that this was done stands in the audit.
    pub(super) async fn forget_journal(&self) -> Result<(), OfficeError> {
        self.admins_only()?;
        let store = &self.office.store;
        let newest = self.reading(|view| view.office.store.journal_before(None, 1).map_err(|error| storage(&error)));
        let Some(newest) = newest.await?.first().map(|row| row.id) else { return Ok(()) };
        store
            .audit(self.noted(AuditAction::ClearJournal, "journal", String::new()))
            .await
            .map_err(|error| storage(&error))?;
        self.office.originals.clear();
        while store.forget_journal(newest, AT_A_TIME).await.map_err(|error| storage(&error))? == AT_A_TIME {}
        Ok(())
    }

    pub(super) fn admins_only(&self) -> Result<(), OfficeError> {
        let refused = || OfficeError::new(OfficeErrorKind::Forbidden, "this is for administrators");
        (self.viewer.role == Role::Admin).then_some(()).ok_or_else(refused)
    }
}

/// An entry, unless another version wrote it in its own way.
pub(crate) fn read(row: JournalRow) -> Option<(JournalLine, JournalBody)> {
    let body = JournalBody::read(&row)?;
    let is_incoming = match row.entry.kind.as_str() {
        "request" => false,
        "frame" => body.received.is_some(),
        _ => true,
    };
    let line = JournalLine {
        id: row.id,
        at: row.entry.at,
        connection: row.entry.connection,
        direction: if is_incoming { JournalDirection::Incoming } else { JournalDirection::Outgoing },
        method: without_numbers(&body.operation),
        verdict: body.verdict,
        outcome: without_numbers(&body.outcome),
        failed: body.is_failure(),
        reason: body.reason(is_incoming).filter(|_| body.is_failure()),
        status: body.status,
        took_ms: u32::try_from(body.took_ms).unwrap_or(u32::MAX),
        plain: body.plain,
    };
    Some((line, body))
}

/// What is wanted of the journal, for the audit.
fn in_words(filter: &JournalFilter) -> String {
    let direction = filter.direction.map(|direction| match direction {
        JournalDirection::Incoming => "incoming".to_owned(),
        JournalDirection::Outgoing => "outgoing".to_owned(),
    });
    let errors = filter.errors.then(|| "errors".to_owned());
    let words: Vec<String> = [filter.method.clone(), direction, errors].into_iter().flatten().collect();
    if words.is_empty() { "all of it".to_owned() } else { words.join(", ") }
}

fn fits(line: &JournalLine, filter: &JournalFilter) -> bool {
    filter.method.as_ref().is_none_or(|method| *method == line.method)
        && filter.direction.is_none_or(|direction| direction == line.direction)
        && (!filter.errors || line.failed)
}
