//! The list pump and the interface's `applyBatch` together equal the SDK's own vector.
//!
//! The clock is the real one: a paused clock needs tokio's `test-util`, and that would compile the whole
//! workspace once more than `cargo build` does. Several threads share the cases instead.

use std::{
    cell::Cell,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    rc::Rc,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use eyeball_im::VectorDiff;
use herold_core::{
    list::testing::{Command as Ask, Convert, Pump},
    protocol::{Batch, ListOp, SubscriptionId},
};
use imbl::Vector;
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

const THREADS: usize = 8;
const CASES_PER_THREAD: u32 = 25;
/// Never in a generated list; its arrival says that everything before it arrived too.
const LAST: u32 = u32::MAX;
const SOON: Duration = Duration::from_secs(20);

/// Rows are tenfold items, so that an unconverted item would be seen.
fn row(item: u32) -> u64 {
    u64::from(item) * 10
}

struct TenFold {
    converted: Arc<AtomicUsize>,
}

#[async_trait(?Send)]
impl Convert<u32> for TenFold {
    type Row = u64;

    async fn row(&self, item: u32) -> u64 {
        self.converted.fetch_add(1, Ordering::SeqCst);
        row(item)
    }
}

/// A running pump and what the test needs to drive it.
struct Driven {
    diffs: mpsc::UnboundedSender<Vec<VectorDiff<u32>>>,
    ask: mpsc::UnboundedSender<Ask>,
    batches: mpsc::UnboundedReceiver<Batch<u64>>,
    converted: Arc<AtomicUsize>,
    length: Rc<Cell<usize>>,
    pump: tokio::task::JoinHandle<()>,
}

/// Must be called within a `LocalSet`.
fn drive(initial: &[u32]) -> Driven {
    let (diffs, receiver) = mpsc::unbounded_channel();
    let (ask, asked) = mpsc::unbounded_channel();
    let (sender, batches) = mpsc::unbounded_channel();
    let converted = Arc::new(AtomicUsize::new(0));
    let length = Rc::new(Cell::new(0));
    let pump = Pump::new(
        SubscriptionId(1),
        initial.iter().copied().collect::<Vector<u32>>(),
        TenFold { converted: converted.clone() },
        Box::new(move |batch| sender.send(batch).is_ok()),
    );
    let stream = futures_util::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|batch| (batch, receiver))
    });
    let observed = length.clone();
    let pump = tokio::task::spawn_local(async move {
        pump.run(Box::pin(stream), asked, |length| observed.set(length)).await;
    });
    Driven { diffs, ask, batches, converted, length, pump }
}

impl Driven {
    fn push(&self, diffs: Vec<VectorDiff<u32>>) {
        self.diffs.send(diffs).expect("the pump runs");
    }

    fn acknowledge(&self, seq: u32) {
        self.ask.send(Ask::Acknowledge(seq)).expect("the pump runs");
    }

    async fn next(&mut self) -> Batch<u64> {
        let next = tokio::time::timeout(SOON, self.batches.recv()).await;
        next.expect("a batch in time").expect("the pump runs")
    }

    /// Longer than several frames: what has not come by now waits for something.
    async fn nothing_comes(&mut self) {
        tokio::time::sleep(Duration::from_millis(80)).await;
        assert!(self.batches.try_recv().is_err(), "a batch came that should wait");
    }
}

fn local(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, test);
}

/// The interface's `applyBatch` in a Node process, one list per case.
struct Interface {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Interface {
    fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/integration/apply_batches.mjs");
        let mut child = Command::new("node")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("starting Node, which `make setup` installs");
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, input, output }
    }

    fn ask(&mut self, line: &Value) -> Vec<u64> {
        writeln!(self.input, "{line}").expect("writing to Node");
        let mut answer = String::new();
        self.output.read_line(&mut answer).expect("reading from Node");
        serde_json::from_str(&answer).unwrap_or_else(|error| {
            let _ = self.child.kill();
            panic!("{error}: Node answered {answer:?}; are ui/node_modules installed?")
        })
    }
}

