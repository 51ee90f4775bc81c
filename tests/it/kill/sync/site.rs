//! The sample OneOffice site as a process of its own: this test program once more, which serves it until it is killed.

use std::{net::SocketAddr, path::Path};

use sample_oneoffice::{Kind, Program};

use crate::support::process::Node;

const NAME: &str = "kill::sync::site::serves_until_it_is_killed";

/// Starts the site whose registration is in `registration` and whose database is `database`.
pub fn start(registration: &Path, database: &Path, listen: SocketAddr) -> Node {
    let (registration, database) = (registration.to_str().unwrap(), database.to_str().unwrap());
    let variables = [
        ("SITE_CONFIG", registration),
        ("SITE_DATABASE", database),
        ("SITE_LISTEN", &listen.to_string()),
        ("RUST_LOG", "warn"),
    ];
    Node::of_test(NAME, &variables)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it is no test but the site's process, which the tests start"]
#[expect(clippy::print_stdout, reason = "whoever started the process waits for this line")]
async fn serves_until_it_is_killed() {
    let program = Program::from_env(Kind::OneOffice, "").await.unwrap();
    // The name of the test stands on the line already.
    println!("\nready");
    sample_oneoffice::serve(program.settings, program.listener, std::future::pending()).await.unwrap();
}
