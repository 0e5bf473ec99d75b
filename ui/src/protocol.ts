// Generated from crates/protocol by `make generate`. Do not edit.

/**
 * The kinds of failure a reader can act on. A user interface words each of them.
 */
export type ErrorKind = "offline" | "timeout" | "rateLimited" | "signedOut" | "forbidden" | "notFound" | "needsVerification" | "identityChanged" | "insecureDevices" | "tooLarge" | "unsupported" | "policyForbids" | "storage" | "invalid" | "cancelled" | "internal";

/**
 * The precise cause, where the kind alone would leave the reader guessing.
 */
export type ErrorReason = "wrongCredentials" | "accountDeactivated" | "serverUnknown" | "serverUnreachable" | "notMatrix" | "noSlidingSync" | "noPasswordSignIn" | "certificateExpired" | "certificateInvalid" | "serverError" | "serverNameInvalid" | "keyringMissing" | "keyringNeeded" | "keyringFailed" | "keyringLocked" | "keyMissing" | "passphraseNeeded" | "wrongPassphrase" | "passphraseTooShort" | "storeUnreadable" | "sessionMissing" | "deviceRemoved" | "alreadySignedIn" | "storeNewer" | "diskFull" | "profileInUse" | "notWritable" | "messageTooLong" | "fileTooLarge" | "tooLittleMemory" | "changeRefused" | "pollEnded" | "pollHasVotes" | "forwardRefused" | "linkRefused" | "notInRoom" | "noChat" | "deviceStays" | "hashMismatch" | "fileGone" | "localFileGone" | "fileUnreadable" | "notAFile" | "notAPicture" | "nameTooLong" | "profileManaged" | "tooManyFiles" | "tooManyForwarded" | "messageDeleted" | "messageRefused" | "serverNotAllowed" | "noMicrophone" | "microphoneRefused" | "microphoneUnusable";

/**
 * A failure as it crosses the boundary. `detail` is for the help desk, in English, without message
 * text, tokens or full identifiers.
 */
export type WireError = { kind: ErrorKind, reason?: ErrorReason, retryAfterMs?: number, detail?: string, };

/**
 * Names one open subscription. Unique for the life of the process.
 */
export type SubscriptionId = number;

/**
 * What happened to a list since the batch before. A batch with `seq` 0 holds exactly one `reset`
 * and starts the count anew; a gap in `seq` means the receiver must ask for a resync.
 */
export type Batch<T> = { subscription: SubscriptionId, seq: number, ops: Array<ListOp<T>>, };

/**
 * One operation on a list; the variants are those of `eyeball_im::VectorDiff`.
 */
export type ListOp<T> = { "type": "append", values: Array<T>, } | { "type": "clear" } | { "type": "pushFront", value: T, } | { "type": "pushBack", value: T, } | { "type": "popFront" } | { "type": "popBack" } | { "type": "insert", index: number, value: T, } | { "type": "set", index: number, value: T, } | { "type": "remove", index: number, } | { "type": "truncate", length: number, } | { "type": "reset", values: Array<T>, };

/**
 * Stands for one piece of media in this session; the shell's media scheme resolves it. Says nothing
 * about where the media lies or how it is encrypted.
 */
export type MediaToken = string;

/**
 * A picture whose place on screen can be reserved before it is loaded.
 */
export type Picture = { 
/**
 * The picture itself.
 */
full: MediaToken, 
/**
 * A smaller rendition, where the sender made one.
 */
thumbnail: MediaToken | null, 
/**
 * Pixels, as the sender stated them; at most 16,384.
 */
width: number | null, height: number | null, blurhash: string | null, };

/**
 * What a file claims to be. The claim comes from the sender and decides only how it is drawn.
 */
export type AttachmentKind = "image" | "video" | "audio" | "voice" | "file";

/**
 * A file in a message.
 */
export type Attachment = { kind: AttachmentKind, 
/**
 * Safe to show and to use as a file name: no path separators, no control or direction characters.
 */
filename: string, mimeType: string | null, 
/**
 * Bytes, as the sender stated them.
 */
size: number | null, durationMs: number | null, file: MediaToken, picture: Picture | null, 
/**
 * Loudness of a voice message over its time, 0 to 100, at most 120 values.
 */
waveform: Array<number>, };

