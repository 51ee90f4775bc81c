//! `sample-onegov`: one county's permit desk, told by its environment who it is.
//!
//! `SITE_CONFIG=tamarack.json sample-onegov`, where `tamarack.json` is what `connex site add --kind onegov --json`
//! printed; or the single variables that `sample_kit::Settings::from_variables` names. Listens on `SITE_LISTEN`.

use sample_onegov::{Kind, Program};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let program = Program::from_env(Kind::OneGov, "127.0.0.1:7104").await?;
    sample_onegov::serve(program.settings, program.listener, Program::stop()).await
}