// A static is never dropped; Node ends when its standard input closes with this process.
static INTERFACE: LazyLock<Mutex<Interface>> = LazyLock::new(|| Mutex::new(Interface::start()));
static LISTS: AtomicUsize = AtomicUsize::new(0);

/// Both receivers of a case: the interface, and `ListOp::apply` of the protocol.
struct Receivers {
    list: usize,
    shown: Vec<u64>,
    rows: Vec<u64>,
    outstanding: Option<u32>,
    expected_seq: u32,
}

impl Receivers {
    fn new() -> Self {
        let list = LISTS.fetch_add(1, Ordering::SeqCst);
        Self { list, shown: Vec::new(), rows: Vec::new(), outstanding: None, expected_seq: 0 }
    }

    fn take(&mut self, batch: Batch<u64>) {
        if batch.seq == 0 {
            assert!(matches!(batch.ops.as_slice(), [ListOp::Reset { .. }]), "{batch:?}");
        } else {
            assert_eq!(batch.seq, self.expected_seq, "a gap");
            assert_eq!(self.outstanding, None, "a batch before the acknowledgement");
            assert!(!batch.ops.is_empty());
        }
        assert_eq!(batch.subscription, SubscriptionId(1));
        self.expected_seq = batch.seq + 1;
        self.outstanding = Some(batch.seq);
        let mut interface = INTERFACE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.shown = interface.ask(&json!({ "list": self.list, "batch": batch }));
        drop(interface);
        for op in batch.ops {
            op.apply(&mut self.rows);
        }
        assert_eq!(self.shown, self.rows, "the interface and the protocol disagree");
    }
}

impl Drop for Receivers {
    fn drop(&mut self) {
        let mut interface = INTERFACE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        interface.ask(&json!({ "list": self.list, "end": true }));
    }
}

/// A diff before it is known how long the list is.
#[derive(Clone, Debug)]
enum Change {
    Append(Vec<u32>),
    Clear,
    PushFront(u32),
    PushBack(u32),
    PopFront,
    PopBack,
    Insert(usize, u32),
    Set(usize, u32),
    Remove(usize),
    Truncate(usize),
    Reset(Vec<u32>),
}

impl Change {
    /// As a diff that is valid for a list of this length.
    fn into_diff(self, length: usize) -> Option<VectorDiff<u32>> {
        Some(match self {
            Self::Append(values) => VectorDiff::Append { values: values.into() },
            Self::Clear => VectorDiff::Clear,
            Self::PushFront(value) => VectorDiff::PushFront { value },
            Self::PushBack(value) => VectorDiff::PushBack { value },
            Self::PopFront => VectorDiff::PopFront,
            Self::PopBack => VectorDiff::PopBack,
            Self::Insert(index, value) => VectorDiff::Insert { index: index % (length + 1), value },
            Self::Set(index, value) => VectorDiff::Set { index: index.checked_rem(length)?, value },
            Self::Remove(index) => VectorDiff::Remove { index: index.checked_rem(length)? },
            Self::Truncate(to) => VectorDiff::Truncate { length: to % (length + 1) },
            Self::Reset(values) => VectorDiff::Reset { values: values.into() },
        })
    }
}

#[derive(Clone, Debug)]
enum Step {
    Change(Vec<Change>),
    /// Takes the batches that are there without acknowledging them.
    Look,
    Acknowledge,
    AcknowledgeAnother(u32),
    Resync,
    /// Lets a frame pass.
    Wait,
    /// Lets the pump run, without a frame passing.
    Breathe,
}