/**
 * A block of a formatted message.
 */
export type Block = { "type": "paragraph", children: Array<Inline>, } | { "type": "heading", level: number, children: Array<Inline>, } | { "type": "quote", children: Array<Block>, } | { "type": "list", ordered: boolean, start: number, items: Array<Array<Block>>, } | { "type": "code", language: string | null, text: string, } | { "type": "table", head: Array<Array<Inline>>, rows: Array<Array<Array<Inline>>>, } | { "type": "rule" };

/**
 * A run of text within a block.
 */
export type Inline = { "type": "text", text: string, } | { "type": "break" } | { "type": "styled", style: TextStyle, children: Array<Inline>, } | { "type": "code", text: string, } | { "type": "link", target: string, mismatch: boolean, children: Array<Inline>, } | { "type": "mention", target: MentionTarget, 
/**
 * In a message, the name that is known on this device; what the sender wrote where none is.
 */
label: string, } | { "type": "spoiler", reason: string | null, children: Array<Inline>, };

export type TextStyle = "strong" | "emphasis" | "underline" | "strike" | "superscript" | "subscript";

/**
 * Whom or what a pill stands for.
 */
export type MentionTarget = { "type": "person", userId: string, isSelf: boolean, } | { "type": "room", room: string, } | { "type": "everyone" };

/**
 * Which rooms a room list subscription shows.
 */
export type RoomListQuery = { 
/**
 * `null` searches all sections at once.
 */
section: RoomSection | null, filter: RoomFilter, 
/**
 * Fuzzy match on the room's name; empty matches all.
 */
search: string, };

/**
 * A room is in exactly one section.
 */
export type RoomSection = "invitations" | "favourites" | "people" | "rooms" | "lowPriority";

export type RoomFilter = "all" | "unread" | "people" | "rooms" | "announcements";

export type RoomKind = "direct" | "group" | "announcements";

export type Membership = "joined" | "invited" | "knocked" | "left" | "banned";

/**
 * Unread state. `mentions` is part of `notifications`, which is part of `messages`.
 */
export type Unread = { messages: number, notifications: number, mentions: number, 
/**
 * Marked as unread by hand.
 */
marked: boolean, };

/**
 * One line of the room list.
 */
export type RoomRow = { id: string, 
/**
 * Empty while the name is not known yet.
 */
name: string, avatar: MediaToken | null, kind: RoomKind, section: RoomSection, membership: Membership, 
/**
 * Whether the account may send messages here.
 */
canSend: boolean, encrypted: boolean, muted: boolean, unread: Unread, preview: Preview | null, 
/**
 * Who invited, where this is an invitation.
 */
inviter: string | null, };

/**
 * The latest message of a room in one line.
 */
export type Preview = { 
/**
 * Display name; `null` in a direct chat's own messages means "you".
 */
sender: string | null, own: boolean, timestampMs: number, content: PreviewContent, 
/**
 * True while the message waits to be sent.
 */
pending: boolean, };

export type PreviewContent = { "type": "text", text: string, } | { "type": "image", caption: string | null, } | { "type": "video", caption: string | null, } | { "type": "audio" } | { "type": "voice" } | { "type": "file", filename: string, } | { "type": "gallery", count: number, caption: string | null, } | { "type": "poll", question: string, } | { "type": "location" } | { "type": "sticker", text: string, } | { "type": "redacted" } | { "type": "undecryptable" } | { "type": "invited" } | { "type": "other" };

/**
 * Everything the header and the details pane say about a room.
 */
