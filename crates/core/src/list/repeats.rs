//! Items that have to be converted again although the SDK did not change them.

use eyeball_im::VectorDiff;
use futures_util::{Stream, StreamExt, stream::unfold};
use imbl::Vector;
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// The changes of a list and, after each signal, the items it means once more. Where signals were lost,
/// every item is asked about without one.
pub(crate) fn with_repeats<S, E>(
    diffs: impl Stream<Item = Vec<VectorDiff<S>>> + Unpin,
    items: Vector<S>,
    signals: Receiver<E>,
    is_meant: impl Fn(&S, Option<&E>) -> bool,
) -> impl Stream<Item = Vec<VectorDiff<S>>>
where
    S: Clone + 'static,
    E: Clone,
{
    let state = (diffs, items, signals, is_meant);
    unfold(state, |(mut diffs, mut items, mut signals, is_meant)| async move {
        let next = tokio::select! {
            next = diffs.next() => {
                let next = next?;
                for diff in next.clone() {
                    diff.apply(&mut items);
                }
                next
            }
            signal = signals.recv() => {
                let signal = match signal {
                    Ok(signal) => Some(signal),
                    Err(RecvError::Lagged(_)) => None,
                    // Whoever signals lives as long as the session, which ends the list.
                    Err(RecvError::Closed) => return None,
                };
                let meant = items.iter().enumerate().filter(|(_, item)| is_meant(item, signal.as_ref()));
                meant.map(|(index, item)| VectorDiff::Set { index, value: item.clone() }).collect()
            }
        };
        Some((next, (diffs, items, signals, is_meant)))
    })
}