fn change() -> impl Strategy<Value = Change> {
    let value = || 0..1000_u32;
    let values = || prop::collection::vec(0..1000_u32, 0..6);
    prop_oneof![
        2 => values().prop_map(Change::Append),
        1 => Just(Change::Clear),
        3 => value().prop_map(Change::PushFront),
        3 => value().prop_map(Change::PushBack),
        2 => Just(Change::PopFront),
        2 => Just(Change::PopBack),
        4 => (0..64_usize, value()).prop_map(|(index, value)| Change::Insert(index, value)),
        8 => (0..64_usize, value()).prop_map(|(index, value)| Change::Set(index, value)),
        3 => (0..64_usize).prop_map(Change::Remove),
        1 => (0..64_usize).prop_map(Change::Truncate),
        1 => values().prop_map(Change::Reset),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => prop::collection::vec(change(), 1..8).prop_map(Step::Change),
        // More than the pump keeps.
        1 => prop::collection::vec(change(), 260..300).prop_map(Step::Change),
        2 => Just(Step::Look),
        4 => Just(Step::Acknowledge),
        1 => (0..20_u32).prop_map(Step::AcknowledgeAnother),
        1 => Just(Step::Resync),
        3 => Just(Step::Wait),
        3 => Just(Step::Breathe),
    ]
}

async fn one_case(initial: Vec<u32>, steps: Vec<Step>) {
    let mut vector: Vector<u32> = initial.iter().copied().collect();
    let mut pump = drive(&initial);
    let mut receivers = Receivers::new();
    for step in steps {
        match step {
            Step::Change(changes) => {
                let mut diffs = Vec::new();
                for diff in changes {
                    let Some(diff) = diff.into_diff(vector.len()) else { continue };
                    diff.clone().apply(&mut vector);
                    diffs.push(diff);
                }
                pump.push(diffs);
            }
            Step::Look => {}
            Step::Acknowledge => {
                if let Some(seq) = receivers.outstanding.take() {
                    pump.acknowledge(seq);
                }
            }
            Step::AcknowledgeAnother(seq) => {
                if receivers.outstanding != Some(seq) {
                    pump.acknowledge(seq);
                }
            }
            Step::Resync => pump.ask.send(Ask::Resync).unwrap(),
            Step::Wait => tokio::time::sleep(Duration::from_millis(17)).await,
            Step::Breathe => {
                for _ in 0..4 {
                    tokio::task::yield_now().await;
                }
            }
        }
        while let Ok(batch) = pump.batches.try_recv() {
            receivers.take(batch);
        }
    }
    vector.push_back(LAST);
    pump.push(vec![VectorDiff::PushBack { value: LAST }]);
    while receivers.rows.last() != Some(&row(LAST)) {
        if let Some(seq) = receivers.outstanding.take() {
            pump.acknowledge(seq);
        }
        let batch = pump.next().await;
        receivers.take(batch);
    }
    let wanted: Vec<u64> = vector.iter().copied().map(row).collect();
    assert_eq!(receivers.rows, wanted, "the rows are not what the SDK has");
    assert_eq!(receivers.shown, wanted, "the interface shows something else than the SDK has");
    assert_eq!(pump.length.get(), vector.len());
}

#[test]
fn pump_and_interface_equal_the_vector_of_the_sdk() {
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let config = Config {
                    cases: CASES_PER_THREAD,
                    failure_persistence: None,
                    max_shrink_iters: 400,
                    ..Config::default()
                };
                let strategy = (
                    prop::collection::vec(0..1000_u32, 0..20),
                    prop::collection::vec(step(), 0..40),
                );
                let outcome = TestRunner::new(config).run(&strategy, |(initial, steps)| {
                    local(one_case(initial, steps));
                    Ok(())
                });
                if let Err(error) = outcome {
                    panic!("{error}");
                }
            });
        }
    });
}

#[test]
fn a_second_batch_waits_for_the_acknowledgement_of_the_first() {
    local(async {
        let mut pump = drive(&[1, 2]);
        let first = pump.next().await;
        assert_eq!(first.ops, [ListOp::Reset { values: vec![10, 20] }]);
        pump.push(vec![VectorDiff::PushBack { value: 3 }]);
        pump.push(vec![VectorDiff::PopFront]);
        pump.nothing_comes().await;
        // Neither does an acknowledgement of something else help.
        pump.acknowledge(7);
        pump.nothing_comes().await;
        pump.acknowledge(0);
        let second = pump.next().await;
        assert_eq!(second.seq, 1);
        assert_eq!(second.ops, [ListOp::PushBack { value: 30 }, ListOp::PopFront]);
    });
}