export type RoomDetails = { id: string, name: string, 
/**
 * At most 2,000 characters; addresses in it are links. Empty where there is none.
 */
topic: Array<Block>, avatar: MediaToken | null, kind: RoomKind, membership: Membership, encrypted: boolean, memberCount: number, alias: string | null, 
/**
 * Whether the account may send messages here.
 */
canSend: boolean, favourite: boolean, muted: boolean, inviter: string | null, 
/**
 * Servers with at least one member, other than the account's own.
 */
otherServers: Array<string>, permissions: RoomPermissions, 
/**
 * Names of those who are writing right now, without oneself.
 */
typing: Array<string>, 
/**
 * Event identifiers of the pinned messages, the oldest first, at most 100.
 */
pinned: Array<string>, 
/**
 * Event identifier of the last message the account has read, on whatever device.
 */
readUpTo: string | null, unread: Unread, };

/**
 * What the account may do in a room, from its power levels.
 */
export type RoomPermissions = { react: boolean, sendPolls: boolean, vote: boolean, redactOwn: boolean, 
/**
 * Deletes messages of others, and ends their polls.
 */
redactOthers: boolean, pin: boolean, 
/**
 * Addresses everybody with `@room`.
 */
notifyRoom: boolean, };

/**
 * A line of the member list.
 */
export type MemberRow = { id: string, name: string, 
/**
 * True where another member has the same display name, so the identifier must be shown.
 */
nameAmbiguous: boolean, avatar: MediaToken | null, role: MemberRole, membership: Membership, };

export type MemberRole = "administrator" | "moderator" | "member";

/**
 * Answer to a request for more of a list.
 */
export type MoreOutcome = "more" | "end";

/**
 * The signed-in account.
 */
export type Account = { userId: string, deviceId: string, displayName: string | null, avatar: MediaToken | null, 
/**
 * Base address of the homeserver.
 */
homeserver: string, verification: VerificationStatus, };

/**
 * What the homeserver lets a person change of their own profile.
 */
export type ProfilePermissions = { name: boolean, picture: boolean, };

/**
 * Whether this device carries the account's cross-signing signature.
 */
export type VerificationStatus = "unknown" | "verified" | "unverified";

/**
 * What discovery learned about a homeserver.
 */
export type ServerInfo = { 
/**
 * As the person typed it, cleaned.
 */
name: string, 
/**
 * Base address after `.well-known` discovery.
 */
homeserver: string, passwordSignIn: boolean, 
/**
 * Matrix versions the server announces, for the details of a support request.
 */
versions: Array<string>, };

/**
 * What the sign-in form sends. Debug output never shows the password.
 */
export type PasswordSignIn = { 
/**
 * Server name, base address or full user identifier's server part.
 */
homeserver: string, 
/**
 * Local part or full user identifier.
 */
username: string, password: string, };

/**
 * An account offered at sign-in by a demonstration server started with `make run`.
 */
export type DemoAccount = { homeserver: string, username: string, password: string, displayName: string, };

/**
 * Where the key of the profile lies.
 */
export type SecureStorage = "keyring" | "keyFile";

/**
 * Exactly one of these describes the application at any time.
 */
export type SessionState = { "type": "starting" } | { "type": "signedOut" } | { "type": "signedIn", account: Account, } | { "type": "passwordNeeded", account: Account, } | { "type": "blocked", error: WireError, remedies: Array<StartupRemedy>, } | { "type": "signingOut" };

/**
 * What a person can choose when the profile cannot be opened.
 */
export type StartupRemedy = "retry" | "setAside" | "createKeyFile" | "unlockKeyFile";

/**
 * The state of the link to the homeserver.
 */
export type ConnectionState = { "type": "connecting" } | { "type": "catchingUp" } | { "type": "online" } | { "type": "offline", reason: OfflineReason, 
/**
 * When the next attempt is made, where that is known.
 */
retryAtMs: number | null, };

export type OfflineReason = "unreachable" | "notAnswering" | "serverError" | "rateLimited" | "certificate" | "notMatrix" | "tokenRefused" | "storage" | "diskFull" | "internal";

/**
 * An edit as it was typed.
 */
export type UnsentChange = { "type": "text", draft: Draft, } | { "type": "poll", eventId: string, poll: PollDraft, };

/**
 * An edit that was not sent.
 */
export type UnsentEdit = { conversation: ConversationId, change: UnsentChange, };

/**
 * What the application says without being asked.
 */
