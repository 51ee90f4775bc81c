//! Cursors: a place in a list, sealed, that only the client may come back with that got it.
//!
//! What a cursor of somebody else, of another list, or of nobody holds is never looked at, and all of
//! them are refused alike (RFC 9865 §5).

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::kernel::{Doing, Fault, Timestamp};
use crate::platform::web::Kit;

const PURPOSE: &str = "sync.cursor";

/// Whose the cursor is, and of which list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Of<'a> {
    pub(super) client_id: &'a str,
    /// The list, with all that decides what is in it.
    pub(super) list: &'a str,
}

#[derive(Serialize, Deserialize)]
struct Sealed<P> {
    client: String,
    list: String,
    made_at: Timestamp,
    place: P,
}

/// Seals a place.
///
/// # Errors
/// When the seal fails, which is a defect.
pub(super) fn seal(kit: &Kit, of: Of<'_>, made_at: Timestamp, place: impl Serialize) -> Result<String, Fault> {
    let sealed = Sealed { client: of.client_id.to_owned(), list: of.list.to_owned(), made_at, place };
    let text = serde_json::to_vec(&sealed).doing("write a cursor")?;
    kit.sealing().seal(PURPOSE, &text).doing("seal a cursor")
}

/// The place and when it was sealed; `None` for everything that this client did not get for this list.
pub(super) fn open<P: DeserializeOwned>(kit: &Kit, of: Of<'_>, text: &str) -> Option<(P, Timestamp)> {
    let text = kit.sealing().open(PURPOSE, text).ok()?;
    let Sealed { client, list, made_at, place } = serde_json::from_slice(&text).ok()?;
    (client == of.client_id && list == of.list).then_some((place, made_at))
}
