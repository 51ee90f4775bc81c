//! axe-core and html-validate: the programs that know the rules. npm brings them, in the versions
//! of `tests/pages/package-lock.json`, into a folder below the target directory.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use super::gallery;

const FILES: [&str; 4] = ["package.json", "package-lock.json", ".npmrc", "validate.mjs"];

/// The folder with the tools. They are installed when they are not there in the right versions.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages-tools");
        fs::create_dir_all(&folder).unwrap();
        for file in FILES {
            fs::copy(Path::new("tests/pages").join(file), folder.join(file)).unwrap();
        }
        let (wanted, installed) = (folder.join("package-lock.json"), folder.join("installed"));
        if fs::read(&installed).ok() != fs::read(&wanted).ok() {
            let mut npm = Command::new("npm");
            npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&folder);
            let output = npm.output().expect("run tests/run.sh, which installs npm");
            assert!(output.status.success(), "npm ci: {}", String::from_utf8_lossy(&output.stderr));
            fs::copy(&wanted, &installed).unwrap();
        }
        folder
    })
}

/// The address of axe-core, for a page to load.
pub(super) fn axe() -> String {
    format!("file://{}", folder().join("node_modules/axe-core/axe.min.js").display())
}

/// Runs html-validate over a folder: whether it found nothing, and what it said.
fn validate(pages: &Path) -> (bool, String) {
    let output = Command::new("node").arg("validate.mjs").arg(pages).current_dir(folder()).output();
    let output = output.expect("run tests/run.sh, which installs Node.js");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e22_html_validate_has_nothing_to_say() {
    let gallery = gallery().await;
    let (is_good, said) = validate(&gallery.folder);
    assert!(is_good, "{said}");
    assert!(said.ends_with(&format!("{} pages\n", gallery.pictures.len())), "{said}");
}

#[test]
fn a_page_that_is_wrong_is_found() {
    let pages = tempfile::tempdir().unwrap();
    fs::write(pages.path().join("wrong.html"), "<!DOCTYPE html><html lang=en><title>x</title><p><h1>x</p>").unwrap();
    let (is_good, said) = validate(pages.path());
    assert!(!is_good && said.contains("wrong.html:1:"), "{said}");
}