export type AppEvent = { "type": "session", state: SessionState, } | { "type": "connection", state: ConnectionState, } | { "type": "secureStorage", storage: SecureStorage, } | { "type": "settings", settings: Settings, } | { "type": "openRoom", roomId: string, eventId: string | null, } | { "type": "filesDropped", files: Array<StagedFile>, } | { "type": "problem", error: WireError, } | { "type": "editRefused", error: WireError, edit: UnsentEdit, };

/**
 * Everything a window needs for its first frame.
 */
export type AppSnapshot = { version: string, session: SessionState, connection: ConnectionState, settings: Settings, managed: Array<ManagedSetting>, 
/**
 * Server to put into the sign-in form.
 */
suggestedHomeserver: string | null, demo: DemoAccount | null, secureStorage: SecureStorage | null, };

export type Language = "de" | "en" | "fr";

export type Theme = "system" | "light" | "dark" | "highContrast";

/**
 * Stored in `settings.json` of the profile; holds nothing secret. Unknown fields are kept out, missing
 * ones take their default, so that older and newer versions can read each other's file.
 */
export type Settings = { 
/**
 * `null` follows the operating system.
 */
language: Language | null, theme: Theme, 
/**
 * Pixels; `null` is the default width.
 */
roomListWidth: number | null, 
/**
 * The room list is a narrow strip. Phones have room for no two panes, and do not heed it.
 */
roomListFolded: boolean, 
/**
 * Skin tone of emoji that have one: 0 is none, 1 to 5 are light to dark.
 */
emojiTone: number, 
/**
 * The emoji used last, the latest first.
 */
recentEmoji: Array<string>, 
/**
 * Previews of links, which the homeserver fetches and so learns of. Off unless somebody wants them.
 */
linkPreviews: boolean, 
/**
 * Shortcuts that are a single character, outside of text fields (WCAG 2.1.4). Speech input and tremor press them
 * by mistake.
 */
singleKeyShortcuts: boolean, };

/**
 * A setting that the organisation decided.
 */
export type ManagedSetting = { 
/**
 * Name of the policy key.
 */
key: string, 
/**
 * True where the person cannot change it.
 */
forced: boolean, 
/**
 * What it does, from the schema.
 */
help: Translations, };

/**
 * One text in all languages of the interface.
 */
export type Translations = { de: string, en: string, fr: string, };

/**
 * Answer to activating a link. Links open through the core: an allow-list of schemes, Matrix links
 * inside the application, and a question where what is shown is not where it leads.
 */
export type LinkOutcome = { "type": "opened" } | { "type": "room", roomId: string, eventId: string | null, } | { "type": "confirm", target: string, host: string, };

/**
 * Answer to asking for the preview of a link.
 */
export type LinkPreview = { "type": "nothing" } | { "type": "confirm" } | { "type": "card", card: LinkCard, };

/**
 * What a page says of itself, as the homeserver read it. All of it may be untrue but `host`.
 */
export type LinkCard = { 
/**
 * Where the link leads, in its ASCII form, so look-alike letters show.
 */
host: string, site: string | null, title: string | null, description: string | null, 
/**
 * A small rendition made by the homeserver.
 */
picture: MediaToken | null, };

/**
 * One row of a conversation. `id` is stable while the row lives, also when a local echo becomes a
 * sent message; event identifiers are not.
 */
export type TimelineRow = { id: string, content: TimelineRowContent, };

export type TimelineRowContent = { "type": "dayDivider", timestampMs: number, } | { "type": "readMarker" } | { "type": "beginning" } | { "type": "message" } & MessageRow | { "type": "change", sender: Sender, timestampMs: number, change: RoomChange, } | { "type": "hidden" };

export type Sender = { id: string, 
/**
 * Display name, or the identifier's local part while the profile is not known.
 */
name: string, nameAmbiguous: boolean, avatar: MediaToken | null, };