#[test]
fn batches_are_at_least_a_frame_apart() {
    local(async {
        let mut pump = drive(&[]);
        let mut last: Option<Instant> = None;
        for seq in 0..5 {
            let batch = pump.next().await;
            let now = Instant::now();
            if let Some(last) = last {
                // Tokio's timer and this clock may differ by a millisecond.
                assert!(now - last >= Duration::from_millis(14), "{:?}", now - last);
            }
            last = Some(now);
            assert_eq!(batch.seq, seq);
            pump.push(vec![VectorDiff::PushBack { value: seq }]);
            pump.acknowledge(seq);
        }
    });
}

#[test]
fn a_row_that_was_replaced_before_it_was_sent_is_never_converted() {
    local(async {
        let mut pump = drive(&[1, 2]);
        pump.next().await;
        assert_eq!(pump.converted.load(Ordering::SeqCst), 2);
        for value in 3..50 {
            pump.push(vec![VectorDiff::Set { index: 0, value }]);
            pump.push(vec![VectorDiff::Set { index: 1, value: value + 100 }]);
        }
        pump.nothing_comes().await;
        pump.acknowledge(0);
        let batch = pump.next().await;
        let wanted = [ListOp::Set { index: 0, value: 490 }, ListOp::Set { index: 1, value: 1490 }];
        assert_eq!(batch.ops, wanted);
        assert_eq!(pump.converted.load(Ordering::SeqCst), 4);
    });
}

#[test]
fn a_set_before_a_shift_is_not_taken_for_the_set_after_it() {
    local(async {
        let mut pump = drive(&[1, 2, 3]);
        pump.next().await;
        pump.push(vec![
            VectorDiff::Set { index: 1, value: 7 },
            VectorDiff::Remove { index: 0 },
            VectorDiff::Set { index: 1, value: 8 },
        ]);
        pump.acknowledge(0);
        let mut rows = vec![10, 20, 30];
        for op in pump.next().await.ops {
            op.apply(&mut rows);
        }
        assert_eq!(rows, [70, 80]);
    });
}

#[test]
fn too_many_operations_become_one_fresh_list() {
    local(async {
        let mut pump = drive(&[1]);
        pump.next().await;
        for value in 0..257 {
            pump.push(vec![VectorDiff::PushBack { value }]);
        }
        pump.acknowledge(0);
        // The pump has drained everything before it flushes.
        let batch = pump.next().await;
        assert_eq!(batch.seq, 0, "a fresh list starts the count anew");
        let [ListOp::Reset { values }] = batch.ops.as_slice() else { panic!("{batch:?}") };
        assert_eq!(values.len(), 258);
    });
}

#[test]
fn a_resync_gives_the_whole_list_even_while_a_batch_is_not_acknowledged() {
    local(async {
        let mut pump = drive(&[1]);
        pump.next().await;
        pump.push(vec![VectorDiff::PushBack { value: 2 }]);
        pump.nothing_comes().await;
        pump.ask.send(Ask::Resync).unwrap();
        let batch = pump.next().await;
        assert_eq!(batch.seq, 0);
        assert_eq!(batch.ops, [ListOp::Reset { values: vec![10, 20] }]);
    });
}

#[test]
fn a_pump_ends_when_nobody_listens_any_more() {
    local(async {
        let mut pump = drive(&[1]);
        pump.next().await;
        pump.acknowledge(0);
        drop(pump.batches);
        pump.diffs.send(vec![VectorDiff::Clear]).unwrap();
        tokio::time::timeout(SOON, pump.pump).await.expect("the pump ends").unwrap();
    });
}
