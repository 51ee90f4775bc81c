//! argon2id on a few threads of our own, behind a short queue.
//!
//! A hash takes 15 to 20 ms of one core and 19 MiB. On the runtime's threads a hundred sign-ins
//! would stop every other request, and in its blocking pool each would keep memory of its own.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
};

use tokio::sync::oneshot;

use super::{
    password::Password,
    stored::{Memory, PasswordHash},
};
use crate::kernel::{Doing, Fault};

/// Waiting hashes for each thread, about a second of work: whoever came later would wait longer
/// than a person does, so it is better to say so at once.
const QUEUE_PER_THREAD: usize = 50;

/// What a hash costs.
#[derive(Debug, Clone)]
pub struct Params(argon2::Params);

impl Default for Params {
    /// 19 MiB, two passes, one lane: OWASP's second choice, and the fastest of equal strength
    /// with kept memory.
    fn default() -> Self {
        Self(argon2::Params::DEFAULT)
    }
}

impl Params {
    /// `memory_kib` (8 or more) passed over `passes` times (1 or more), in one lane.
    ///
    /// # Errors
    /// When argon2 has no such parameters.
    pub fn new(memory_kib: u32, passes: u32) -> Result<Self, Fault> {
        argon2::Params::new(memory_kib, passes, 1, None).map(Self).doing("set the cost of password hashes")
    }
}

/// What came out of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the password.
    Right {
        /// Whether the stored hash was made with other parameters and is to be replaced now.
        rehash: bool,
    },
    /// It is another one.
    Wrong,
}

/// Why there is no hash.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// The queue is full: 503 with `Retry-After`.
    #[error("too many passwords are being checked")]
    Busy,
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<HashError> for Fault {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::busy("check a password"),
            HashError::Fault(fault) => fault,
        }
    }
}

/// The way to the hashing threads. They end when the last clone is dropped.
#[derive(Clone)]
pub struct Hasher {
    queue: SyncSender<Task>,
    waiting: Arc<AtomicUsize>,
}

/// Work for a thread; it sends its answer itself.
type Task = Box<dyn FnOnce(&mut Memory, &argon2::Params) + Send>;

impl Hasher {
    /// Starts the threads: `threads` of them, else one less than there are cores, at least one.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(params: &Params, threads: Option<usize>) -> Result<Self, Fault> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let threads = threads.unwrap_or(cores.saturating_sub(1)).max(1);
        let (queue, tasks) = sync_channel(QUEUE_PER_THREAD * threads);
        let (tasks, waiting) = (Arc::new(Mutex::new(tasks)), Arc::new(AtomicUsize::new(0)));
        for n in 0..threads {
            let (tasks, waiting, params) = (Arc::clone(&tasks), Arc::clone(&waiting), params.0.clone());
            thread::Builder::new()
                .name(format!("hash-{n}"))
                .spawn(move || work(&tasks, &waiting, &params))
                .doing("start a hashing thread")?;
        }
        Ok(Self { queue, waiting })
    }

    /// Hashes a new password with a fresh `salt`.
    ///
    /// # Errors
    /// [`HashError::Busy`] when the queue is full.
    pub async fn hash(&self, password: Password, salt: [u8; 16]) -> Result<PasswordHash, HashError> {
        self.run(move |memory, params| PasswordHash::make(password.expose(), &salt, params, memory)).await
    }

    /// Whether `stored` is the hash of `password`.
    ///
    /// # Errors
    /// [`HashError::Busy`] when the queue is full; a fault when the stored text is damaged.
    pub async fn verify(&self, password: Password, stored: PasswordHash) -> Result<Verdict, HashError> {
        self.run(move |memory, params| {
            let (is_right, used) = stored.check(password.expose(), memory)?;
            let rehash = (used.m_cost(), used.t_cost(), used.p_cost(), used.output_len())
                != (params.m_cost(), params.t_cost(), params.p_cost(), Some(argon2::Params::DEFAULT_OUTPUT_LEN));
            Ok(if is_right { Verdict::Right { rehash } } else { Verdict::Wrong })
        })
        .await
    }

    /// Does the work of [`verify`](Self::verify) for an account that does not exist, in the same
    /// queue, so that time and errors do not tell who has an account.
    ///
    /// # Errors
    /// As `verify`.
    pub async fn waste(&self, password: Password) -> Result<(), HashError> {
        self.hash(password, [0; 16]).await.map(|hash| drop(std::hint::black_box(hash)))
    }

    /// How many hashes wait or are being made.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory, &argon2::Params) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, HashError> {
        let (answer, answered) = oneshot::channel();
        let task = Box::new(move |memory: &mut Memory, params: &argon2::Params| {
            // Whoever asked may have gone away while it waited.
            if !answer.is_closed() {
                drop(answer.send(work(memory, params)));
            }
        });
        self.waiting.fetch_add(1, Ordering::Relaxed);
        if let Err(refused) = self.queue.try_send(task) {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(match refused {
                TrySendError::Full(_) => HashError::Busy,
                TrySendError::Disconnected(_) => Fault::new("reach the hashing threads").into(),
            });
        }
        let answer = answered.await.map_err(|_| Fault::new("hash a password"))?;
        Ok(answer?)
    }
}

