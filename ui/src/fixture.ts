// A core made of thin air, for looking at screens and for tests. Never part of a release.
//
// The address chooses what it plays:
//   ?session=signedOut|signedIn|starting|passwordNeeded|blocked|signingOut   &error=<reason or kind>
//   &connection=online|connecting|catchingUp|offline   &rooms=5000   &messages=10000
//   &language=de|en|fr   &theme=system|light|dark|highContrast   &empty   &managed   &live   &fail=<command>

import type { Backend } from './backend';
import { conversation, echo, incoming, olderMessages } from './fixture/messages';
import { ListSource } from './fixture/list-source';
import { picture } from './fixture/pictures';
import { detailsOf, manySeeds, me, membersOf, now, rowOf, type Seed } from './fixture/rooms';
import type {
  Account,
  AppEvent,
  ConnectionState,
  ErrorKind,
  ErrorReason,
  Language,
  RoomListQuery,
  RoomRow,
  SessionState,
  Settings,
  Theme,
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
const drafts = new Map<string, string>([['!bauamt:musterstadt.de', 'Das Aktenzeichen lautet 63-2026/']]);
const sources = new Map<number, ListSource<never>>();
const openTimelines = new Map<string, ListSource<TimelineRow>>();
let emit: (event: AppEvent) => void = () => {};
let settings: Settings = {
  language: (options.get('language') as Language | null) ?? null,
  theme: (options.get('theme') as Theme | null) ?? 'system',
  roomListWidth: null,
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

function session(state: SessionState): void {
  emit({ type: 'session', state });
}

const backend: Backend = {
  async subscribeApp(onEvent) {
    emit = onEvent;
    await delay();
    if (options.has('live')) setInterval(() => openTimelines.get('!amtsleitung:musterstadt.de')?.change({ type: 'pushBack', value: incoming('Noch eine Rückfrage dazu.') }), 4000);
    return {
      version: '0.1.0',
      session: firstSession(),
      connection: firstConnection(),
      settings,
      managed: options.has('managed') ? [{ key: 'homeserver', forced: true }, { key: 'theme', forced: true }, { key: 'language', forced: false }] : [],
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
  async subscribeTimeline(roomId, onBatch) {
    await play('subscribeTimeline', 2);
    const all = timelineOf(roomId);
    const source = new ListSource<TimelineRow>(all.length > 1000 ? all : all.slice(-pageSize), onBatch);
    let pages = 0;
    source.more = () => {
      const seed = rooms.get(roomId)!.seed;
      if (seed.kind === 'direct' || all.length === 0 || pages >= 6) return false;
      pages += 1;
      const before = now - (2 + pages * 2) * 86_400_000;
      const older = olderMessages(40, before);
      source.change(...older.reverse().map((value) => ({ type: 'pushFront' as const, value })));
      return true;
    };
    openTimelines.set(roomId, source);
    source.onClose = () => openTimelines.get(roomId) === source && openTimelines.delete(roomId);
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
  async loadMore(subscription) {
    await play('loadMore', 150);
    return sources.get(subscription)?.more?.() ? 'more' : 'end';
  },
  async unsubscribe(subscription) {
    sources.get(subscription)?.onClose();
    sources.delete(subscription);
  },

  async subscribeRoom(roomId, onDetails) {
    await play('subscribeRoom', 2);
    const room = rooms.get(roomId);
    if (!room) throw { kind: 'notFound', reason: 'notInRoom' } satisfies WireError;
    onDetails(detailsOf(room.seed));
    return register(new ListSource<never>([], () => {}));
  },
  setVisibleRooms: async () => {},
  markRead: async () => {},
  acceptInvitation: () => play('acceptInvitation', 200),
  declineInvitation: () => play('declineInvitation', 200),

  async sendText(roomId, _requestId, body) {
    await play('sendText', 4);
    if (new TextEncoder().encode(body).length > 60_000) throw { kind: 'tooLarge', reason: 'messageTooLong' } satisfies WireError;
    const source = openTimelines.get(roomId);
    const row = echo(body);
    source?.change({ type: 'pushBack', value: row });
    void delay(700).then(() => {
      const index = source?.rows.findIndex((other) => other.id === row.id) ?? -1;
      if (index >= 0 && row.content.type === 'message') source?.change({ type: 'set', index, value: { id: row.id, content: { ...row.content, eventId: `$sent-${row.id}`, sendState: null } } });
    });
  },
  async retrySend(roomId, rowId) {
    await play('retrySend');
    const source = openTimelines.get(roomId);
    const index = source?.rows.findIndex((row) => row.id === rowId) ?? -1;
    const content = source?.rows[index]?.content;
    if (content?.type === 'message') source?.change({ type: 'set', index, value: { id: rowId, content: { ...content, sendState: { type: 'sending' } } } });
  },
  async cancelSend(roomId, rowId) {
    await play('cancelSend');
    const source = openTimelines.get(roomId);
    const index = source?.rows.findIndex((row) => row.id === rowId) ?? -1;
    if (index >= 0) source?.change({ type: 'remove', index });
  },
  async loadDraft(roomId) {
    await play('loadDraft', 4);
    return drafts.get(roomId) ?? null;
  },
  async saveDraft(roomId, body) {
    await play('saveDraft', 2);
    if (body) drafts.set(roomId, body);
    else drafts.delete(roomId);
  },
  async vote(roomId, eventId, answers) {
    await play('vote', 80);
    const source = openTimelines.get(roomId);
    const index = source?.rows.findIndex((row) => row.content.type === 'message' && row.content.eventId === eventId) ?? -1;
    const row = source?.rows[index];
    if (row?.content.type !== 'message' || row.content.content.type !== 'poll') return;
    const poll = row.content.content.poll;
    const voted = poll.answers.some((answer) => answer.own);
    const next = poll.answers.map((answer) => {
      const own = answers.includes(answer.id);
      return { ...answer, own, votes: answer.votes === null ? null : answer.votes - (answer.own ? 1 : 0) + (own ? 1 : 0) };
    });
    const voters = poll.voters - (voted ? 1 : 0) + (answers.length > 0 ? 1 : 0);
    source?.change({ type: 'set', index, value: { id: row.id, content: { ...row.content, content: { type: 'poll', poll: { ...poll, answers: next, voters } } } } });
  },

  mediaUrl: picture,
  async saveFile(_token, filename) {
    await play('saveFile', 200);
    return `/home/vogt/Downloads/${filename}`;
  },
  async openLink(target, confirmed) {
    await play('openLink');
    if (target.startsWith('matrix:')) return { type: 'room', roomId: '!itbetrieb:musterstadt.de' };
    return confirmed || !target.includes('example') ? { type: 'opened' } : { type: 'confirm', target, host: new URL(target).host };
  },
};

if (options.has('problem')) setTimeout(() => emit({ type: 'problem', error: chosenError('diskFull') }), 200);

export default backend;
