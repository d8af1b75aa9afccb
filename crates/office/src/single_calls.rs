//! Calls of which a PBX's history does not tell enough are asked about singly. A PBX admits few of these questions, so they
//! are asked beside everything else, the newest call first: nothing waits for them.

use std::{cmp::Reverse, time::Duration};

use pbx::{Error, ErrorKind, Retry};

use crate::{details::Question, links::Link};

/// The pause between two questions.
const PAUSE: Duration = Duration::from_secs(1);
/// The pause after one that the PBX could not answer.
const FAILED: Duration = Duration::from_secs(60);
/// How often one call is asked about where the PBX cannot answer.
const TRIES: u8 = 3;

impl Link {
    /// Asks about single calls until the office stops.
    pub(crate) async fn keep_asking_details(self) {
        loop {
            let question = self.details.next().await;
            let pause = match self.ask_details(&question.call).await {
                Ok(()) => PAUSE,
                Err(error) => self.details_failed(question, &error),
            };
            tokio::time::sleep(pause).await;
        }
    }

    async fn ask_details(&self, call: &str) -> Result<(), Error> {
        let context = self.history_context(self.clock.now());
        if let Some(told) = self.driver.call_details(call, &context).await? {
            self.tell_missed(vec![told]).await?;
        }
        Ok(())
    }

    /// How long to wait after this error.
    fn details_failed(&self, question: Question, error: &Error) -> Duration {
        tracing::info!(connection = %self.connection, kind = ?error.kind(), "the PBX does not tell of a single call");
        let Question { tries: Reverse(tries), .. } = question;
        let is_refused = [ErrorKind::Unsupported, ErrorKind::NotFound, ErrorKind::Forbidden, ErrorKind::Unauthorized];
        if is_refused.contains(&error.kind()) {
            self.details.drop_all();
        } else if matches!(error.kind(), ErrorKind::RateLimited { .. }) {
            self.details.put_back(question);
            return error.retry_after().unwrap_or(FAILED).max(PAUSE);
        } else if error.retry() == Retry::IfIdempotent && tries + 1 < TRIES {
            self.details.put_back(Question { tries: Reverse(tries + 1), ..question });
            return FAILED;
        }
        PAUSE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Bench;

    #[tokio::test]
    async fn what_the_pbx_cannot_answer_is_asked_again_in_its_time() {
        let bench = Bench::new(pbx::rostelecom::MAKE);
        let link = &bench.link;
        let question = |tries| Question { tries: Reverse(tries), began: None, call: "1".into() };
        let failed = |tries, kind| {
            link.details.drop_all();
            let pause = link.details_failed(question(tries), &Error::new(kind, ""));
            (pause, link.details.waiting())
        };
        let busy = ErrorKind::RateLimited { retry_after: Some(Duration::from_secs(900)) };
        assert_eq!(failed(0, busy), (Duration::from_secs(900), 1));
        assert_eq!((failed(0, ErrorKind::Timeout), failed(TRIES - 1, ErrorKind::Timeout)), ((FAILED, 1), (PAUSE, 0)));
        assert_eq!((failed(0, ErrorKind::Protocol), failed(0, ErrorKind::NotFound)), ((PAUSE, 0), (PAUSE, 0)));
    }
}
