//! `connex serve` as processes: killed without warning, on a disk without room, three at a time.

mod crash;
mod disk;
mod load;
mod sync;
mod three;

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::support::{
    app::{Person, Setting, TestApp},
    client::{TestClient, Tokens},
    http::Visitor,
};

/// An installation for a process: its data was made in this one.
struct Installation {
    /// Keeps the database and the folder; its server has stopped.
    app: TestApp,
    client: TestClient,
    person: Person,
    config: PathBuf,
    /// A refresh token for each client that will hurry.
    heads: Vec<String>,
    /// A browser that is signed in, at which the client is known.
    visitor: Visitor,
}

impl Installation {
    async fn prepare(setting: Setting, refreshers: usize) -> Self {
        let app = TestApp::start(setting).await;
        let (client, person) = (app.web_client("c1").await, app.person("dana").await);
        let (visitor, mut heads) = (Visitor::without_keep_alive(), Vec::new());
        for _ in 0..refreshers {
            let tokens: Tokens = client.sign_in(&visitor, &person, "openid offline_access").await;
            heads.push(tokens.get("refresh_token").to_owned());
        }
        let config = write_config(&app, app.folder.path());
        app.ask_to_stop();
        app.until("the port is free", async || tokio::net::TcpStream::connect(app.address).await.is_err()).await;
        app.app.db.close().await;
        Self { app, client, person, config, heads, visitor }
    }
}

/// The configuration with which a process takes over.
fn write_config(app: &TestApp, folder: &Path) -> PathBuf {
    let path = folder.join("connex.toml");
    let text = format!(
        "issuer = \"{}\"\n[http]\nlisten = \"{}\"\n[database]\nurl = \"{}\"\n[signing]\nsealing_key_file = \"{}\"\n\
         [limits]\nenabled = false\n",
        app.issuer,
        app.address,
        app.database.url(),
        app.app.config.signing.sealing_key_file.display(),
    );
    fs::write(&path, text).unwrap();
    path
}
