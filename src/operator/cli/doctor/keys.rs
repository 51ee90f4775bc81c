//! The sealing key and the signing keys.

use std::path::Path;

use super::{Finding, broke};
use crate::kernel::{Entropy, Fault, Timestamp};
use crate::platform::{config::Config, store::Db};
use crate::protocol::jose::SealingKey;
use crate::signing::{self, KeyState, Keys, SigningKey};

pub(super) async fn check(
    config: &Config,
    db: &Db,
    read_sealing_key: fn(&Path, &Entropy) -> Result<SealingKey, Fault>,
) -> Vec<Finding> {
    let keys = async { signing::list(&mut db.read().await?).await };
    let keys = match keys.await {
        Ok(keys) => keys,
        Err(fault) => return vec![broke("signing keys", &fault)],
    };
    let mut findings = signing_keys(&keys, db.now());
    findings.push(sealing_key(config, db, !keys.is_empty(), read_sealing_key).await);
    findings
}

/// Reading the file would make it where it is not, so that is looked at first.
async fn sealing_key(
    config: &Config,
    db: &Db,
    is_needed: bool,
    read_sealing_key: fn(&Path, &Entropy) -> Result<SealingKey, Fault>,
) -> Finding {
    let file = &config.signing.sealing_key_file;
    if !file.exists() {
        let says = format!("There is no sealing key file {}.", file.display());
        return match is_needed {
            false => Finding::hint("sealing key", says, "The first start of `connex serve` makes it."),
            true => Finding::problem("sealing key", says, "Bring it back from the backup: without it no key signs."),
        };
    }
    let opened = async {
        let sealing = read_sealing_key(file, db.entropy())?;
        Keys::load(db.clone(), sealing, config.sessions.total).await
    };
    match opened.await {
        Ok(_) => {
            Finding::good("sealing key", "The sealing key opens the signing keys, and only its owner can read it.")
        }
        Err(fault) => {
            let cure = "Bring the file back that belongs to this database.";
            Finding::problem("sealing key", format!("The sealing key is of no use: {fault:?}."), cure)
        }
    }
}

fn signing_keys(keys: &[SigningKey], now: Timestamp) -> Vec<Finding> {
    if keys.is_empty() {
        let says = "There are no signing keys yet.";
        return vec![Finding::hint("signing keys", says, "The first start of `connex serve` makes them.")];
    }
    ["ES256", "RS256"].into_iter().map(|algorithm| of_algorithm(keys, algorithm, now)).collect()
}

fn of_algorithm(keys: &[SigningKey], algorithm: &str, now: Timestamp) -> Finding {
    let in_state = |state| keys.iter().find(|key| key.algorithm == algorithm && key.state == state);
    match (in_state(KeyState::Current), in_state(KeyState::Next)) {
        (Some(current), Some(_)) => {
            let days = now.since(current.activated_at.unwrap_or(current.created_at)).as_seconds() / 86_400;
            Finding::good("signing keys", format!("{algorithm} has signed for {days} days; the next key is published."))
        }
        (current, _) => {
            let lacking = if current.is_none() { "current" } else { "next" };
            let says = format!("{algorithm} has no {lacking} key.");
            Finding::problem("signing keys", says, "Start `connex serve` again: it makes what is missing.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::cli::finding::Mark;

    #[test]
    fn a_key_that_is_missing_is_found() {
        let at = Timestamp::from_seconds(0);
        let key = |state| SigningKey {
            kid: "k".into(),
            algorithm: "ES256",
            state,
            created_at: at,
            activated_at: None,
            retired_at: None,
        };
        let both = [key(KeyState::Current), key(KeyState::Next)];
        let later = Timestamp::from_seconds(3 * 86_400);
        let marks = |keys: &[SigningKey]| signing_keys(keys, later).iter().map(|it| it.mark).collect::<Vec<_>>();
        assert_eq!(marks(&both), [Mark::Good, Mark::Problem]);
        assert!(of_algorithm(&both, "ES256", later).says.contains("for 3 days"));
        assert!(of_algorithm(&both[..1], "ES256", later).says.contains("no next key"));
        assert_eq!(marks(&[]), [Mark::Hint]);
    }
}
