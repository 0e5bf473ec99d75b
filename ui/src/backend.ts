// Everything the interface can ask of the core. `tauri.ts` is the only file that implements it for
// the real window, and the only one that imports Tauri; `fixture.ts` implements it for looking at
// screens and for unit tests. Failed calls reject with a `WireError`.

import type {
  AppEvent,
  AppSnapshot,
  Batch,
  Block,
  ConversationId,
  Direction,
  Draft,
  FileOutcome,
  FileText,
  Forward,
  LinkOutcome,
  LinkPreview,
  MediaToken,
  MemberRow,
  MessageDetails,
  MoreOutcome,
  OutgoingFiles,
  OutgoingText,
  PasswordSignIn,
  Place,
  PollDraft,
  PollVotes,
  ProfilePermissions,
  RecordingEvent,
  RecordingFacts,
  Revision,
  RoomDetails,
  RoomListQuery,
  RoomRow,
  RoomSuggestion,
  SavedFile,
  ServerInfo,
  Settings,
  StagedFile,
  TakenBack,
  StartupRemedy,
  SubscriptionId,
  ThreadRow,
  TimelineFocus,
  TimelineRow,
  VoiceRecording,
} from './protocol';

export interface Backend {
  /** Opens the application's event stream. The snapshot is the state before the first event. */
  subscribeApp(onEvent: (event: AppEvent) => void): Promise<AppSnapshot>;
  /** The first frame is on screen: show the window. */
  windowReady(background: readonly number[]): Promise<void>;
  updateSettings(settings: Settings): Promise<void>;
  /** Tries at once to reach the server; how that goes is in the `connection` events. */
  retryConnection(): Promise<void>;

  discoverServer(server: string): Promise<ServerInfo>;
  /** Resolves once signed in; the `session` event carries the account. */
  signIn(request: PasswordSignIn): Promise<void>;
  /** Continues a session that the server ended softly. */
  enterPassword(password: string): Promise<void>;
  /** Messages and changes, of all rooms, that wait to be sent. */
  unsentCount(): Promise<number>;
  signOut(): Promise<void>;
  /** `passphrase` only for the key file remedies. */
  resolveStartup(remedy: StartupRemedy, passphrase: string | null): Promise<void>;

  // One's own name and picture; the `session` event carries what they are then.
  /** What the server lets people change. Reads both anew, and rejects where that cannot be done. */
  profilePermissions(): Promise<ProfilePermissions>;
  setDisplayName(name: string): Promise<void>;
  /** A staged picture, which is staged no longer then; `null` removes the picture. */
  setPicture(staged: string | null): Promise<void>;

  // Lists. Batches may arrive before the promise resolves. Every batch must be acknowledged.
  subscribeRooms(query: RoomListQuery, onBatch: (batch: Batch<RoomRow>) => void): Promise<SubscriptionId>;
  setRoomListQuery(subscription: SubscriptionId, query: RoomListQuery): Promise<void>;
  subscribeTimeline(roomId: string, focus: TimelineFocus, onBatch: (batch: Batch<TimelineRow>) => void): Promise<SubscriptionId>;
  subscribeThreads(roomId: string, onBatch: (batch: Batch<ThreadRow>) => void): Promise<SubscriptionId>;
  subscribeMembers(roomId: string, onBatch: (batch: Batch<MemberRow>) => void): Promise<SubscriptionId>;
  acknowledge(subscription: SubscriptionId, seq: number): Promise<void>;
  /** Asks for a new snapshot (`reset` with seq 0). */
  resync(subscription: SubscriptionId): Promise<void>;
  /** The next page: more rooms, or older messages. Only a timeline around one event has newer ones. */
  loadMore(subscription: SubscriptionId, direction: Direction): Promise<MoreOutcome>;
  unsubscribe(subscription: SubscriptionId): Promise<void>;

  // One room.
  subscribeRoom(roomId: string, onDetails: (details: RoomDetails) => void): Promise<SubscriptionId>;
  /** Rooms on screen, so that they are kept up to date first. */
  setVisibleRooms(roomIds: string[]): Promise<void>;
  markRead(conversation: ConversationId): Promise<void>;
  /** The person looks elsewhere: what comes from here on is new to them. */
  lookAway(roomId: string): Promise<void>;
  /** Read is the whole room, with its threads. */
  setUnread(roomId: string, unread: boolean): Promise<void>;
  /** Says or ends "is writing"; may be called at every key. */
  setTyping(roomId: string, typing: boolean): Promise<void>;
  /** Root of the thread that a message answers in; `null` for a message of the room itself. */
  threadOf(roomId: string, eventId: string): Promise<string | null>;
  /** The first message of a day or after it; `null` where there is none. */
  eventAtDate(roomId: string, timestampMs: number): Promise<string | null>;
  /** `null` where the server knows no such thing (MSC4306). */
  isThreadFollowed(roomId: string, rootId: string): Promise<boolean | null>;
  setThreadFollowed(roomId: string, rootId: string, followed: boolean): Promise<void>;
  acceptInvitation(roomId: string): Promise<void>;
  declineInvitation(roomId: string): Promise<void>;

