//! What is wrong with a configuration: where, and what to do. Never a secret's value.

use std::path::{Path, PathBuf};

use link::{OfficeError, problem::WrongField};

/// What is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {reason}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The file is no TOML, or has a value of the wrong shape.
    #[error("{}, line {line}, column {column}: {message}", path.display())]
    Syntax {
        /// Which file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in characters.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// Each value is readable, but they do not fit together.
    #[error("{}: {message}", path.display())]
    Wrong {
        /// Which file.
        path: PathBuf,
        /// Field, and what is wrong with it.
        message: String,
    },
    /// The settings of one connection cannot be used.
    #[error("{}: {error}", path.display())]
    Connection {
        /// Which file.
        path: PathBuf,
        /// What is wrong with them, at the field that mends it.
        error: OfficeError,
    },
}

impl ConfigError {
    pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), reason: error.to_string() }
    }

    /// The setting of a connection that is wrong, where it is one.
    pub(super) fn wrong_field(&self) -> Option<WrongField> {
        match self {
            Self::Connection { error, .. } => WrongField::of(error),
            Self::Unreadable { .. } | Self::Syntax { .. } | Self::Wrong { .. } => None,
        }
    }
}

/// What is wrong, before it is known in which file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wrong {
    At { line: usize, column: usize, message: String },
    Field(String),
}

impl Wrong {
    /// From the parser. Its own rendering quotes the line, which may hold what should not be shown.
    pub(super) fn of(error: &toml::de::Error, text: &str) -> Self {
        let message = without_value(error.message().trim());
        let Some(span) = error.span() else { return Self::Field(message) };
        let before = text.get(..span.start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self::At { line, column, message }
    }

    pub(super) fn in_file(self, path: &Path) -> ConfigError {
        let path = path.to_owned();
        match self {
            Self::At { line, column, message } => ConfigError::Syntax { path, line, column, message },
            Self::Field(message) => ConfigError::Wrong { path, message },
        }
    }
}

/// The parser repeats a value of the wrong kind, which may be a secret in the wrong place: only its kind is told.
fn without_value(message: &str) -> String {
    let wrong = ["invalid type: ", "invalid value: "].into_iter().find_map(|start| message.strip_prefix(start));
    let Some(wrong) = wrong else { return message.to_owned() };
    let kind = wrong.split(['`', '"', ',']).next().unwrap_or_default().trim();
    match wrong.rsplit_once(", expected ") {
        Some((_, expected)) => format!("the value is of the wrong kind ({kind}), expected {expected}"),
        None => format!("the value is of the wrong kind ({kind})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_the_wrong_kind_is_not_repeated() {
        let cases = [
            (
                "invalid type: integer `12345678`, expected a map",
                "the value is of the wrong kind (integer), expected a map",
            ),
            (
                "invalid type: string \"MY, expected TOKEN\", expected a map",
                "the value is of the wrong kind (string), expected a map",
            ),
            ("invalid value: integer `7`", "the value is of the wrong kind (integer)"),
            ("unknown field `zona`, expected `zone`", "unknown field `zona`, expected `zone`"),
        ];
        for (message, expected) in cases {
            assert_eq!(without_value(message), expected);
        }
    }
}
