//! Subscriptions to lists. Batches go through a channel; the window acknowledges each.

use herold_core::{
    App,
    protocol::{
        Batch, Direction, MemberRow, MoreOutcome, RoomListQuery, RoomRow, SubscriptionId,
        ThreadRow, TimelineFocus, TimelineRow,
    },
};
use serde::Serialize;
use tauri::{State, WebviewWindow, ipc::Channel};

use super::{Answer, call, wire};

fn sink<T: Serialize + Clone + Send + Sync + 'static>(
    channel: Channel<Batch<T>>,
) -> herold_core::list::Sink<T> {
    Box::new(move |batch| channel.send(batch).is_ok())
}

#[tauri::command]
pub(crate) async fn subscribe_rooms(
    app: State<'_, App>,
    webview: WebviewWindow,
    query: RoomListQuery,
    batches: Channel<Batch<RoomRow>>,
) -> Answer<SubscriptionId> {
    let session = app.session().map_err(wire)?;
    Ok(session.subscribe_rooms(webview.label(), query, sink(batches)))
}

#[tauri::command]
pub(crate) async fn subscribe_timeline(
    app: State<'_, App>,
    webview: WebviewWindow,
    room_id: String,
    focus: TimelineFocus,
    batches: Channel<Batch<TimelineRow>>,
) -> Answer<SubscriptionId> {
    call(&app, move |session| async move {
        session.subscribe_timeline(webview.label(), &room_id, focus, sink(batches)).await
    })
    .await
}

#[tauri::command]
pub(crate) async fn subscribe_threads(
    app: State<'_, App>,
    webview: WebviewWindow,
    room_id: String,
    batches: Channel<Batch<ThreadRow>>,
) -> Answer<SubscriptionId> {
    call(&app, move |session| async move {
        session.subscribe_threads(webview.label(), &room_id, sink(batches)).await
    })
    .await
}

#[tauri::command]
pub(crate) async fn subscribe_members(
    app: State<'_, App>,
    webview: WebviewWindow,
    room_id: String,
    batches: Channel<Batch<MemberRow>>,
) -> Answer<SubscriptionId> {
    let session = app.session().map_err(wire)?;
    session.subscribe_members(webview.label(), &room_id, sink(batches)).map_err(wire)
}

#[tauri::command]
pub(crate) async fn set_room_list_query(
    app: State<'_, App>,
    subscription: SubscriptionId,
    query: RoomListQuery,
) -> Answer<()> {
    call(&app, move |session| async move { session.set_room_list_query(subscription, query).await })
        .await
}

#[tauri::command]
pub(crate) fn acknowledge(app: State<'_, App>, subscription: SubscriptionId, seq: u32) {
    if let Ok(session) = app.session() {
        session.acknowledge(subscription, seq);
    }
}

#[tauri::command]
pub(crate) fn resync(app: State<'_, App>, subscription: SubscriptionId) -> Answer<()> {
    app.session().map_err(wire)?.resync(subscription).map_err(wire)
}

#[tauri::command]
pub(crate) async fn load_more(
    app: State<'_, App>,
    subscription: SubscriptionId,
    direction: Direction,
) -> Answer<MoreOutcome> {
    call(&app, move |session| async move { session.load_more(subscription, direction).await }).await
}

#[tauri::command]
pub(crate) fn unsubscribe(app: State<'_, App>, subscription: SubscriptionId) {
    if let Ok(session) = app.session() {
        session.unsubscribe(subscription);
    }
}
