//! `scim2-tester`, a checker of SCIM services that is not ours, in a Python environment of its own.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

const WANTED: &str = "tests/it/scim/requirements.txt";

/// Runs `script`, which uses it, against the service at `base`. Fails when it finds anything wrong; how much was
/// checked is the first word of its last line.
pub async fn check(script: &'static str, base: String, token: String) -> usize {
    let run = move || Command::new(python()).args([script, &base, &token]).output().unwrap();
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said.lines().last().and_then(|line| line.split(' ').next()?.parse().ok()).unwrap_or_default()
}

/// The Python that has it, made below the target folder by whoever comes first. Other tests of this process wait for
/// the value, those of another one for the lock.
fn python() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scim2-tester");
        let lock = File::create(folder.with_extension("lock")).unwrap();
        lock.lock().unwrap();
        make(&folder)
    })
}

fn make(folder: &Path) -> PathBuf {
    let (python, note) = (folder.join("bin/python"), folder.join("installed.txt"));
    let wanted = fs::read_to_string(WANTED).unwrap();
    if fs::read_to_string(&note).is_ok_and(|installed| installed == wanted) {
        return python;
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder));
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", WANTED]));
    // Written last: an environment that is half made is made anew.
    fs::write(note, wanted).unwrap();
    python
}

fn run(command: &mut Command) {
    let output = command.output().expect("python3 is there: run tests/run.sh, which installs it");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
