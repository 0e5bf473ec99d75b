// A core made of thin air, for looking at screens and for tests. Never part of a release.
//
// The address chooses what it plays:
//   ?session=signedOut|signedIn|starting|passwordNeeded|blocked|signingOut   &error=<reason or kind>
//   &connection=online|connecting|catchingUp|offline   &rooms=5000   &messages=10000
//   &language=de|en|fr   &theme=system|light|dark|highContrast   &empty   &managed   &previews=on|ask   &live   &drop   &fail=<command>
//   &recording=silent|lost

import type { Backend } from './backend';
import { brandt, conversation, echo, incoming, keller, olderMessages, paragraph, self, yilmaz } from './fixture/messages';
import { cardOf } from './fixture/links';
import { ListSource } from './fixture/list-source';
import { picture } from './fixture/pictures';
import { recording, VoiceFixture } from './fixture/recordings';
import { detailsOf, manySeeds, me, membersOf, now, rowOf, type Seed } from './fixture/rooms';
import { contentText } from './words/message-words';
import type {
  Account,
  AppEvent,
  ConnectionState,
  ConversationId,
  Draft,
  ErrorKind,
  ErrorReason,
  Language,
  MessageRow,
  Poll,
  RoomDetails,
  RoomListQuery,
  RoomRow,
  SessionState,
  Settings,
  StagedFile,
  Theme,
  ThreadRow,
  TimelineFocus,
  TimelineRow,
  WireError,
} from './protocol';

const options = new URLSearchParams(location.search);
const delay = (ms = 8) => new Promise((resolve) => setTimeout(resolve, ms));
const pageSize = 50;

const account: Account = {
  userId: me,
  deviceId: 'QXWKLMNPRT',
  displayName: 'Sabine Vogt',
  avatar: null,
  homeserver: 'https://matrix.musterstadt.de',
  verification: 'unverified',
};

const kinds: readonly string[] = ['offline', 'timeout', 'rateLimited', 'signedOut', 'forbidden', 'notFound', 'needsVerification', 'identityChanged', 'insecureDevices', 'tooLarge', 'unsupported', 'policyForbids', 'storage', 'invalid', 'cancelled', 'internal'] satisfies ErrorKind[];

function chosenError(fallback: ErrorReason): WireError {
  const name = options.get('error') ?? fallback;
  const error: WireError = kinds.includes(name) ? { kind: name as ErrorKind } : { kind: 'storage', reason: name as ErrorReason };
  return { ...error, detail: 'sqlite: code 26, file is not a database' };
}

function firstSession(): SessionState {
  switch (options.get('session')) {
    case 'starting':
      return { type: 'starting' };
    case 'signedOut':
      return { type: 'signedOut' };
    case 'signingOut':
      return { type: 'signingOut' };
    case 'passwordNeeded':
      return { type: 'passwordNeeded', account };
    case 'blocked': {
      const error = chosenError('keyringMissing');
      const remedies = error.reason === 'keyringMissing' ? (['retry', 'createKeyFile'] as const) : error.reason === 'wrongPassphrase' || error.reason === 'passphraseNeeded' ? (['unlockKeyFile', 'setAside'] as const) : (['retry', 'setAside'] as const);
      return { type: 'blocked', error, remedies: [...remedies] };
    }
    default:
      return { type: 'signedIn', account };
  }
}

function firstConnection(): ConnectionState {
  const type = options.get('connection');
  if (type === 'connecting' || type === 'catchingUp') return { type };
  if (type === 'offline') return { type: 'offline', reason: 'unreachable', retryAtMs: Date.now() + 24_000 };
  return { type: 'online' };
}

/** Letters in order, as the core's fuzzy search finds them. */
function matches(name: string, search: string): boolean {
  const letters = name.toLocaleLowerCase();
  let from = 0;
  for (const letter of search.toLocaleLowerCase()) {
    from = letters.indexOf(letter, from) + 1;
    if (from === 0) return false;
  }
  return true;
}

