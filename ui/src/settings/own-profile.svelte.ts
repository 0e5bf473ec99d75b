// What a person changes of their own name and picture, and what the server lets them change.

import type { Backend } from '../backend';
import type { ErrorKind, ProfilePermissions, StagedFile, WireError } from '../protocol';

export const longestName = 100;

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** As people count them: a letter with its accents is one, and so is an emoji of several people. */
export const countCharacters = (text: string): number => [...characters.segment(text)].length;

type Change = 'name' | 'picture' | 'removal';

/** Trying again with the same picture changes nothing. */
const lasting: readonly ErrorKind[] = ['invalid', 'forbidden', 'notFound', 'tooLarge', 'unsupported'];

export class OwnProfile {
  /** Nothing until the server was asked. */
  permissions = $state.raw<ProfilePermissions | null>(null);
  /** Why it could not be asked. */
  unknown = $state.raw<WireError | null>(null);

  /** The name while it is changed. */
  typed = $state<string | null>(null);
  /** The picture that was chosen, until it is saved. */
  chosen = $state.raw<StagedFile | null>(null);

  doing = $state<Change | null>(null);
  done = $state<Change | null>(null);
  failed = $state.raw<{ change: Change; error: WireError } | null>(null);

  readonly tooLong = $derived(this.typed !== null && countCharacters(this.typed.trim()) > longestName);

  #picking = false;

  constructor(private readonly backend: Backend) {}

  async ask(): Promise<void> {
    try {
      this.permissions = await this.backend.profilePermissions();
      this.unknown = null;
    } catch (error) {
      this.unknown = error as WireError;
    }
  }

  /** Whether it was saved. */
  async saveName(): Promise<boolean> {
    const name = this.typed;
    if (name === null || this.tooLong || !(await this.#change('name', () => this.backend.setDisplayName(name)))) return false;
    this.typed = null;
    return true;
  }

  leaveName(): void {
    this.typed = null;
    this.#forget();
  }

  async choosePicture(): Promise<void> {
    if (this.#picking || this.doing) return;
    this.#picking = true;
    try {
      const file = await this.backend.pickPicture();
      if (file) this.#choose(file);
    } catch (error) {
      this.#forget();
      this.failed = { change: 'picture', error: error as WireError };
      return;
    } finally {
      this.#picking = false;
    }
    await this.savePicture();
  }

  async savePicture(): Promise<void> {
    const file = this.chosen;
    if (!file || this.doing) return;
    await this.#change('picture', () => this.backend.setPicture(file.id));
    if (!this.failed || lasting.includes(this.failed.error.kind)) this.#choose(null);
  }

  async removePicture(): Promise<void> {
    if (this.doing) return;
    this.#choose(null);
    await this.#change('removal', () => this.backend.setPicture(null));
  }

  /** What was chosen and not saved is wanted no more. */
  discardPicture(): void {
    this.#choose(null);
    this.#forget();
  }

  #choose(file: StagedFile | null): void {
    if (this.chosen) void this.backend.discardStaged([this.chosen.id]);
    this.chosen = file;
  }

  #forget(): void {
    this.failed = null;
    this.done = null;
  }

  async #change(change: Change, make: () => Promise<void>): Promise<boolean> {
    if (this.doing) return false;
    this.#forget();
    this.doing = change;
    try {
      await make();
      this.done = change;
    } catch (error) {
      this.failed = { change, error: error as WireError };
    } finally {
      this.doing = null;
    }
    return this.done === change;
  }
}
