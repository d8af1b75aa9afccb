//! The newest webhooks byte for byte, for as long as the program runs. They hold signatures and perhaps keys, so they are
//! in memory alone, and never shown.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use pbx::WebhookRequest;
use store::JournalPlace;

/// Bounds of webhooks that were taken, and of those that anybody may send: a flood of these leaves the others.
const TAKEN: Bounds = Bounds { count: 512, bytes: 4 << 20 };
const ANYBODYS: Bounds = Bounds { count: 64, bytes: 1 << 20 };

struct Bounds {
    count: usize,
    bytes: usize,
}

/// The newest webhooks.
#[derive(Default)]
pub(crate) struct Originals(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    taken: Newest,
    anybodys: Newest,
}

#[derive(Default)]
struct Newest {
    webhooks: VecDeque<(JournalPlace, WebhookRequest)>,
    bytes: usize,
}

impl Newest {
    fn push(&mut self, place: JournalPlace, request: WebhookRequest, bounds: &Bounds) {
        self.bytes += size(&request);
        self.webhooks.push_back((place, request));
        while self.webhooks.len() > bounds.count || self.bytes > bounds.bytes {
            let Some((_, oldest)) = self.webhooks.pop_front() else { return };
            self.bytes -= size(&oldest);
        }
    }
}

impl Originals {
    /// Keeps a webhook under the place of its row.
    pub(crate) fn keep(&self, place: JournalPlace, request: WebhookRequest, is_anybodys: bool) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match is_anybodys {
            true => kept.anybodys.push(place, request, &ANYBODYS),
            false => kept.taken.push(place, request, &TAKEN),
        }
    }

    /// The webhook of this row, unless newer ones took its place.
    pub(crate) fn get(&self, id: i64) -> Option<WebhookRequest> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = kept.taken.webhooks.iter().chain(&kept.anybodys.webhooks);
        all.find(|(place, _)| place.id() == Some(id)).map(|(_, request)| request.clone())
    }

    /// Forgets all of them.
    pub(crate) fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Kept::default();
    }
}

fn size(request: &WebhookRequest) -> usize {
    let headers = request.headers.iter().map(|(name, value)| name.len() + value.len());
    request.path.len() + request.body.len() + headers.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(length: usize) -> WebhookRequest {
        let body = vec![b'x'; length].into();
        WebhookRequest { method: "POST".to_owned(), path: String::new(), headers: Vec::new(), body }
    }

    fn lengths(newest: &Newest) -> Vec<usize> {
        newest.webhooks.iter().map(|(_, request)| request.body.len()).collect()
    }

    #[test]
    fn the_newest_stay_within_count_and_bytes_whatever_strangers_send() {
        let originals = Originals::default();
        originals.keep(JournalPlace::default(), webhook(1), false);
        for length in 0..ANYBODYS.count + 3 {
            originals.keep(JournalPlace::default(), webhook(length), true);
        }
        originals.keep(JournalPlace::default(), webhook(ANYBODYS.bytes - 70), true);
        let kept = originals.0.lock().expect("whole");
        assert_eq!(lengths(&kept.taken), [1]);
        assert_eq!(lengths(&kept.anybodys), [ANYBODYS.count + 2, ANYBODYS.bytes - 70]);
        assert_eq!(kept.anybodys.bytes, ANYBODYS.count + 2 + ANYBODYS.bytes - 70);
        drop(kept);
        originals.clear();
        assert_eq!(originals.0.lock().expect("whole").taken.webhooks.len(), 0);
    }
}
