//! `sample-oneoffice`: one agency's plan room, told by its environment who it is.
//!
//! `SITE_CONFIG=birch.json sample-oneoffice`, where `birch.json` is what `connex site add --kind oneoffice --json`
//! printed; or the single variables that `sample_kit::Settings::from_variables` names. Listens on `SITE_LISTEN`.

use sample_oneoffice::{Kind, Program};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let program = Program::from_env(Kind::OneOffice, "127.0.0.1:7101").await?;
    sample_oneoffice::serve(program.settings, program.listener, Program::stop()).await
}
