// The application as a whole: which session state holds, how the connection stands, what was set,
// and what went wrong without being asked.

import type { Backend } from '../backend';
import type {
  AppEvent,
  ConnectionState,
  DemoAccount,
  ManagedSetting,
  SecureStorage,
  SessionState,
  Settings,
  StagedFile,
  UnsentEdit,
  WireError,
} from '../protocol';
import { EverythingUnsent } from '../conversation/unsent.svelte';
import { setLanguage } from './locale.svelte';

interface Problem {
  id: number;
  error: WireError;
  /** Whose words would be lost without the notice. */
  edit?: UnsentEdit;
}

/** Problems shown at once; older ones make room, unless they hold words. */
const maxProblems = 3;

export class App {
  session = $state.raw<SessionState>({ type: 'starting' });
  connection = $state.raw<ConnectionState>({ type: 'connecting' });
  settings = $state.raw<Settings>({ language: null, theme: 'system', roomListWidth: null, roomListFolded: false, emojiTone: 0, recentEmoji: [], linkPreviews: false, singleKeyShortcuts: true });
  managed = $state.raw<readonly ManagedSetting[]>([]);
  version = $state('');
  suggestedHomeserver = $state<string | null>(null);
  demo = $state.raw<DemoAccount | null>(null);
  secureStorage = $state.raw<SecureStorage | null>(null);
  problems = $state.raw<readonly Problem[]>([]);
  /** The room that a notification or a link asked for, until a screen takes it. */
  requestedRoom = $state.raw<{ roomId: string; eventId: string | null } | null>(null);

  /** The problem whose edit is wanted back, until a composer takes it. */
  resumedEdit = $state.raw<Required<Problem> | null>(null);

  /** Files that were dropped onto the window, until a composer takes them. */
  dropped = $state.raw<readonly StagedFile[] | null>(null);

  readonly unsent: EverythingUnsent;

  #lastProblem = 0;

  constructor(readonly backend: Backend) {
    this.unsent = new EverythingUnsent(backend);
  }

  async start(): Promise<void> {
    try {
      // Events that overtake the snapshot are newer than it.
      let early: AppEvent[] | null = [];
      const snapshot = await this.backend.subscribeApp((event) => {
        if (early) early.push(event);
        else this.#handle(event);
      });
      this.version = snapshot.version;
      this.connection = snapshot.connection;
      this.managed = snapshot.managed;
      this.suggestedHomeserver = snapshot.suggestedHomeserver;
      this.demo = snapshot.demo;
      this.secureStorage = snapshot.secureStorage;
      this.#apply(snapshot.settings);
      this.session = snapshot.session;
      const waiting = early;
      early = null;
      waiting.forEach((event) => this.#handle(event));
    } catch (error) {
      this.session = { type: 'blocked', error: error as WireError, remedies: ['retry'] };
    }
  }

  /** Shows the change at once and takes it back when it cannot be stored. */
  async updateSettings(change: Partial<Settings>): Promise<void> {
    const before = this.settings;
    const next = { ...before, ...change };
    this.#apply(next);
    try {
      await this.backend.updateSettings(next);
    } catch (error) {
      this.#apply(before);
      this.report(error);
    }
  }

  isManaged(key: string): boolean {
    return this.managed.some((setting) => setting.key === key && setting.forced);
  }

  /** Tells the person about a failure that belongs to no form. */
  report(error: unknown): void {
    this.#tell({ id: ++this.#lastProblem, error: error as WireError });
  }

  dismiss(id: number): void {
    this.problems = this.problems.filter((problem) => problem.id !== id);
    if (this.resumedEdit?.id === id) this.resumedEdit = null;
  }

  #tell(problem: Problem): void {
    const passing = this.problems.filter((other) => !other.edit).slice(1 - maxProblems);
    this.problems = [...this.problems.filter((other) => other.edit || passing.includes(other)), problem];
  }

  /** Runs a command whose failure is worth a notice. */
  async attempt<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      if ((error as WireError).kind !== 'cancelled') this.report(error);
      return undefined;
    }
  }

  /** Runs a command that answers nothing; whether it worked. */
  async succeeds(work: Promise<void>): Promise<boolean> {
    try {
      await work;
      return true;
    } catch (error) {
      if ((error as WireError).kind !== 'cancelled') this.report(error);
      return false;
    }
  }

  #apply(settings: Settings): void {
    this.settings = settings;
    setLanguage(settings.language);
    document.documentElement.dataset['theme'] = settings.theme;
  }

  #handle(event: AppEvent): void {
    switch (event.type) {
      case 'session':
        this.session = event.state;
        if (event.state.type === 'signedIn') this.unsent.resume();
        else if (event.state.type === 'signedOut') this.unsent.close();
        else this.unsent.pause();
        break;
      case 'connection':
        this.connection = event.state;
        break;
      case 'secureStorage':
        this.secureStorage = event.storage;
        break;
      case 'settings':
        this.#apply(event.settings);
        break;
      case 'openRoom':
        this.requestedRoom = { roomId: event.roomId, eventId: event.eventId };
        break;
      case 'filesDropped':
        this.dropped = event.files;
        break;
      case 'problem':
        this.report(event.error);
        break;
      case 'editRefused':
        this.#tell({ id: ++this.#lastProblem, error: event.error, edit: event.edit });
        break;
    }
  }
}
