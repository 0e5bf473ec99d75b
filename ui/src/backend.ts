// Everything the interface can ask of the core. `tauri.ts` is the only file that implements it for
// the real window, and the only one that imports Tauri; `fixture.ts` implements it for looking at
// screens and for unit tests. Failed calls reject with a `WireError`.

import type {
  AppEvent,
  AppSnapshot,
  Batch,
  LinkOutcome,
  MediaToken,
  MemberRow,
  MoreOutcome,
  PasswordSignIn,
  RoomDetails,
  RoomListQuery,
  RoomRow,
  ServerInfo,
  Settings,
  StartupRemedy,
  SubscriptionId,
  TimelineRow,
} from './protocol';

export interface Backend {
  /** Opens the application's event stream. The snapshot is the state before the first event. */
  subscribeApp(onEvent: (event: AppEvent) => void): Promise<AppSnapshot>;
  /** The first frame is on screen: show the window. */
  windowReady(): Promise<void>;
  updateSettings(settings: Settings): Promise<void>;

  discoverServer(server: string): Promise<ServerInfo>;
  /** Resolves once signed in; the `session` event carries the account. */
  signIn(request: PasswordSignIn): Promise<void>;
  /** Continues a session that the server ended softly. */
  enterPassword(password: string): Promise<void>;
  signOut(): Promise<void>;
  /** `passphrase` only for the key file remedies. */
  resolveStartup(remedy: StartupRemedy, passphrase: string | null): Promise<void>;

  // Lists. Batches may arrive before the promise resolves. Every batch must be acknowledged.
  subscribeRooms(query: RoomListQuery, onBatch: (batch: Batch<RoomRow>) => void): Promise<SubscriptionId>;
  setRoomListQuery(subscription: SubscriptionId, query: RoomListQuery): Promise<void>;
  subscribeTimeline(roomId: string, onBatch: (batch: Batch<TimelineRow>) => void): Promise<SubscriptionId>;
  subscribeMembers(roomId: string, onBatch: (batch: Batch<MemberRow>) => void): Promise<SubscriptionId>;
  acknowledge(subscription: SubscriptionId, seq: number): Promise<void>;
  /** Asks for a new snapshot (`reset` with seq 0). */
  resync(subscription: SubscriptionId): Promise<void>;
  /** The next page: more rooms, or older messages. */
  loadMore(subscription: SubscriptionId): Promise<MoreOutcome>;
  unsubscribe(subscription: SubscriptionId): Promise<void>;

  // One room.
  subscribeRoom(roomId: string, onDetails: (details: RoomDetails) => void): Promise<SubscriptionId>;
  /** Rooms on screen, so that they are kept up to date first. */
  setVisibleRooms(roomIds: string[]): Promise<void>;
  markRead(roomId: string): Promise<void>;
  acceptInvitation(roomId: string): Promise<void>;
  declineInvitation(roomId: string): Promise<void>;

  // Writing. `requestId` makes a repeated call harmless. Resolves once the message is stored on disk.
  sendText(roomId: string, requestId: string, body: string): Promise<void>;
  /** `rowId` is `TimelineRow.id`. */
  retrySend(roomId: string, rowId: string): Promise<void>;
  cancelSend(roomId: string, rowId: string): Promise<void>;
  loadDraft(roomId: string): Promise<string | null>;
  /** An empty text removes the draft. */
  saveDraft(roomId: string, text: string): Promise<void>;
  /** An empty list withdraws the vote. */
  vote(roomId: string, eventId: string, answers: string[]): Promise<void>;

  // Media and links.
  mediaUrl(token: MediaToken): string;
  /** Saves to the downloads folder; resolves to the path. */
  saveFile(token: MediaToken, filename: string): Promise<string>;
  /** `confirmed` after the person answered a `confirm` outcome. */
  openLink(target: string, confirmed: boolean): Promise<LinkOutcome>;
}