/// The loop of a thread.
fn work(tasks: &Mutex<Receiver<Task>>, waiting: &AtomicUsize, params: &argon2::Params) {
    let mut memory = Memory::new();
    loop {
        // One thread waits for the next task and the others wait for the lock: as good as waiting together.
        let next = tasks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(task) = next else { return };
        // A panic costs one request, whose answer is then dropped, and not the thread.
        let outcome = catch_unwind(AssertUnwindSafe(|| task(&mut memory, params)));
        if outcome.is_err() {
            memory = Memory::new();
        }
        memory.shrink_to(params);
        waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::parse(text).unwrap()
    }

    fn cheap(passes: u32) -> Hasher {
        Hasher::start(&Params::new(8, passes).unwrap(), Some(1)).unwrap()
    }

    #[tokio::test]
    async fn a_password_is_known_again() {
        let hasher = cheap(1);
        let stored = hasher.hash(password("plum canoe"), [7; 16]).await.unwrap();
        assert!(stored.as_str().starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{}", stored.as_str());
        let right = hasher.verify(password("plum canoe"), stored.clone()).await.unwrap();
        assert_eq!(right, Verdict::Right { rehash: false });
        assert_eq!(hasher.verify(password("plum canoE"), stored.clone()).await.unwrap(), Verdict::Wrong);
        let long = |last: char| password(&format!("{}{last}", "x".repeat(199)));
        let stored = hasher.hash(long('a'), [7; 16]).await.unwrap();
        assert_eq!(hasher.verify(long('b'), stored.clone()).await.unwrap(), Verdict::Wrong);
        assert_eq!(format!("{stored:?}"), "PasswordHash");
    }

    #[tokio::test]
    async fn a_hash_of_former_strength_is_renewed() {
        let stored = cheap(1).hash(password("plum canoe"), [7; 16]).await.unwrap();
        let verdict = cheap(2).verify(password("plum canoe"), stored).await.unwrap();
        assert_eq!(verdict, Verdict::Right { rehash: true });
    }

    #[tokio::test]
    async fn a_damaged_or_costly_hash_is_a_fault() {
        let good = cheap(1).hash(password("plum canoe"), [7; 16]).await.unwrap();
        assert!(PasswordHash::parse(good.as_str()).is_ok());
        for (from, to) in [("argon2id", "argon2i"), ("v=19", "v=16"), ("m=8", "m=9999999"), ("t=1", "t=99"), ("$", "")]
        {
            assert!(PasswordHash::parse(&good.as_str().replace(from, to)).is_err(), "{to}");
        }
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once_and_recovers() {
        // Slow enough that the one thread cannot empty the queue while it is being filled.
        let hasher = Hasher::start(&Params::new(16 * 1024, 2).unwrap(), Some(1)).unwrap();
        let tasks: Vec<_> = (0..QUEUE_PER_THREAD + 10)
            .map(|_| {
                tokio::spawn({
                    let hasher = hasher.clone();
                    async move { hasher.waste(password("plum canoe")).await }
                })
            })
            .collect();
        tokio::task::yield_now().await;
        assert!(matches!(hasher.waste(password("plum canoe")).await, Err(HashError::Busy)));
        // Those who go away are not worked for.
        tasks.iter().for_each(tokio::task::JoinHandle::abort);
        for task in tasks {
            drop(task.await);
        }
        while hasher.waiting() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(hasher.waste(password("plum canoe")).await.is_ok());
    }

    #[tokio::test]
    async fn a_panic_costs_one_request() {
        let hasher = cheap(1);
        let outcome = hasher.run::<()>(|_, _| panic!("a defect")).await;
        assert!(matches!(outcome, Err(HashError::Fault(_))));
        assert!(hasher.waste(password("plum canoe")).await.is_ok());
    }
}
