// The sign-in form: what is typed, what discovery says about the server, what went wrong.

import type { Backend } from '../backend';
import type { DemoAccount, ErrorReason, ServerInfo, WireError } from '../protocol';

export type Field = 'server' | 'username' | 'password';

const fieldOfReason: Partial<Record<ErrorReason, Field>> = {
  serverUnknown: 'server',
  serverUnreachable: 'server',
  notMatrix: 'server',
  noSlidingSync: 'server',
  noPasswordSignIn: 'server',
  certificateExpired: 'server',
  certificateInvalid: 'server',
  serverError: 'server',
  serverNameInvalid: 'server',
  serverNotAllowed: 'server',
  wrongCredentials: 'password',
  accountDeactivated: 'username',
};

export class SignInForm {
  server = $state('');
  username = $state('');
  password = $state('');
  busy = $state(false);
  checking = $state(false);
  found = $state.raw<ServerInfo | null>(null);
  error = $state.raw<WireError | null>(null);
  missing = $state.raw<Field | null>(null);

  readonly #backend: Pick<Backend, 'discoverServer' | 'signIn'>;
  #asked = '';

  constructor(backend: Pick<Backend, 'discoverServer' | 'signIn'>, server: string) {
    this.#backend = backend;
    this.server = server;
  }

  /** The field that the error is about. */
  get wrongField(): Field | null {
    return this.missing ?? (this.error?.reason ? (fieldOfReason[this.error.reason] ?? null) : null);
  }

  fill(demo: DemoAccount): void {
    this.server = demo.homeserver;
    this.username = demo.username;
    this.password = demo.password;
    this.error = null;
    this.missing = null;
  }

  /** Typing ends the complaint about what was there before. */
  edited(field: Field): void {
    if (this.wrongField === field) {
      this.error = null;
      this.missing = null;
    }
    if (field === 'server') this.found = null;
  }

  async discover(): Promise<void> {
    const server = this.server.trim();
    if (server === '' || (server === this.#asked && (this.found || this.error))) return;
    this.#asked = server;
    this.checking = true;
    this.found = null;
    try {
      const info = await this.#backend.discoverServer(server);
      if (this.#asked !== server) return;
      this.found = info;
      this.error = info.passwordSignIn ? null : { kind: 'unsupported', reason: 'noPasswordSignIn' };
    } catch (error) {
      if (this.#asked === server) this.error = error as WireError;
    } finally {
      if (this.#asked === server) this.checking = false;
    }
  }

  /** Resolves to the field to go to, where something is missing or wrong. */
  async submit(): Promise<Field | null> {
    if (this.busy) return null;
    this.error = null;
    this.missing = !this.server.trim() ? 'server' : !this.username.trim() ? 'username' : !this.password ? 'password' : null;
    if (this.missing) return this.missing;
    this.busy = true;
    try {
      await this.#backend.signIn({ homeserver: this.server.trim(), username: this.username.trim(), password: this.password });
      return null;
    } catch (error) {
      this.error = error as WireError;
      return this.wrongField ?? 'password';
    } finally {
      this.busy = false;
    }
  }
}
