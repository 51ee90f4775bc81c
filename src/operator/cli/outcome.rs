//! How a command ends.

use std::{io, process::ExitCode};

use crate::accounts::open::OpenError;
use crate::kernel::Fault;
use crate::oidc::clients::ClientError;
use crate::organizations::{
    OrganizationError, Refused,
    founder::{HandOverError, RestoreError},
};
use crate::platform::config::ConfigProblems;
use crate::signing::KeyError;
use crate::sites::SiteError;

/// How a command that ran ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done: status 0.
    Done,
    /// It looked, and found problems, which it has printed: status 1.
    Problems,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::Problems => Self::from(1),
        }
    }
}

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// What was asked for cannot be done, in a sentence with its cure.
    #[error("{0}")]
    Refused(String),
    /// It was asked for in a way that has no meaning.
    #[error("{0}")]
    Usage(String),
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigProblems),
    /// Something broke; the operator sees the whole chain of causes.
    #[error("{0:?}")]
    Fault(#[from] Fault),
    /// Nobody takes what the command prints.
    #[error("could not write the result: {0}")]
    Output(#[from] io::Error),
}

impl CliError {
    /// A refusal, in a sentence.
    pub fn refused(why: impl ToString) -> Self {
        Self::Refused(why.to_string())
    }

    /// The exit status.
    #[must_use]
    pub const fn status(&self) -> u8 {
        match self {
            Self::Refused(_) | Self::Fault(_) | Self::Output(_) => 1,
            Self::Usage(_) | Self::Config(_) => 2,
        }
    }

    /// Whether the reader of the output has seen enough: `connex audit export | head`.
    #[must_use]
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// A refusal of a slice is told in its own words; what broke inside is told as a fault.
macro_rules! from_slice {
    ($($error:ident),+) => {$(
        impl From<$error> for CliError {
            fn from(error: $error) -> Self {
                match error {
                    $error::Fault(fault) => Self::Fault(fault),
                    refusal => Self::refused(refusal),
                }
            }
        }
    )+};
}
from_slice!(ClientError, KeyError, OpenError, OrganizationError, Refused, RestoreError, SiteError);

impl From<HandOverError> for CliError {
    fn from(error: HandOverError) -> Self {
        match error {
            HandOverError::Fault(fault) => Self::Fault(fault),
            HandOverError::Refused(refused) => refused.into(),
            refusal => Self::refused(refusal),
        }
    }
}