export type MessageRow = { 
/**
 * `null` until the server has the message.
 */
eventId: string | null, sender: Sender, own: boolean, timestampMs: number, content: MessageContent, edited: boolean, 
/**
 * Whether the account may replace it.
 */
editable: boolean, 
/**
 * Addresses the reader, by name or with everybody.
 */
highlighted: boolean, 
/**
 * `null` for messages that came from the server.
 */
sendState: SendState | null, replyTo: ReplyPreview | null, reactions: Array<Reaction>, 
/**
 * Only where something about the message's authenticity is wrong.
 */
shield: Shield | null, 
/**
 * How many people other than the sender have read up to here, in rooms small enough to tell.
 */
readBy: number, 
/**
 * The first of them, at most five.
 */
readers: Array<Sender>, 
/**
 * Where the message is the root of a thread.
 */
thread: ThreadSummary | null, };

export type MessageContent = { "type": "text", blocks: Array<Block>, } | { "type": "emote", blocks: Array<Block>, } | { "type": "notice", blocks: Array<Block>, } | { "type": "attachment", attachment: Attachment, caption: Array<Block> | null, } | { "type": "gallery", items: Array<GalleryItem>, caption: Array<Block> | null, } | { "type": "sticker", text: string, attachment: Attachment, } | { "type": "location", 
/**
 * What the place is called; may be empty.
 */
text: string, geoUri: string, map: PlaceMap | null, } | { "type": "poll", poll: Poll, } | { "type": "redacted", 
/**
 * Who deleted it, where that was not its sender.
 */
by: Sender | null, 
/**
 * In one line, at most 300 characters.
 */
reason: string | null, } | { "type": "undecryptable", cause: DecryptionFailure, } | { "type": "unknown", eventType: string, fallback: string | null, };

/**
 * One of several files in a message.
 */
export type GalleryItem = { "type": "file", attachment: Attachment, caption: Array<Block> | null, } | { "type": "unknown", itemType: string, fallback: string | null, };

/**
 * Why a message cannot be read.
 */
export type DecryptionFailure = "keyPending" | "sentBeforeDevice" | "sentBeforeJoin" | "deviceNotTrusted" | "senderIdentityChanged" | "senderDeviceInsecure" | "unknown";

/**
 * Where a message of one's own stands.
 */
export type SendState = { "type": "sending", progress: UploadProgress | null, } | { "type": "waiting" } | { "type": "failed", error: WireError, } | { "type": "sent" };

/**
 * Another message in one line.
 */
export type ReplyPreview = { eventId: string, 
/**
 * `null` while the original is being loaded, or cannot be.
 */
sender: Sender | null, content: PreviewContent | null, loading: boolean, };

export type Reaction = { key: string, count: number, own: boolean, 
/**
 * Names of the first people, at most 20.
 */
names: Array<string>, };

/**
 * A doubt about a message's authenticity.
 */
export type Shield = "authenticityNotGuaranteed" | "unknownDevice" | "unsignedDevice" | "unverifiedIdentity" | "identityChanged" | "sentInClear" | "mismatchedSender";

/**
 * A still map, where policy names a map server.
 */
export type PlaceMap = { tiles: Array<MapTile>, 
/**
 * Whose map it is; may be empty.
 */
attribution: string, };

/**
 * A square of a map, 256 pixels wide.
 */
export type MapTile = { picture: MediaToken, 
/**
 * Pixels from the place to the upper left corner.
 */
left: number, top: number, };

/**
 * A poll (MSC3381) with its votes as the protocol counts them.
 */
export type Poll = { question: string, 
/**
 * Results are shown before the end.
 */
open: boolean, maxSelections: number, answers: Array<PollAnswer>, 
/**
 * People who voted.
 */
voters: number, 
/**
 * One's own vote is among them, but the server does not have it yet.
 */
voteWaiting: boolean, ended: boolean, endedAtMs: number | null, 
/**
 * Only what is counted says anything of votes and of the end.
 */
tally: Tally, };

export type PollAnswer = { id: string, text: string, 
/**
 * `null` while a secret poll runs.
 */
votes: number | null, own: boolean, };

/**
 * How far the votes of a poll are counted.
 */
export type Tally = "complete" | "partial" | "counting" | "unknown";

/**
 * What happened. `subject` is the display name of the person it happened to.
 */
