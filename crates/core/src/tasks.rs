//! Tasks that end with their owner, on a thread of their own.
//!
//! Tokio moves its tasks between threads, and the compiler has to prove of each that it may be moved. For the
//! deep futures of the SDK that took it minutes (decision 14). Here a task is made on the thread on which it
//! stays, so that there is nothing to prove. The network, timers and the SDK's own tasks are on the threads of
//! the runtime as before.

use std::{
    future::Future,
    sync::{Mutex, PoisonError},
    thread,
};

use futures_util::future::{AbortHandle, Abortable};
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
    task::{LocalSet, spawn_local},
};

use crate::runtime::STACK;

/// Makes a task, on the thread.
type Job = Box<dyn FnOnce() + Send>;

/// Ends its tasks when dropped. The thread begins with the first of them.
#[derive(Default)]
pub(crate) struct Tasks {
    thread: Mutex<Option<Thread>>,
}

struct Thread {
    jobs: mpsc::UnboundedSender<Job>,
    ended: oneshot::Receiver<()>,
}

impl Tasks {
    /// Must be called within the runtime. What is returned ends this task alone.
    pub(crate) fn spawn<F>(&self, make: impl FnOnce() -> F + Send + 'static) -> AbortHandle
    where
        F: Future<Output = ()> + 'static,
    {
        let (handle, registration) = AbortHandle::new_pair();
        let job: Job = Box::new(move || {
            spawn_local(Abortable::new(make(), registration));
        });
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if thread.get_or_insert_with(begin).jobs.send(job).is_err() {
            tracing::error!("a task has no thread to run on");
        }
        handle
    }

    /// Ends all tasks and waits until they are gone. Not to be called by one of them.
    pub(crate) async fn shutdown(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Thread { jobs, ended }) = thread {
            drop(jobs);
            let _ = ended.await;
        }
    }
}

fn begin() -> Thread {
    let (jobs, mut waiting) = mpsc::unbounded_channel::<Job>();
    let (end, ended) = oneshot::channel();
    let runtime = Handle::current();
    let run = move || {
        runtime.block_on(async move {
            let tasks = LocalSet::new();
            let jobs = async {
                while let Some(job) = waiting.recv().await {
                    job();
                }
            };
            tasks.run_until(jobs).await;
            drop(tasks);
            let _ = end.send(());
        });
    };
    let begun = thread::Builder::new().name("herold-tasks".to_owned()).stack_size(STACK).spawn(run);
    if let Err(error) = begun {
        tracing::error!(%error, "the system has no threads left");
    }
    Thread { jobs, ended }
}