const seeds: Seed[] = options.has('empty') ? [] : manySeeds(Number(options.get('rooms') ?? 0));
const rooms = new Map(seeds.map((seed) => [seed.id, { seed, row: rowOf(seed) }]));
const timelines = new Map<string, TimelineRow[]>();
const draftKey = (id: ConversationId) => `${id.roomId} ${id.thread ?? ''}`;
const drafts = new Map<string, Draft>([['!bauamt:musterstadt.de ', { text: 'Das Aktenzeichen lautet 63-2026/', mentions: [], replyTo: null, edits: null }]]);
const sources = new Map<number, ListSource<never>>();
const openTimelines = new Map<string, ListSource<TimelineRow>>();
const voice = new VoiceFixture(options.get('recording'));
let emit: (event: AppEvent) => void = () => {};
let settings: Settings = {
  language: (options.get('language') as Language | null) ?? null,
  theme: (options.get('theme') as Theme | null) ?? 'system',
  roomListWidth: null,
  emojiTone: 0,
  recentEmoji: ['👍', '✅', '🙏'],
  linkPreviews: options.has('previews'),
};

/** Every command may be told to fail. */
async function play(command: keyof Backend, ms?: number): Promise<void> {
  await delay(ms);
  if (options.get('fail') === command) throw chosenError('serverUnreachable');
}

function register<T>(source: ListSource<T>): number {
  sources.set(source.subscription, source as unknown as ListSource<never>);
  return source.subscription;
}

function roomsFor(query: RoomListQuery): RoomRow[] {
  return [...rooms.values()]
    .map((room) => room.row)
    .filter((row) => query.section === null || row.section === query.section)
    .filter((row) => query.filter === 'all' || (query.filter === 'unread' ? row.unread.messages > 0 || row.unread.marked : query.filter === 'people' ? row.kind === 'direct' : row.kind !== 'direct'))
    .filter((row) => matches(row.name, query.search));
}

function timelineOf(roomId: string): TimelineRow[] {
  let rows = timelines.get(roomId);
  if (!rows) timelines.set(roomId, (rows = conversation(rooms.get(roomId)!.seed, Number(options.get('messages') ?? 0))));
  return rows;
}

const openRooms = new Map<string, { details: RoomDetails; listeners: Set<(details: RoomDetails) => void> }>();

function showRoom(roomId: string, change: Partial<RoomDetails>): void {
  const room = openRooms.get(roomId);
  if (!room) return;
  room.details = { ...room.details, ...change };
  for (const listener of room.listeners) listener(room.details);
}

const openPins = new Map<ListSource<TimelineRow>, string>();
const pinnedOf = (roomId: string): readonly string[] => openRooms.get(roomId)?.details.pinned ?? [];

/** Pins and what was read, in rooms long enough that both lie before what is loaded at first. */
function marksOf(seed: Seed): Partial<RoomDetails> {
  if (seed.id === '!amtsleitung:musterstadt.de') return { pinned: ['$haushalt', '$gern'] };
  if (seed.id !== '!itbetrieb:musterstadt.de') return {};
  const ids = timelineOf(seed.id).flatMap((row) => (row.content.type === 'message' && row.content.eventId !== null ? [row.content.eventId] : []));
  return { pinned: [ids[4]!, ids[ids.length - 3]!], readUpTo: ids[2]!, unread: { messages: 57, notifications: 57, mentions: 0, marked: true } };
}

function focused(roomId: string, rows: TimelineRow[], focus: TimelineFocus): TimelineRow[] {
  const messages = (keep: (row: MessageRow) => boolean) => rows.filter((row) => row.content.type === 'message' && keep(row.content));
  switch (focus.type) {
    case 'live':
    case 'event':
      return rows;
    case 'thread':
      return [...messages((row) => row.eventId === focus.rootId), incoming('Das sehe ich auch so.'), incoming('Ich kümmere mich darum.')];
    case 'pinned':
      return messages((row) => row.eventId !== null && pinnedOf(roomId).includes(row.eventId));
    case 'files':
      return messages(({ content }) => {
        const kinds = content.type === 'attachment' ? [content.attachment.kind] : content.type === 'gallery' ? content.items.map((item) => item.kind) : [];
        return kinds.some((kind) => focus.kind === 'all' || (focus.kind === 'pictures' ? kind === 'image' || kind === 'video' : focus.kind === 'audio' ? kind === 'audio' || kind === 'voice' : kind === 'file'));
      });
    case 'polls':
      return messages((row) => row.content.type === 'poll');
  }
}

function messagesOf(roomId: string): MessageRow[] {
  const open = [...openTimelines].filter(([key]) => key.startsWith(`${roomId} `)).flatMap(([, source]) => [...source.rows]);
  return (open.length > 0 ? open : timelineOf(roomId)).flatMap((row) => (row.content.type === 'message' ? [row.content] : []));
}

