//! Signing keys, made once for all tests of a run: an RSA key takes longer to make than a test.

use std::{fs, path::Path};

use connex::{
    app::App,
    platform::store::{Db, Sql},
};
use tokio::sync::OnceCell;

/// The keys of the first app of the run, as they stand in its table, and the key that seals them.
struct Made {
    sealing_key: String,
    rows: Vec<Row>,
}

type Row = (uuid::Uuid, String, String, String, Option<String>, String, String);

static MADE: OnceCell<Made> = OnceCell::const_new();

/// Gives a fresh database the keys that were made before, if there are some.
pub async fn plant(db: &Db, sealing_key_file: &Path) {
    let Some(made) = MADE.get() else { return };
    if sealing_key_file.exists() {
        return;
    }
    fs::write(sealing_key_file, &made.sealing_key).unwrap();
    fs::set_permissions(sealing_key_file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let mut unit = db.write().await.unwrap();
    let now = unit.now();
    for (id, kid, algorithm, state, slot, public, sealed) in made.rows.clone() {
        let activated_at = (state == "current").then_some(now);
        unit.sql(
            "insert into signing_keys (id, kid, algorithm, state, slot, public_jwk, sealed_private_jwk, created_at, activated_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(id)
        .bind(kid)
        .bind(algorithm)
        .bind(state)
        .bind(slot)
        .bind(public)
        .bind(sealed)
        .bind(now)
        .bind(activated_at)
        .run()
        .await
        .unwrap();
    }
    unit.commit().await.unwrap();
}

/// Keeps the keys of an app for the next ones.
pub async fn keep(app: &App) {
    let rows = app
        .db
        .read()
        .await
        .unwrap()
        .sql("select id, kid, algorithm, state, slot, public_jwk, sealed_private_jwk from signing_keys")
        .all()
        .await
        .unwrap();
    let sealing_key = fs::read_to_string(&app.config.signing.sealing_key_file).unwrap();
    let _kept_before = MADE.set(Made { sealing_key, rows });
}
