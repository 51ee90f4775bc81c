//! The form in which a password is kept.

use std::fmt;

use argon2::{
    Argon2, Block, Version,
    password_hash::phc::{self, Output, ParamsString, Salt},
};

use crate::kernel::{Doing, Fault};

/// The most memory, in KiB, and the most passes that a stored hash may ask for: a hash that was
/// imported must not be able to stop the threads.
const MOST_COST: (u32, u32) = (256 * 1024, 16);

/// What is done with a password: read this, write that.
const DOING: &str = "read a stored password hash";

/// An argon2id hash with its parameters and salt, as a PHC string. Never printed.
#[derive(Clone, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Takes a PHC string, such as one from another system.
    ///
    /// # Errors
    /// When it is not argon2id version 19, or costs too much to check.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Parts::read(text)?;
        Ok(Self(text.to_owned()))
    }

    /// The PHC string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Hashes `password` in `memory`.
    pub(super) fn make(
        password: &[u8],
        salt: &[u8; 16],
        params: &argon2::Params,
        memory: &mut Memory,
    ) -> Result<Self, Fault> {
        let output = memory.hash(password, salt, params)?;
        let hash = phc::PasswordHash {
            algorithm: argon2::ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(params).doing("write a password hash")?,
            salt: Some(Salt::new(salt).doing("write a password hash")?),
            hash: Some(output),
        };
        Ok(Self(hash.to_string()))
    }

    /// Whether it is the hash of `password`, and the parameters it was made with.
    pub(super) fn check(&self, password: &[u8], memory: &mut Memory) -> Result<(bool, argon2::Params), Fault> {
        let parts = Parts::read(&self.0)?;
        let output = memory.hash(password, &parts.salt, &parts.params)?;
        // `Output` compares in a time that does not depend on where two differ.
        Ok((output == parts.output, parts.params))
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash")
    }
}

/// A PHC string, taken apart.
struct Parts {
    params: argon2::Params,
    salt: Salt,
    output: Output,
}

impl Parts {
    fn read(text: &str) -> Result<Self, Fault> {
        let hash = phc::PasswordHash::new(text).doing(DOING)?;
        let params = argon2::Params::try_from(&hash).doing(DOING)?;
        let is_ours = hash.algorithm == argon2::ARGON2ID_IDENT && hash.version == Some(Version::V0x13.into());
        if !is_ours || params.m_cost() > MOST_COST.0 || params.t_cost() > MOST_COST.1 {
            return Err(Fault::new(DOING));
        }
        let (salt, output) = hash.salt.zip(hash.hash).ok_or_else(|| Fault::new(DOING))?;
        Ok(Self { params, salt, output })
    }
}

/// The blocks that one thread keeps: getting 19 MiB from the system costs more than a pass over them.
pub(super) struct Memory(Vec<Block>);

impl Memory {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Gives back what one costly hash needed beyond `params`.
    pub(super) fn shrink_to(&mut self, params: &argon2::Params) {
        self.0.truncate(params.block_count());
        self.0.shrink_to_fit();
    }

    fn hash(&mut self, password: &[u8], salt: &[u8], params: &argon2::Params) -> Result<Output, Fault> {
        if self.0.len() < params.block_count() {
            self.0.resize(params.block_count(), Block::new());
        }
        let argon2 = Argon2::new(argon2::Algorithm::Argon2id, Version::V0x13, params.clone());
        let length = params.output_len().unwrap_or(argon2::Params::DEFAULT_OUTPUT_LEN);
        let mut output = zeroize::Zeroizing::new(vec![0; length]);
        argon2.hash_password_into_with_memory(password, salt, &mut output, &mut self.0).doing("hash a password")?;
        Output::new(&output).doing("hash a password")
    }
}
