//! Asks about an account, and changes it.

use super::{Driver, limit::Priority};
use crate::{
    error::{Error, ErrorKind},
    query::{Query, QueryStep, Reply, Row},
    request::{Answer, Request},
};

/// Questions of one reading. A PBX that sends on and on tells nothing.
const MOST_QUESTIONS: usize = 500;

impl Driver {
    /// Asks, or changes. A change is sent once: where its answer is lost, nobody knows whether it was made. Takes as long
    /// as the PBX needs: minutes where it tells many rows and admits few questions.
    pub async fn query(&self, query: &Query) -> Result<Reply, Error> {
        let mut query = query.clone();
        let mut request = self.pbx.query(&query)?;
        let mut told: Vec<Row> = Vec::new();
        for _ in 0..MOST_QUESTIONS {
            let answer = if query.is_change() {
                self.exchange_once(&request, Priority::Command).await?
            } else {
                // Whoever asks for statistics waits for many pages anyway.
                let is_long = matches!(query, Query::Statistics(_));
                self.read(request, if is_long { Priority::Background } else { Priority::Person }).await?
            };
            match self.pbx.read_query(&query, &answer)? {
                QueryStep::Done(Reply::Rows(rows)) => {
                    told.extend(rows);
                    return Ok(Reply::Rows(told));
                }
                QueryStep::Done(reply) => return Ok(reply),
                QueryStep::Ask(next) => request = *next,
                QueryStep::More { rows, next } => {
                    told.extend(rows);
                    request = self.pbx.query(&next)?;
                    query = *next;
                }
            }
        }
        Err(Error::new(ErrorKind::Protocol, "the PBX's answer has no end"))
    }

    /// A read that somebody has asked too soon before is asked again once its quota admits it.
    async fn read(&self, request: Request, priority: Priority) -> Result<Answer, Error> {
        let answer = self.exchange(request.clone(), priority).await?;
        if answer.status == 429 { self.exchange(request, priority).await } else { Ok(answer) }
    }
}