const preview = (row: MessageRow) => ({ eventId: row.eventId ?? '', sender: row.sender, content: { type: 'text' as const, text: contentText(row.content) } });

function changeRow(conversation: ConversationId, rowId: string, change: (row: MessageRow) => MessageRow | null): void {
  const source = openTimelines.get(draftKey(conversation));
  const index = source?.rows.findIndex((row) => row.id === rowId) ?? -1;
  const content = source?.rows[index]?.content;
  if (!source || content?.type !== 'message') return;
  const next = change(content);
  source.change(next === null ? { type: 'remove', index } : { type: 'set', index, value: { id: rowId, content: { ...next, type: 'message' } } });
}

function changeMessage(roomId: string, eventId: string, change: (row: MessageRow) => MessageRow): void {
  for (const [key, source] of openTimelines) {
    const row = source.rows.find((other) => other.content.type === 'message' && other.content.eventId === eventId);
    const [room, thread] = key.split(' ');
    if (row && room === roomId) changeRow({ roomId, thread: thread || null }, row.id, change);
  }
}

function changePoll(roomId: string, eventId: string, change: (poll: Poll) => Poll): void {
  changeMessage(roomId, eventId, (row) => (row.content.type === 'poll' ? { ...row, content: { type: 'poll', poll: change(row.content.poll) } } : row));
}

/** A message of one's own, on its way and then there. */
function push(conversation: ConversationId, row: TimelineRow, more: Partial<MessageRow>): void {
  if (row.content.type !== 'message') return;
  const value: TimelineRow = { id: row.id, content: { ...row.content, ...more } };
  openTimelines.get(draftKey(conversation))?.change({ type: 'pushBack', value });
  void delay(700).then(() => changeRow(conversation, row.id, (content) => ({ ...content, eventId: `$sent-${row.id}`, sendState: null })));
}

let lastStaged = 0;
function staged(filename: string, mimeType: string, size: number): StagedFile {
  const image = mimeType.startsWith('image/');
  return {
    id: `staged${(lastStaged += 1)}`,
    filename,
    size,
    mimeType,
    kind: image ? 'image' : 'file',
    picture: image ? { full: 'plan', thumbnail: null, width: 800, height: 600, blurhash: null } : null,
    hasMetadata: image,
    problem: size > 100_000_000 ? { kind: 'tooLarge' } : null,
  };
}

function session(state: SessionState): void {
  emit({ type: 'session', state });
}