export type RoomChange = { "type": "created" } | { "type": "joined", subject: string, } | { "type": "left", subject: string, } | { "type": "invited", subject: string, } | { "type": "invitationRejected", subject: string, } | { "type": "invitationWithdrawn", subject: string, } | { "type": "removed", subject: string, } | { "type": "banned", subject: string, } | { "type": "unbanned", subject: string, } | { "type": "knocked", subject: string, } | { "type": "nameOfPerson", from: string | null, to: string | null, } | { "type": "avatarOfPerson" } | { "type": "roomName", name: string, } | { "type": "roomTopic", topic: string, } | { "type": "roomAvatar" } | { "type": "encryptionEnabled" } | { "type": "powerLevels" } | { "type": "pinnedMessages" } | { "type": "upgraded" } | { "type": "callStarted" } | { "type": "callJoined" } | { "type": "callLeft" } | { "type": "other", eventType: string, };

/**
 * Which messages of a room a timeline holds.
 */
export type TimelineFocus = { "type": "live" } | { "type": "event", eventId: string, } | { "type": "thread", rootId: string, } | { "type": "pinned" } | { "type": "files", kind: FileFilter, } | { "type": "polls" };

export type FileFilter = "all" | "pictures" | "audio" | "documents";

export type Direction = "older" | "newer";

/**
 * How much of a file has left, in bytes of what is sent.
 */
export type UploadProgress = { sent: number, total: number, };

/**
 * What hangs below a message.
 */
export type ThreadSummary = { replies: number, latest: ReplyPreview | null, };

/**
 * A line of the list of a room's threads.
 */
export type ThreadRow = { root: ReplyPreview, timestampMs: number, replies: number, latest: ReplyPreview | null, unread: Unread, 
/**
 * Whether the account wants to hear of new messages (MSC4306); `null` where the server does not know
 * such subscriptions.
 */
followed: boolean | null, };

/**
 * A room, or one thread of it. What is written somewhere else is a draft of its own.
 */
export type ConversationId = { roomId: string, 
/**
 * Event identifier of the thread's root.
 */
thread: string | null, };

/**
 * Whom or what a text addresses.
 */
export type Mentioned = { "type": "person", userId: string, } | { "type": "room", room: string, } | { "type": "everyone" };

/**
 * A mention within a text: wherever `label` stands in it, `target` is meant.
 */
export type TextMention = { 
/**
 * As it stands in the text, with its `@` or `#`.
 */
label: string, target: Mentioned, };

/**
 * A text to send: markdown, with the mentions in it.
 */
export type OutgoingText = { text: string, mentions: Array<TextMention>, 
/**
 * Event identifier of the message this answers.
 */
replyTo: string | null, 
/**
 * The own message this replaces: its event identifier or, while it has none, the identifier of its row.
 */
edits: string | null, };

/**
 * What was typed but not sent. Survives a crash; every room and every thread has its own.
 */
export type Draft = { text: string, mentions: Array<TextMention>, replyTo: ReplyPreview | null, 
/**
 * As in [`OutgoingText`].
 */
edits: string | null, };

/**
 * A new poll (MSC3381): a question and 2 to 20 answers.
 */
export type PollDraft = { question: string, answers: Array<string>, 
/**
 * Results are shown before the end.
 */
open: boolean, 
/**
 * How many answers one person may choose.
 */
maxSelections: number, };

/**
 * What a file says of where and with what it was taken.
 */
export type FileMetadata = "none" | "removable" | "stays";

/**
 * A file chosen for sending that has not been sent. Known to the interface by `id` alone: where it
 * lies on disk is nobody's business in the webview.
 */
export type StagedFile = { id: string, filename: string, 
/**
 * Bytes.
 */
size: number, 
/**
 * Read from the file's own bytes, or from its name where those do not tell.
 */
mimeType: string, kind: AttachmentKind, picture: Picture | null, 
/**
 * The bytes of a film or a sound that is not too large to be looked at.
 */
recording: MediaToken | null, metadata: FileMetadata, 
/**
 * Why it cannot be sent.
 */
problem: WireError | null, };

/**
 * What only a player can tell of a film or a sound that is to be sent.
 */