  // Writing. `requestId` makes a repeated call harmless. Resolves once the message is stored on disk.
  sendMessage(conversation: ConversationId, requestId: string, message: OutgoingText): Promise<void>;
  /** Sends a text that is too long for a message as a file. */
  sendTextAsFile(conversation: ConversationId, requestId: string, filename: string, message: OutgoingText): Promise<void>;
  sendLocation(conversation: ConversationId, requestId: string, place: Place): Promise<void>;
  /** What a text will look like. */
  previewText(message: OutgoingText): Promise<Block[]>;
  /** Members whose name or identifier contains the query, the best first. */
  suggestMembers(roomId: string, query: string): Promise<MemberRow[]>;
  suggestRooms(query: string): Promise<RoomSuggestion[]>;
  /** `rowId` is `TimelineRow.id`. */
  retrySend(conversation: ConversationId, rowId: string): Promise<void>;
  cancelSend(conversation: ConversationId, rowId: string): Promise<void>;
  /** Takes back what was just sent, also where it has left already, and answers with what it was made of. */
  undoSend(requestId: string): Promise<TakenBack>;
  loadDraft(conversation: ConversationId): Promise<Draft | null>;
  /** `null` removes the draft. */
  saveDraft(conversation: ConversationId, draft: Draft | null): Promise<void>;

  // One message.
  /** Its text as it was written, to edit it or to quote from it; `message` names it as `OutgoingText.edits` does. */
  messageSource(conversation: ConversationId, message: string): Promise<Draft>;
  messageDetails(roomId: string, eventId: string): Promise<MessageDetails>;
  /** All its states, the first one first. */
  editHistory(roomId: string, eventId: string): Promise<Revision[]>;
  toggleReaction(conversation: ConversationId, eventId: string, key: string): Promise<void>;
  redactMessage(roomId: string, eventId: string, reason: string | null): Promise<void>;
  reportMessage(roomId: string, eventId: string, reason: string): Promise<void>;
  setPinned(roomId: string, eventId: string, pinned: boolean): Promise<void>;
  forwardMessages(roomId: string, requestId: string, messages: Forward[], targets: string[]): Promise<void>;
  /** A matrix.to address. */
  permalink(roomId: string, eventId: string): Promise<string>;

  // Polls (MSC3381).
  sendPoll(conversation: ConversationId, requestId: string, poll: PollDraft): Promise<void>;
  /** Only before the first vote. */
  editPoll(conversation: ConversationId, eventId: string, poll: PollDraft): Promise<void>;
  /** An empty list withdraws the vote. */
  vote(conversation: ConversationId, eventId: string, answers: string[]): Promise<void>;
  /** `words` say that it has ended, for clients that know no polls; the core adds the result. */
  endPoll(conversation: ConversationId, eventId: string, words: string): Promise<void>;
  pollVotes(roomId: string, eventId: string): Promise<PollVotes>;

  // Files.
  /** Lets the person choose files in the system's dialog; an empty list if they thought better of it. */
  pickFiles(): Promise<StagedFile[]>;
  /** The same for one picture. */
  pickPicture(): Promise<StagedFile | null>;
  /** Takes pasted content. */
  stageFile(filename: string, mimeType: string, content: ArrayBuffer): Promise<StagedFile>;
  /** Takes the picture that was copied, where the webview keeps it from the page; `null` where there is none. */
  stageCopiedPicture(filename: string): Promise<StagedFile | null>;
  /** Tells of a staged film or sound what a player found; resolves to the file as it is known then. */
  describeStaged(id: string, facts: RecordingFacts): Promise<StagedFile>;
  discardStaged(ids: string[]): Promise<void>;
  sendFiles(conversation: ConversationId, requestId: string, files: OutgoingFiles): Promise<void>;
  /** Opens with the system's program for it. `confirmed` after the person answered a `confirm` outcome. */
  openFile(token: MediaToken, filename: string, confirmed: boolean): Promise<FileOutcome>;
  /** The beginning of a text file; rejects with `unsupported` where it is none. */
  fileText(token: MediaToken): Promise<FileText>;
  /** Saves a text to the downloads folder; resolves to the path. */
  saveText(filename: string, text: string): Promise<string>;

  // Voice messages. Every conversation keeps its recording until it is sent or deleted.
  /** Resolves once the microphone is open; ends the recording of another conversation, which is kept there. */
  startRecording(conversation: ConversationId, onEvent: (event: RecordingEvent) => void): Promise<void>;
  /** Ends it, where it has not ended by itself. */
  stopRecording(conversation: ConversationId): Promise<VoiceRecording>;
  keptRecording(conversation: ConversationId): Promise<VoiceRecording | null>;
  /** Deletes it, also while it is being recorded. */
  discardRecording(conversation: ConversationId): Promise<void>;
  /** `filename` is for clients that know no voice messages. */
  sendRecording(conversation: ConversationId, requestId: string, filename: string, replyTo: string | null): Promise<void>;

  // Media and links.
  /** Of a picture, where it can be drawn: anything else, and what is too large, gives nothing. */
  mediaUrl(token: MediaToken): string;
  /** Of any file, to be fetched. Never to be drawn: a small file can hold a picture that no device has the memory for. */
  bytesUrl(token: MediaToken): string;
  /** Saves to the downloads folder; resolves to the path. */
  saveFile(token: MediaToken, filename: string): Promise<SavedFile>;
  /** `shown` is the text of the link. `confirmed` after the person answered a `confirm` outcome. */
  openLink(target: string, shown: string, confirmed: boolean): Promise<LinkOutcome>;
  /** The homeserver makes it and learns the address. `confirmed` after the person answered a `confirm` outcome. */
  linkPreview(roomId: string, target: string, confirmed: boolean): Promise<LinkPreview>;
}
