//! What is wrong with a configuration: where, and what to do. Never a secret's value.

use std::path::{Path, PathBuf};

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
}

impl ConfigError {
    pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), reason: error.to_string() }
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
        let message = error.message().trim().to_owned();
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
