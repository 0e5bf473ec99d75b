//! Child processes that cannot outlive this one.
//!
//! The kernel's parent-death signal belongs to the *thread* that started the child, and a
//! test's thread ends with the test. Every child is therefore started from one thread that
//! lives as long as the process. Systems without `setpriv` rely on `Drop` alone.

use std::{
    io,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{OnceLock, mpsc},
};

type Order = (Command, mpsc::Sender<io::Result<Child>>);

/// Starts a [`command`] so that it is killed when this process ends, even by SIGKILL.
pub(super) fn spawn(command: Command) -> io::Result<Child> {
    static KEEPER: OnceLock<mpsc::Sender<Order>> = OnceLock::new();
    let keeper = KEEPER.get_or_init(|| {
        let (orders, inbox) = mpsc::channel::<Order>();
        std::thread::Builder::new()
            .name("testkit-keeper".to_owned())
            .spawn(move || {
                for (mut command, answer) in inbox {
                    // The asker waits for the answer, so somebody receives it.
                    let _ = answer.send(command.spawn());
                }
            })
            .expect("starting the thread that keeps child processes");
        orders
    });
    let (answer, result) = mpsc::channel();
    keeper.send((command, answer)).expect("the keeper thread lives");
    result.recv().expect("the keeper thread answers")
}

/// A command that [`spawn`] can bind to this process: `setpriv --pdeathsig KILL` sets the
/// signal and then becomes `program`, so the process id stays.
pub(super) fn command(program: &Path) -> Command {
    if !has_setpriv() {
        return Command::new(program);
    }
    let mut bound = Command::new("setpriv");
    bound.args(["--pdeathsig", "KILL", "--"]).arg(program);
    bound
}

fn has_setpriv() -> bool {
    static FOUND: OnceLock<bool> = OnceLock::new();
    *FOUND.get_or_init(|| {
        Command::new("setpriv")
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    })
}

/// Sends a signal by name; a process that is already gone is not an error.
pub(super) fn signal(pid: u32, name: &str) {
    let _ = Command::new("sh")
        .args(["-c", &format!("kill -{name} {pid}")])
        .stderr(Stdio::null())
        .status()
        .expect("running sh to send a signal");
}

/// Of each thread, and of those that it starts later.
pub(super) fn give_way(pid: u32) {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).expect("the process runs");
    let status = Command::new("renice")
        .args(["-n", "19", "-p"])
        .args(threads.map(|thread| thread.expect("a thread").file_name()))
        .stdout(Stdio::null())
        .status()
        .expect("running renice");
    assert!(status.success(), "renice failed");
}

pub(super) fn kill(child: &mut Child) {
    // Both fail only if the process has ended and was waited for.
    let _ = child.kill();
    let _ = child.wait();
}
