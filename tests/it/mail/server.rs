//! A real mail server, aiosmtpd, as a process: it keeps what it takes, and answers as the test says.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, Mutex, OnceLock, mpsc},
    thread,
};

use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpSocket;

use crate::support::{tls::Certificate, until};

/// A mail as the server took it.
#[derive(Debug, Clone, Deserialize)]
pub struct Taken {
    pub from: String,
    pub to: Vec<String>,
    pub headers: Vec<(String, String)>,
    pub kind: String,
    pub text: String,
    pub html: String,
    pub parts: usize,
    pub is_encrypted: bool,
    pub is_signed_in: bool,
}

impl Taken {
    /// The one header of this name; fails when there is none, or more than one.
    pub fn header(&self, name: &str) -> &str {
        let found: Vec<_> = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name)).collect();
        let [(_, value)] = found.as_slice() else { panic!("{name}: {found:?}") };
        value
    }
}

/// What is listened to, and how.
pub struct Manner<'a> {
    /// `none`, `starttls` or `implicit`.
    pub tls: &'static str,
    pub certificate: Option<&'a Certificate>,
    /// Without which nothing is taken.
    pub password: Option<&'a str>,
}

pub const PLAIN: Manner<'_> = Manner { tls: "none", certificate: None, password: None };

/// A port that is ours whether or not anybody listens.
pub struct Port {
    pub number: u16,
    _held: TcpSocket,
}

impl Port {
    pub fn hold() -> Self {
        let held = TcpSocket::new_v4().unwrap();
        held.set_reuseaddr(true).unwrap();
        held.bind("0.0.0.0:0".parse().unwrap()).unwrap();
        Self { number: held.local_addr().unwrap().port(), _held: held }
    }
}

/// A mail server that listens. It ends when dropped.
pub struct MailServer {
    child: Child,
    orders: ChildStdin,
    obeyed: mpsc::Receiver<Value>,
    taken: Arc<Mutex<Vec<Taken>>>,
    _folder: TempDir,
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl MailServer {
    /// Listens at `port` of every address of this machine.
    pub fn start(port: &Port, manner: &Manner<'_>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let paths = ["certificate.pem", "key.pem"].map(|name| folder.path().join(name));
        if let Some(certificate) = manner.certificate {
            fs::write(&paths[0], &certificate.pem).unwrap();
            fs::write(&paths[1], &certificate.key).unwrap();
        }
        let asked = json!({
            "host": "0.0.0.0", "port": port.number, "tls": manner.tls, "password": manner.password,
            "certificate": paths[0], "key": paths[1],
        });
        let mut command = Command::new(python());
        command.arg("tests/it/mail/smtp_server.py").arg(asked.to_string());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let (orders, said) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let (tell, obeyed) = mpsc::channel::<Value>();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let keeps = taken.clone();
        thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                match serde_json::from_str::<Taken>(&line) {
                    Ok(mail) => keeps.lock().unwrap().push(mail),
                    // Whoever waited may be gone.
                    Err(_) => drop(tell.send(serde_json::from_str(&line).unwrap())),
                }
            }
        });
        let listening = obeyed.recv().expect("the mail server listens");
        assert_eq!(listening["port"], port.number);
        Self { child, orders, obeyed, taken, _folder: folder }
    }

    /// From now on it answers these steps (`EHLO`, `MAIL`, `RCPT`, `DATA`, `AFTER`) so, and others as usual.
    pub fn behave(&mut self, manner: &[(&str, &str)]) {
        let manner: serde_json::Map<String, Value> =
            manner.iter().map(|(step, words)| ((*step).to_owned(), json!(words))).collect();
        writeln!(self.orders, "{}", Value::Object(manner)).unwrap();
        self.obeyed.recv().expect("the mail server obeys");
    }

    /// What it took so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    /// Waits until it has taken so many.
    pub async fn waits_for(&self, count: usize) -> Vec<Taken> {
        until("the mail server takes a mail", async || self.taken().len() >= count).await;
        let taken = self.taken();
        assert_eq!(taken.len(), count, "{taken:#?}");
        taken
    }
}

/// The Python that has aiosmtpd: made under the target folder by the first test that needs it.
fn python() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mail-server");
        let python = folder.join("bin/python");
        let wanted = fs::read_to_string("tests/it/mail/requirements.txt").unwrap();
        let note = folder.join("installed.txt");
        if fs::read_to_string(&note).is_ok_and(|installed| installed == wanted) {
            return python;
        }
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
        run(Command::new(&python).args(install).arg("tests/it/mail/requirements.txt"));
        fs::write(note, wanted).unwrap();
        python
    })
}

fn run(command: &mut Command) {
    let output = command.output().expect("python3 is there: run tests/run.sh, which installs it");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