export type RecordingFacts = { durationMs: number | null, 
/**
 * Pixels as shown.
 */
width: number | null, height: number | null, 
/**
 * A picture of the film: a JPEG of at most 300 kB, in base64.
 */
still: string | null, };

/**
 * Files to send, one message each or together as a gallery (MSC4274).
 */
export type OutgoingFiles = { 
/**
 * Identifiers of staged files, in order.
 */
files: Array<string>, 
/**
 * Markdown; empty for none. Goes with the first file, or with the gallery.
 */
caption: OutgoingText, gallery: boolean, 
/**
 * Leaves place and camera in photos.
 */
keepMetadata: boolean, };

/**
 * A place to send.
 */
export type Place = { description: string, 
/**
 * Degrees, -90 to 90.
 */
latitude: number, 
/**
 * Degrees, -180 to 180.
 */
longitude: number, };

/**
 * What a message was made of that was taken back just after it was sent.
 */
export type TakenBack = { "type": "text", draft: Draft, } | { "type": "poll", poll: PollDraft, } | { "type": "place", place: Place, } | { "type": "files", 
/**
 * Staged again.
 */
files: Array<StagedFile>, 
/**
 * Whether these are all that were sent: large ones that were pasted are not kept.
 */
complete: boolean, caption: Draft, gallery: boolean, keepMetadata: boolean, } | { "type": "recording", 
/**
 * Kept again, unless another one has its place by now.
 */
recording: VoiceRecording | null, 
/**
 * What it answers.
 */
caption: Draft, } | { "type": "copies" };

/**
 * A message to forward. `attribution` says whose it was, in the sender's language; empty for none.
 */
export type Forward = { eventId: string, attribution: string, };

/**
 * A room that can be mentioned.
 */
export type RoomSuggestion = { 
/**
 * Its alias where it has one, otherwise its identifier.
 */
room: string, name: string, avatar: MediaToken | null, };

/**
 * Who has read a message, and who reacted to it.
 */
export type MessageDetails = { 
/**
 * Everybody who has read at least up to here, the latest first.
 */
readers: Array<Reader>, 
/**
 * `false` where others may have read it, too: this device does not have what came after it.
 */
allReadersKnown: boolean, reactions: Array<ReactionDetails>, };

export type Reader = { person: Sender, 
/**
 * When, where the server says so.
 */
timestampMs: number | null, 
/**
 * They read it then or before: the time is that of a later message.
 */
atLatest: boolean, };

export type ReactionDetails = { key: string, people: Array<Sender>, };

/**
 * One state of an edited message.
 */
export type Revision = { timestampMs: number, 
/**
 * `None` for one that this device cannot decrypt.
 */
blocks: Array<Block> | null, };

/**
 * Who voted for what, where the poll shows it, and who has not voted.
 */
export type PollVotes = { 
/**
 * In the order of the poll's answers. Empty while a secret poll runs.
 */
answers: Array<AnswerVoters>, 
/**
 * Members who have not voted. Empty while a secret poll runs.
 */
missing: Array<Sender>, 
/**
 * Members who may vote.
 */
members: number, };

export type AnswerVoters = { id: string, voters: Array<Sender>, };

/**
 * What became of opening a file with the program the system has for it.
 */
export type FileOutcome = { "type": "opened", path: string, } | { "type": "confirm" } | { "type": "refused" };

export type SavedFile = { path: string, 
/**
 * Opening it may run a program.
 */
mayRun: boolean, };

/**
 * The beginning of a text file.
 */
export type FileText = { text: string, truncated: boolean, };

/**
 * What a recording says while it runs.
 */
export type RecordingEvent = { "type": "sound", elapsedMs: number, 
/**
 * How loud it is now, 0 to 100.
 */
level: number, } | { "type": "ended" };

/**
 * A recording that was neither sent nor deleted.
 */
export type VoiceRecording = { 
/**
 * To listen to it. Its token works until the recording is sent or deleted.
 */
attachment: Attachment, end: RecordingEnd, };

export type RecordingEnd = "stopped" | "limitReached" | "microphoneLost";
