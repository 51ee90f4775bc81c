//! A node that is killed after the mail server has the mail, and before it knows that.

use std::{fs, path::PathBuf};

use connex::{
    app::sealing_key,
    kernel::Entropy,
    platform::{
        jobs::Subscriptions,
        mail,
        store::{Clock, Db, Patience, Sql},
    },
};
use tempfile::TempDir;

use super::{
    POSTING, letter,
    server::{MailServer, PLAIN, Port},
};
use crate::support::{
    engine::{DatabaseHandle, Engine},
    process::Node,
    until,
};

/// An installation of processes, and a way of our own to its database.
struct Installation {
    config: PathBuf,
    db: Db,
    folder: TempDir,
    _database: DatabaseHandle,
}

impl Installation {
    async fn prepare(engine: Engine, mail_port: u16) -> Self {
        let (folder, database, http) = (tempfile::tempdir().unwrap(), engine.fresh(), Port::hold());
        let config = folder.path().join("connex.toml");
        let key = folder.path().join("sealing-key");
        let text = format!(
            "issuer = \"http://127.0.0.1:{0}\"\n[http]\nlisten = \"127.0.0.1:{0}\"\n[database]\nurl = \"{1}\"\n\
             [signing]\nsealing_key_file = \"{2}\"\n\
             [mail]\nurl = \"smtp://127.0.0.1:{mail_port}\"\nfrom = \"no-reply@id.example\"\n",
            http.number,
            database.url(),
            key.display(),
        );
        fs::write(&config, text).unwrap();
        let db = Db::open(
            database.url(),
            Patience::Request,
            (Clock::default(), Entropy::system()),
            Subscriptions::default(),
        )
        .await
        .unwrap();
        db.migrate().await.unwrap();
        Self { config, db, folder, _database: database }
    }

    async fn post(&self) {
        let sealing = sealing_key(&self.folder.path().join("sealing-key"), self.db.entropy()).unwrap();
        let mut unit = self.db.write().await.unwrap();
        mail::post(&mut unit, &sealing, letter("dana@northline.example"), POSTING).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// The lease of the dead node ends, as it would after half a minute.
    async fn end_leases(&self) {
        let mut unit = self.db.write().await.unwrap();
        unit.sql("update jobs set leased_until = 0").run().await.unwrap();
        unit.commit().await.unwrap();
    }

    async fn sent(&self) -> i64 {
        let mut reader = self.db.read().await.unwrap();
        reader.sql("select count(*) from mails where status = 'sent'").scalar().await.unwrap().unwrap()
    }
}

async fn a_kill_between_send_and_settle_doubles_once(engine: Engine) {
    let port = Port::hold();
    let mut server = MailServer::start(&port, &PLAIN);
    let it = Installation::prepare(engine, port.number).await;
    server.behave(&[("AFTER", "hang")]);
    let node = Node::start(&it.config);
    it.post().await;
    server.waits_for(1).await;
    node.kill_9();
    server.behave(&[]);
    it.end_leases().await;
    let node = Node::start(&it.config);
    until("the mail is sent", async || it.sent().await == 1).await;
    let taken = server.waits_for(2).await;
    let [first, second] = [0, 1].map(|n| (taken[n].header("Message-ID"), taken[n].header("Date"), &taken[n].text));
    assert_eq!(first, second, "mail programs know the second one for the same");
    it.end_leases().await;
    assert!(node.stop().success());
    drop(Node::start(&it.config));
    assert_eq!(server.taken().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_between_send_and_settle_doubles_once_on_sqlite() {
    a_kill_between_send_and_settle_doubles_once(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_between_send_and_settle_doubles_once_on_postgresql() {
    a_kill_between_send_and_settle_doubles_once(Engine::Postgres).await;
}
