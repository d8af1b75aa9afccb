//! The groups that a viewer may have customers called back for.

use calls::{Ability, ConnectionId};
use link::wire::{CallbackGroup, ConnectionView, Role};

use super::{View, commands::is_telephone};
use crate::settings::{Directory, LineSettings};

impl View {
    /// A queue that this viewer may call back for, by its short number, and a number of the office that the same group
    /// looks after.
    pub(super) fn group_line(&self, connection: &ConnectionId, named: &str) -> Option<(String, Option<String>)> {
        let directory = self.office.directory();
        let queue = directory.line(connection, named).filter(|queue| self.may_call_back_for(queue))?;
        let line = line_of(&directory, connection, queue);
        Some((queue.number.clone(), line.map(|line| line.number.clone())))
    }

    /// The connection with the groups that this viewer is offered: those for which a call can be placed.
    pub(super) fn with_groups(&self, connection: ConnectionView) -> ConnectionView {
        if !connection.capability.can(Ability::GroupCallback) {
            return connection;
        }
        let directory = self.office.directory();
        let offered = directory
            .lines_of(&connection.id)
            .filter(|queue| self.may_call_back_for(queue) && line_of(&directory, &connection.id, queue).is_some());
        let group = |queue: &LineSettings| CallbackGroup { number: queue.number.clone(), title: queue.title.clone() };
        let groups = offered.map(group).collect();
        ConnectionView { groups, ..connection }
    }

    /// An agent calls back for his own groups, others for all.
    fn may_call_back_for(&self, queue: &LineSettings) -> bool {
        let is_his = || self.viewer.groups.iter().any(|group| queue.groups.contains(group));
        !is_telephone(&queue.number) && (self.viewer.role != Role::Agent || is_his())
    }
}

/// The number of the office that is shown to who is called back: one that the queue's group looks after.
fn line_of<'a>(directory: &'a Directory, connection: &ConnectionId, queue: &LineSettings) -> Option<&'a LineSettings> {
    let shares = |line: &LineSettings| line.groups.iter().any(|group| queue.groups.contains(group));
    directory.lines_of(connection).find(|line| is_telephone(&line.number) && shares(line))
}
