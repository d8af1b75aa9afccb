//! Asks about an account, and changes it.

use super::{Driver, limit::Priority};
use crate::{
    error::Error,
    query::{Query, QueryStep, Reply},
    request::{Answer, Request},
};

impl Driver {
    /// Asks, or changes. A change is sent once: where its answer is lost, nobody knows whether it was made.
    pub async fn query(&self, query: &Query) -> Result<Reply, Error> {
        let mut request = self.pbx.query(query)?;
        loop {
            let answer = if query.is_change() {
                self.exchange_once(&request, Priority::Command).await?
            } else {
                self.read(request).await?
            };
            match self.pbx.read_query(query, &answer)? {
                QueryStep::Done(reply) => return Ok(reply),
                QueryStep::Ask(next) => request = *next,
            }
        }
    }

    /// A read that somebody has asked too soon before is asked again once its quota admits it.
    async fn read(&self, request: Request) -> Result<Answer, Error> {
        let answer = self.exchange(request.clone(), Priority::Person).await?;
        if answer.status == 429 { self.exchange(request, Priority::Person).await } else { Ok(answer) }
    }
}
