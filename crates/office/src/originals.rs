//! The newest webhooks byte for byte, and the newest questions as they were asked, for as long as the program runs and the
//! journal tells of them. They hold signatures and perhaps keys, so they are in memory alone, and never shown.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use calls::ConnectionId;
use jiff::Timestamp;
use pbx::Original;
use store::JournalPlace;

/// Bounds of webhooks that were taken, of those that anybody may send, and of questions: a flood of one leaves the others.
const TAKEN: Bounds = Bounds { count: 512, bytes: 4 << 20 };
const ANYBODYS: Bounds = Bounds { count: 64, bytes: 1 << 20 };
const QUESTIONS: Bounds = Bounds { count: 256, bytes: 1 << 20 };
/// About what a webhook's event takes, and a question beside its body.
const EVENT: usize = 1 << 10;

struct Bounds {
    count: usize,
    bytes: usize,
}

/// The newest exchanges.
#[derive(Default)]
pub(crate) struct Originals(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    taken: Newest,
    anybodys: Newest,
    questions: Newest,
}

impl Kept {
    fn all(&mut self) -> [&mut Newest; 3] {
        [&mut self.taken, &mut self.anybodys, &mut self.questions]
    }
}

/// An exchange as it was.
struct Exchange {
    place: JournalPlace,
    at: Timestamp,
    connection: ConnectionId,
    original: Original,
}

#[derive(Default)]
struct Newest {
    exchanges: VecDeque<Exchange>,
    bytes: usize,
}

impl Newest {
    fn push(&mut self, exchange: Exchange, bounds: &Bounds) {
        self.bytes += size(&exchange.original);
        self.exchanges.push_back(exchange);
        while self.exchanges.len() > bounds.count || self.bytes > bounds.bytes {
            let Some(oldest) = self.exchanges.pop_front() else { return };
            self.bytes -= size(&oldest.original);
        }
    }

    fn retain(&mut self, stays: impl Fn(&Exchange) -> bool) {
        self.exchanges.retain(stays);
        self.bytes = self.exchanges.iter().map(|exchange| size(&exchange.original)).sum();
    }
}

impl Originals {
    /// Keeps what an exchange can be had again from, under the place of its row.
    pub(crate) fn keep(
        &self,
        place: JournalPlace,
        at: Timestamp,
        connection: ConnectionId,
        original: Original,
        is_anybodys: bool,
    ) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = &mut *kept;
        let (newest, bounds) = match (&original, is_anybodys) {
            (Original::Question(_), _) => (&mut kept.questions, &QUESTIONS),
            (Original::Webhook { .. }, true) => (&mut kept.anybodys, &ANYBODYS),
            (Original::Webhook { .. }, false) => (&mut kept.taken, &TAKEN),
        };
        newest.push(Exchange { place, at, connection, original }, bounds);
    }

    /// That of this row, unless newer ones took its place.
    pub(crate) fn get(&self, id: i64) -> Option<Original> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = [&kept.taken, &kept.anybodys, &kept.questions].into_iter().flat_map(|newest| &newest.exchanges);
        all.find(|exchange| exchange.place.id() == Some(id)).map(|exchange| exchange.original.clone())
    }

    /// Forgets those from before this moment, as their rows are.
    pub(crate) fn forget_before(&self, moment: Timestamp) {
        self.retain(|exchange| exchange.at >= moment);
    }

    /// Forgets those of a connection.
    pub(crate) fn forget_of(&self, connection: &ConnectionId) {
        self.retain(|exchange| exchange.connection != *connection);
    }

    /// Forgets all of them.
    pub(crate) fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Kept::default();
    }

    fn retain(&self, stays: impl Fn(&Exchange) -> bool) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.all().into_iter().for_each(|newest| newest.retain(&stays));
    }
}

fn size(original: &Original) -> usize {
    match original {
        Original::Webhook { request, told } => {
            let headers = request.headers.iter().map(|(name, value)| name.len() + value.len());
            request.path.len() + request.body.len() + headers.sum::<usize>() + told.len() * EVENT
        }
        Original::Question(question) => question.body.len() + question.url.as_str().len() + EVENT,
    }
}

#[cfg(test)]
mod tests {
    use pbx::WebhookRequest;

    use super::*;
    use crate::testing::at;

    fn webhook(length: usize) -> Original {
        let body = vec![b'x'; length].into();
        let request = WebhookRequest { method: "POST".to_owned(), path: String::new(), headers: Vec::new(), body };
        Original::Webhook { request, told: Vec::new() }
    }

    fn keep(originals: &Originals, of: &str, second: i64, length: usize, is_anybodys: bool) {
        let connection = of.parse().expect("valid");
        originals.keep(JournalPlace::default(), at(second), connection, webhook(length), is_anybodys);
    }

    fn lengths(newest: &Newest) -> Vec<usize> {
        newest.exchanges.iter().map(|exchange| size(&exchange.original)).collect()
    }

    #[test]
    fn the_newest_stay_within_count_and_bytes_whatever_strangers_send() {
        let originals = Originals::default();
        keep(&originals, "rt1", 0, 1, false);
        for length in 0..ANYBODYS.count + 3 {
            keep(&originals, "rt1", 0, length, true);
        }
        keep(&originals, "rt1", 0, ANYBODYS.bytes - 70, true);
        let kept = originals.0.lock().expect("whole");
        assert_eq!(lengths(&kept.taken), [1]);
        assert_eq!(lengths(&kept.anybodys), [ANYBODYS.count + 2, ANYBODYS.bytes - 70]);
        assert_eq!(kept.anybodys.bytes, ANYBODYS.count + 2 + ANYBODYS.bytes - 70);
        drop(kept);
        originals.clear();
        assert_eq!(originals.0.lock().expect("whole").taken.exchanges.len(), 0);
    }

    #[test]
    fn those_of_a_time_or_a_connection_are_forgotten_and_their_bytes_with_them() {
        let originals = Originals::default();
        for (connection, second) in [("rt1", 0), ("rt1", 5), ("rt2", 5), ("rt2", 9)] {
            keep(&originals, connection, second, 10, false);
            keep(&originals, connection, second, 20, true);
        }
        let left = || {
            let kept = originals.0.lock().expect("whole");
            [(&kept.taken), (&kept.anybodys)].map(|newest| (newest.exchanges.len(), newest.bytes))
        };
        originals.forget_before(at(5));
        assert_eq!(left(), [(3, 30), (3, 60)]);
        originals.forget_of(&"rt2".parse().expect("valid"));
        assert_eq!(left(), [(1, 10), (1, 20)]);
    }
}