const backend: Backend = {
  async subscribeApp(onEvent) {
    emit = onEvent;
    await delay();
    if (options.has('live')) setInterval(() => openTimelines.get('!amtsleitung:musterstadt.de ')?.change({ type: 'pushBack', value: incoming('Noch eine Rückfrage dazu.') }), 4000);
    return {
      version: '0.1.0',
      session: firstSession(),
      connection: firstConnection(),
      settings,
      managed: options.has('managed') ? [{ key: 'homeserver', forced: true }, { key: 'theme', forced: true }, { key: 'url_previews', forced: true }, { key: 'language', forced: false }] : [],
      suggestedHomeserver: 'musterstadt.de',
      demo: options.get('demo') === 'no' ? null : { homeserver: 'localhost:8008', username: 'sabine', password: 'demo', displayName: 'Sabine Vogt' },
      secureStorage: 'keyring',
    };
  },
  windowReady: () => delay().then(() => {}),
  async updateSettings(next) {
    await play('updateSettings');
    settings = next;
    emit({ type: 'settings', settings });
  },

  async discoverServer(server) {
    await play('discoverServer', 120);
    if (!/[.:]/.test(server)) throw { kind: 'invalid', reason: 'serverNameInvalid' } satisfies WireError;
    if (server.includes('example')) throw { kind: 'notFound', reason: 'notMatrix' } satisfies WireError;
    return { name: server, homeserver: `https://matrix.${server}`, passwordSignIn: true, versions: ['v1.12'] };
  },
  async signIn(request) {
    await play('signIn', 200);
    if (request.password === 'falsch') throw { kind: 'forbidden', reason: 'wrongCredentials', detail: 'M_FORBIDDEN' } satisfies WireError;
    session({ type: 'signedIn', account });
  },
  async enterPassword(password) {
    await play('enterPassword', 200);
    if (password === 'falsch') throw { kind: 'forbidden', reason: 'wrongCredentials' } satisfies WireError;
    session({ type: 'signedIn', account });
  },
  async signOut() {
    await play('signOut');
    session({ type: 'signingOut' });
    await delay(500);
    session({ type: 'signedOut' });
  },
  async resolveStartup(remedy, passphrase) {
    await play('resolveStartup', 100);
    if (remedy === 'createKeyFile' && (passphrase?.length ?? 0) < 12) throw { kind: 'invalid', reason: 'passphraseTooShort' } satisfies WireError;
    session(remedy === 'setAside' ? { type: 'signedOut' } : { type: 'signedIn', account });
  },

  async subscribeRooms(query, onBatch) {
    await play('subscribeRooms');
    let found = roomsFor(query);
    const source = new ListSource<RoomRow>(found.slice(0, pageSize), onBatch);
    source.more = () => {
      const from = source.rows.length;
      source.change({ type: 'append', values: found.slice(from, from + pageSize) });
      return source.rows.length < found.length;
    };
    source.requery = (next: RoomListQuery) => {
      found = roomsFor(next);
      source.reset(found.slice(0, pageSize));
    };
    source.reset();
    return register(source);
  },
  async setRoomListQuery(subscription, query) {
    await play('setRoomListQuery', 2);
    sources.get(subscription)?.requery?.(query as never);
  },
  async subscribeTimeline(roomId, focus, onBatch) {
    await play('subscribeTimeline', 2);
    const all = focused(roomId, timelineOf(roomId), focus);
    const target = focus.type === 'event' ? all.findIndex((row) => row.content.type === 'message' && row.content.eventId === focus.eventId) : -1;
    if (focus.type === 'event' && target < 0) throw { kind: 'notFound' } satisfies WireError;
    let from = Math.max(0, target >= 0 ? target - 20 : all.length > 1000 ? 0 : all.length - pageSize);
    let to = target >= 0 ? Math.min(all.length, target + 20) : all.length;
    const source = new ListSource<TimelineRow>(all.slice(from, to), onBatch);
    let pages = 0;
    source.more = (direction) => {
      const seed = rooms.get(roomId)!.seed;
      if (direction === 'newer') {
        const newer = all.slice(to, to + 30);
        to += newer.length;
        source.change({ type: 'append', values: newer });
        return to < all.length;
      }
      if (from > 0) {
        const older = all.slice(Math.max(0, from - 30), from);
        from -= older.length;
        source.change(...older.reverse().map((value) => ({ type: 'pushFront' as const, value })));
        return true;
      }
      if (focus.type !== 'live' || seed.kind === 'direct' || all[0]?.content.type === 'beginning' || all.length === 0 || pages >= 6) return false;
      pages += 1;
      const before = now - (2 + pages * 2) * 86_400_000;
      const older = olderMessages(40, before);
      all.unshift(...older);
      source.change(...older.toReversed().map((value) => ({ type: 'pushFront' as const, value })));
      return true;
    };
    if (focus.type === 'pinned') openPins.set(source, roomId);
    const key = focus.type === 'thread' ? `${roomId} ${focus.rootId}` : `${roomId} `;
    if (focus.type === 'live' || focus.type === 'thread') openTimelines.set(key, source);
    source.onClose = () => openTimelines.get(key) === source && openTimelines.delete(key);
    source.reset();
    return register(source);
  },
  async subscribeThreads(roomId, onBatch) {
    await play('subscribeThreads', 40);
    const threads = messagesOf(roomId)
      .filter((row) => row.thread !== null)
      .map((row): ThreadRow => ({ root: preview(row), timestampMs: row.timestampMs, replies: row.thread!.replies, latest: row.thread!.latest, unread: { messages: 2, notifications: 2, mentions: 0, marked: false }, followed: true }));
    const source = new ListSource<ThreadRow>(threads, onBatch);
    source.reset();
    return register(source);
  },
  async subscribeMembers(roomId, onBatch) {
    await play('subscribeMembers', 60);
    const members = membersOf(rooms.get(roomId)!.seed);
    const source = new ListSource(members.slice(0, 100), onBatch);
    source.more = () => {
      const from = source.rows.length;
      source.change({ type: 'append', values: members.slice(from, from + 100) });
      return source.rows.length < members.length;
    };
    source.reset();
    return register(source);
  },
  async acknowledge(subscription, seq) {
    const source = sources.get(subscription);
    if (source) source.acknowledged = seq;
  },
  async resync(subscription) {
    sources.get(subscription)?.reset();
  },
  async loadMore(subscription, direction) {
    await play('loadMore', 150);
    return sources.get(subscription)?.more?.(direction) ? 'more' : 'end';
  },
  async unsubscribe(subscription) {
    sources.get(subscription)?.onClose();
    sources.delete(subscription);
  },

  async subscribeRoom(roomId, onDetails) {
    await play('subscribeRoom', 2);
    const room = rooms.get(roomId);
    if (!room) throw { kind: 'notFound', reason: 'notInRoom' } satisfies WireError;
    const open = openRooms.get(roomId) ?? { details: { ...detailsOf(room.seed), ...marksOf(room.seed) }, listeners: new Set<(details: RoomDetails) => void>() };
    openRooms.set(roomId, open);
    open.listeners.add(onDetails);
    onDetails(open.details);
    const source = new ListSource<never>([], () => {});
    source.onClose = () => void open.listeners.delete(onDetails);
    return register(source);
  },
  setVisibleRooms: async () => {},
  markRead: async () => {},
  setUnread: () => play('setUnread'),
  setTyping: async () => {},
  async eventAtDate(roomId, timestampMs) {
    await play('eventAtDate', 60);
    return messagesOf(roomId).find((row) => row.timestampMs >= timestampMs)?.eventId ?? null;
  },
  setThreadFollowed: () => play('setThreadFollowed'),
  acceptInvitation: () => play('acceptInvitation', 200),
  declineInvitation: () => play('declineInvitation', 200),

  async sendMessage(conversation, _requestId, message) {
    await play('sendMessage', 4);
    if (new TextEncoder().encode(message.text).length > 60_000) throw { kind: 'tooLarge', reason: 'messageTooLong' } satisfies WireError;
    if (message.edits !== null) {
      changeMessage(conversation.roomId, message.edits, (row) => ({ ...row, edited: true, content: { type: 'text', blocks: message.text.split('\n').map((line) => paragraph(line)) } }));
      return;
    }
    const answered = messagesOf(conversation.roomId).find((row) => message.replyTo !== null && row.eventId === message.replyTo);
    push(conversation, echo(message.text), answered ? { replyTo: preview(answered) } : {});
  },
  async sendTextAsFile(conversation, _requestId, filename, text) {
    await play('sendTextAsFile', 20);
    push(conversation, echo(''), { content: { type: 'attachment', attachment: { kind: 'file', filename, mimeType: 'text/plain', size: text.length, durationMs: null, file: 'file-token', picture: null, waveform: [] }, caption: null } });
  },
  async sendLocation(conversation, _requestId, place) {
    await play('sendLocation', 4);
    push(conversation, echo(''), { content: { type: 'location', text: place.description, geoUri: `geo:${place.latitude},${place.longitude}` } });
  },
  previewText: async (message) => message.text.split('\n\n').map((part) => paragraph(part)),
  async suggestMembers(roomId, query) {
    await play('suggestMembers', 4);
    return membersOf(rooms.get(roomId)!.seed).filter((member) => matches(member.name, query)).slice(0, 20);
  },
  async suggestRooms(query) {
    await play('suggestRooms', 4);
    return [...rooms.values()].filter(({ row }) => row.kind !== 'direct' && matches(row.name, query)).slice(0, 20).map(({ row }) => ({ room: row.id, name: row.name, avatar: row.avatar }));
  },
  async retrySend(conversation, rowId) {
    await play('retrySend');
    changeRow(conversation, rowId, (row) => ({ ...row, sendState: { type: 'sending', progress: null } }));
  },
  async cancelSend(conversation, rowId) {
    await play('cancelSend');
    changeRow(conversation, rowId, () => null);
  },
  async undoSend(conversation, rowId) {
    await play('undoSend');
    const row = openTimelines.get(draftKey(conversation))?.rows.find((other) => other.id === rowId);
    const text = row?.content.type === 'message' ? contentText(row.content.content) : '';
    changeRow(conversation, rowId, () => null);
    return { text, mentions: [], replyTo: null, edits: null };
  },
  async loadDraft(conversation) {
    await play('loadDraft', 4);
    return drafts.get(draftKey(conversation)) ?? null;
  },
  async saveDraft(conversation, draft) {
    await play('saveDraft', 2);
    if (draft) drafts.set(draftKey(conversation), draft);
    else drafts.delete(draftKey(conversation));
  },

  async messageSource(roomId, eventId) {
    await play('messageSource', 8);
    const row = messagesOf(roomId).find((other) => other.eventId === eventId);
    return { text: row ? contentText(row.content) : '', mentions: [], replyTo: null, edits: null };
  },
  async messageDetails(roomId, eventId) {
    await play('messageDetails', 20);
    const row = messagesOf(roomId).find((other) => other.eventId === eventId);
    return {
      readers: [keller, yilmaz, brandt].map((person, index) => ({ person, timestampMs: now - index * 600_000 })),
      reactions: (row?.reactions ?? []).map((reaction) => ({ key: reaction.key, people: [self, keller, yilmaz].slice(0, reaction.count) })),
    };
  },
  async editHistory(roomId, eventId) {
    await play('editHistory', 20);
    const row = messagesOf(roomId).find((other) => other.eventId === eventId);
    const timestampMs = row?.timestampMs ?? now;
    return [
      { timestampMs, blocks: [paragraph('Das war die erste Fassung.')] },
      { timestampMs: timestampMs + 120_000, blocks: row?.content.type === 'text' ? row.content.blocks : [] },
    ];
  },
  async toggleReaction(conversation, eventId, key) {
    await play('toggleReaction', 4);
    changeMessage(conversation.roomId, eventId, (row) => {
      const known = row.reactions.find((reaction) => reaction.key === key);
      const others = row.reactions.filter((reaction) => reaction !== known);
      if (!known) return { ...row, reactions: [...others, { key, count: 1, own: true, names: [self.name] }] };
      const count = known.count + (known.own ? -1 : 1);
      return { ...row, reactions: count === 0 ? others : row.reactions.map((reaction) => (reaction === known ? { ...known, own: !known.own, count } : reaction)) };
    });
  },
  async redactMessage(roomId, eventId) {
    await play('redactMessage');
    changeMessage(roomId, eventId, (row) => ({ ...row, content: { type: 'redacted' }, reactions: [] }));
  },
  reportMessage: () => play('reportMessage', 100),
  async setPinned(roomId, eventId, pinned) {
    await play('setPinned');
    const others = pinnedOf(roomId).filter((id) => id !== eventId);
    showRoom(roomId, { pinned: pinned ? [...others, eventId] : others });
    for (const [source, room] of openPins) if (room === roomId) source.reset(focused(roomId, timelineOf(roomId), { type: 'pinned' }));
  },
  forwardMessages: () => play('forwardMessages', 30),
  permalink: async (roomId, eventId) => `https://matrix.to/#/${roomId}/${eventId}?via=musterstadt.de`,

  async sendPoll(conversation, _requestId, poll) {
    await play('sendPoll', 8);
    push(conversation, echo(''), { editable: true, content: { type: 'poll', poll: { question: poll.question, open: poll.open, maxSelections: poll.maxSelections, voters: 0, ended: false, edited: false, answers: poll.answers.map((text, index) => ({ id: `${index}`, text, votes: poll.open ? 0 : null, own: false })) } } });
  },
  async editPoll(conversation, eventId, poll) {
    await play('editPoll', 8);
    changePoll(conversation.roomId, eventId, (old) => ({ ...old, question: poll.question, open: poll.open, maxSelections: poll.maxSelections, edited: true, answers: poll.answers.map((text, index) => ({ id: `${index}`, text, votes: poll.open ? 0 : null, own: false })) }));
  },
  async vote(conversation, eventId, answers) {
    await play('vote', 80);
    changePoll(conversation.roomId, eventId, (poll) => {
      const voted = poll.answers.some((answer) => answer.own);
      const next = poll.answers.map((answer) => {
        const own = answers.includes(answer.id);
        return { ...answer, own, votes: answer.votes === null ? null : answer.votes - (answer.own ? 1 : 0) + (own ? 1 : 0) };
      });
      return { ...poll, answers: next, voters: poll.voters - (voted ? 1 : 0) + (answers.length > 0 ? 1 : 0) };
    });
  },
  async endPoll(conversation, eventId) {
    await play('endPoll', 20);
    changePoll(conversation.roomId, eventId, (poll) => ({ ...poll, ended: true, answers: poll.answers.map((answer, index) => ({ ...answer, votes: answer.votes ?? index + 1 })) }));
  },
  async pollVotes(roomId, eventId) {
    await play('pollVotes', 30);
    const content = messagesOf(roomId).find((row) => row.eventId === eventId)?.content;
    const members = membersOf(rooms.get(roomId)!.seed).map((member) => ({ id: member.id, name: member.name, nameAmbiguous: member.nameAmbiguous, avatar: member.avatar }));
    if (content?.type !== 'poll' || (!content.poll.open && !content.poll.ended)) return { answers: [], missing: [], members: members.length };
    let next = 0;
    const answers = content.poll.answers.map((answer) => ({ id: answer.id, voters: members.slice(next, (next += answer.votes ?? 0)) }));
    return { answers, missing: members.slice(next), members: members.length };
  },

  async pickFiles() {
    await play('pickFiles', 60);
    return [staged('Lageplan.png', 'image/png', 1_284_133), staged('Niederschrift.pdf', 'application/pdf', 482_133)];
  },
  async stageFile(filename, mimeType, content) {
    await play('stageFile', 20);
    return staged(filename, mimeType, content.byteLength);
  },
  discardStaged: async () => {},
  async sendFiles(conversation, _requestId, files) {
    await play('sendFiles', 20);
    files.files.forEach((_id, index) =>
      push(conversation, echo(''), { content: { type: 'attachment', attachment: { kind: 'file', filename: `Datei ${index + 1}.pdf`, mimeType: 'application/pdf', size: 482_133, durationMs: null, file: 'file-token', picture: null, waveform: [] }, caption: index === 0 && files.caption.text ? [paragraph(files.caption.text)] : null } }),
    );
  },
  async openFile(_token, filename, confirmed) {
    await play('openFile', 60);
    return !confirmed && /\.(exe|bat|sh|jar|msi|js)$/i.test(filename) ? 'confirm' : 'opened';
  },
  fileText: async () => ({ text: 'Erste Zeile\nZweite Zeile\n', truncated: false }),
  async saveText(filename) {
    await play('saveText', 60);
    return `/home/vogt/Downloads/${filename}`;
  },

  async startRecording(conversation, onEvent) {
    await play('startRecording', 20);
    voice.start(draftKey(conversation), onEvent);
  },
  async stopRecording(conversation) {
    await play('stopRecording', 20);
    return voice.stop(draftKey(conversation));
  },
  keptRecording: async (conversation) => voice.kept(draftKey(conversation)),
  discardRecording: async (conversation) => voice.discard(draftKey(conversation)),
  async sendRecording(conversation, _requestId, filename) {
    await play('sendRecording', 20);
    const kept = voice.kept(draftKey(conversation));
    voice.discard(draftKey(conversation));
    if (kept) push(conversation, echo(''), { content: { type: 'attachment', attachment: { ...kept.attachment, filename }, caption: null } });
  },

  mediaUrl: (token) => recording(token) ?? picture(token),
  async saveFile(_token, filename) {
    await play('saveFile', 200);
    return `/home/vogt/Downloads/${filename}`;
  },
  async openLink(target, _shown, confirmed) {
    await play('openLink');
    if (target.startsWith('matrix:')) return { type: 'room', roomId: '!itbetrieb:musterstadt.de', eventId: null };
    return confirmed || !target.includes('example') ? { type: 'opened' } : { type: 'confirm', target, host: new URL(target).host };
  },
  async linkPreview(_roomId, target, confirmed) {
    await play('linkPreview', 40);
    if (options.get('previews') === 'ask' && !confirmed) return { type: 'confirm' };
    const card = cardOf(target);
    return card ? { type: 'card', card } : { type: 'nothing' };
  },
};

if (options.has('drop')) setTimeout(() => emit({ type: 'filesDropped', files: [staged('Übersichtskarte der Baustelle Lindenstraße, Stand November.png', 'image/png', 2_384_133), staged('Aufzeichnung.mp4', 'video/mp4', 340_000_000)] }), 1500);
if (options.has('problem')) setTimeout(() => emit({ type: 'problem', error: chosenError('diskFull') }), 200);

export default backend;
