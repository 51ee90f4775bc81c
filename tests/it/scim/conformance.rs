//! `scim2-tester`, a checker that is not ours, against `/scim/v2`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use super::world::World;
use crate::support::{app::TestApp, never_a_5xx_on_both_engines};

never_a_5xx_on_both_engines! {
    scim2_tester_finds_nothing_wrong
}

async fn scim2_tester_finds_nothing_wrong(app: TestApp) {
    let world = World::new(app).await;
    let (base, token) = (world.app.at("/scim/v2"), world.birch.token("scim").await);
    let checked = tokio::task::spawn_blocking(move || {
        Command::new(python()).args(["tests/it/scim/check.py", &base, &token]).output().unwrap()
    });
    let output = checked.await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let count: usize = said.lines().last().and_then(|line| line.split(' ').next()?.parse().ok()).unwrap_or_default();
    assert!(count >= 20, "so little was checked that nothing is proven: {said}");
}

/// The Python that has scim2-tester: made under the target folder by the first test that needs it.
fn python() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scim2-tester");
        let python = folder.join("bin/python");
        let wanted = fs::read_to_string("tests/it/scim/requirements.txt").unwrap();
        let note = folder.join("installed.txt");
        if fs::read_to_string(&note).is_ok_and(|installed| installed == wanted) {
            return python;
        }
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
        run(Command::new(&python).args(install).arg("tests/it/scim/requirements.txt"));
        fs::write(note, wanted).unwrap();
        python
    })
}

fn run(command: &mut Command) {
    let output = command.output().expect("python3 is there: run tests/run.sh, which installs it");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
