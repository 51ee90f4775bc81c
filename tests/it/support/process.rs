//! The program `connex` as people run it: a process with a configuration file.

use std::{
    io::{BufRead as _, BufReader, Read, Write as _},
    path::Path,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{
        Arc, Mutex,
        mpsc::{self, RecvTimeoutError},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// How long a node may take to start, and to stop: far more than it is allowed to, so that only a hang fails here.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_connex");

/// Runs a command to its end: `connex(&config, &["user", "add", …], password)`.
///
/// `stdin` is what the command reads where it asks for input. The status is the caller's to judge.
pub fn connex(config: &Path, arguments: &[&str], stdin: &str) -> Output {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).env("CONNEX_CONFIG", config);
    run(&mut command, stdin)
}

fn run(command: &mut Command, stdin: &str) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that asks for nothing may be gone before it is told anything.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    child.wait_with_output().unwrap()
}

/// A running `connex serve`. Killed when dropped.
pub struct Node {
    child: Child,
    output: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
    ready_after: Duration,
}

impl Node {
    /// Starts a node and waits until it prints `ready`. Fails with all that it printed when it does not.
    pub fn start(config: &Path) -> Self {
        Self::start_with(config, &[])
    }

    /// The same, with further variables such as `CONNEX_HTTP_LISTEN`.
    pub fn start_with(config: &Path, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(PROGRAM);
        command.arg("serve").env("CONNEX_CONFIG", config).envs(variables.iter().copied());
        Self::spawn(command, PATIENCE).unwrap_or_else(|said| panic!("no `ready` from connex serve:\n{said}"))
    }

    /// Starts the demo, and waits in the same way.
    pub fn demo(arguments: &[&str]) -> Self {
        let mut command = Command::new(PROGRAM);
        command.arg("demo").args(arguments);
        Self::spawn(command, PATIENCE).unwrap_or_else(|said| panic!("no `ready` from connex demo:\n{said}"))
    }

    /// Starts this test program once more as the ignored test `name`, which serves something and prints `ready`.
    pub fn of_test(name: &str, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([name, "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
        command.envs(variables.iter().copied());
        Self::spawn(command, PATIENCE).unwrap_or_else(|said| panic!("no `ready` from {name}:\n{said}"))
    }

    /// The same on a disk that is full once a file has this many bytes, until [`make_room`](Self::make_room).
    pub fn start_on_a_small_disk(config: &Path, bytes: u64) -> Self {
        let mut command = Command::new("sh");
        // Whoever ignores the signal is told by the error of the write, as on a full disk.
        let script = "trap '' XFSZ; exec prlimit --fsize=\"$1\":unlimited \"$2\" serve";
        command.args(["-c", script, "sh", &bytes.to_string(), PROGRAM]).env("CONNEX_CONFIG", config);
        Self::spawn(command, PATIENCE).unwrap_or_else(|said| panic!("no `ready` from connex serve:\n{said}"))
    }

    /// Gives the disk of [`start_on_a_small_disk`](Self::start_on_a_small_disk) room again.
    pub fn make_room(&self) {
        let given = Command::new("prlimit").args(["--pid", &self.id().to_string(), "--fsize=unlimited"]).status();
        assert!(given.unwrap().success());
    }

    #[expect(clippy::disallowed_methods, reason = "how long a process takes to start is real time")]
    fn spawn(mut command: Command, patience: Duration) -> Result<Self, String> {
        let started = Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let output = Arc::new(Mutex::new(String::new()));
        let (tell, told) = mpsc::channel();
        let readers = vec![
            follow(child.stdout.take().unwrap(), Arc::clone(&output), Some(tell)),
            follow(child.stderr.take().unwrap(), Arc::clone(&output), None),
        ];
        let ready = told.recv_timeout(patience);
        let mut node = Self { child, output, readers, ready_after: started.elapsed() };
        match ready {
            Ok(()) => Ok(node),
            Err(reason) => {
                node.end();
                let how = match reason {
                    RecvTimeoutError::Timeout => "it went on without it",
                    RecvTimeoutError::Disconnected => "it ended",
                };
                Err(format!("{}({how})", node.output()))
            }
        }
    }

    /// How long it took from the start of the process to `ready`.
    pub fn ready_after(&self) -> Duration {
        self.ready_after
    }

    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// All that the node has printed so far, both streams.
    pub fn output(&self) -> String {
        self.output.lock().unwrap().clone()
    }

    /// Ends the node as a power cut would: it learns nothing of it.
    pub fn kill_9(mut self) {
        self.end();
    }

    /// Asks the node to stop (SIGTERM), and waits until it has. Fails when it does not.
    pub fn stop(mut self) -> ExitStatus {
        let asked = Command::new("kill").args(["-TERM", &self.id().to_string()]).status().unwrap();
        assert!(asked.success(), "the node was gone before it was asked to stop:\n{}", self.output());
        for _ in 0..PATIENCE.as_millis() / 10 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("the node does not stop:\n{}", self.output())
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.readers.drain(..).for_each(|reader| reader.join().unwrap());
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.end();
    }
}

/// Collects the lines of a stream, and tells when one of them says `ready`.
fn follow(
    stream: impl Read + Send + 'static,
    output: Arc<Mutex<String>>,
    tell: Option<mpsc::Sender<()>>,
) -> JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let is_ready = line == "ready" || line.starts_with("ready ");
            let mut output = output.lock().unwrap();
            output.push_str(&line);
            output.push('\n');
            drop(output);
            if let (true, Some(tell)) = (is_ready, &tell) {
                // Nobody listens any more once the node is known to be ready.
                let _ = tell.send(());
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn start(script: &str) -> Result<Node, String> {
        Node::spawn(shell(script), Duration::from_millis(500))
    }

    fn is_alive(process: u32) -> bool {
        run(Command::new("kill").args(["-0", &process.to_string()]), "").status.success()
    }

    #[test]
    fn a_node_is_there_once_it_says_so() {
        let node = start("echo listening; echo ready; exec sleep 60").unwrap();
        assert!(is_alive(node.id()) && node.ready_after() < PATIENCE);
        assert!(node.output().starts_with("listening\nready"));
        let process = node.id();
        node.kill_9();
        assert!(!is_alive(process));
    }

    #[test]
    fn a_node_that_is_asked_to_stop_does_so_in_its_own_way() {
        let node = start("trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done").unwrap();
        assert_eq!(node.stop().code(), Some(7));
    }

    #[test]
    fn a_node_that_does_not_start_says_why() {
        let said = start("echo the disk is full >&2; exit 1").err().unwrap();
        assert_eq!(said, "the disk is full\n(it ended)");
        assert_eq!(start("echo not ready; exec sleep 60").err().unwrap(), "not ready\n(it went on without it)");
    }

    #[test]
    #[should_panic(expected = "no `ready` from connex serve")]
    fn a_node_without_a_configuration_does_not_start() {
        Node::start(Path::new("no-such-folder/connex.toml"));
    }

    #[test]
    fn the_program_is_there() {
        let output = connex(Path::new("connex.toml"), &["--help"], "");
        assert!(output.status.success(), "{output:?}");
    }

    #[test]
    fn a_node_that_is_dropped_is_ended() {
        let process = start("echo ready; exec sleep 60").unwrap().id();
        assert!(!is_alive(process));
    }

    #[test]
    fn a_command_hears_what_it_is_told() {
        let output = run(&mut shell("cat; exit 3"), "correct horse");
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(3), b"correct horse".as_slice()));
    }
}
