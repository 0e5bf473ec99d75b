// Every failure in the reader's language: what happened and what to do.

import { m } from '../paraglide/messages';
import { inTime } from './format';
import type { ErrorKind, ErrorReason, WireError } from '../protocol';

type Word = () => string;

export const kinds: Record<ErrorKind, Word> = {
  offline: () => m.error_offline(),
  timeout: () => m.error_timeout(),
  rateLimited: () => m.error_rate_limited(),
  signedOut: () => m.error_signed_out(),
  forbidden: () => m.error_forbidden(),
  notFound: () => m.error_not_found(),
  needsVerification: () => m.error_needs_verification(),
  identityChanged: () => m.error_identity_changed(),
  insecureDevices: () => m.error_insecure_devices(),
  tooLarge: () => m.error_too_large(),
  unsupported: () => m.error_unsupported(),
  policyForbids: () => m.error_policy_forbids(),
  storage: () => m.error_storage(),
  invalid: () => m.error_invalid(),
  cancelled: () => m.error_cancelled(),
  internal: () => m.error_internal(),
};

export const reasons: Record<ErrorReason, Word> = {
  wrongCredentials: () => m.error_wrong_credentials(),
  accountDeactivated: () => m.error_account_deactivated(),
  serverUnknown: () => m.error_server_unknown(),
  serverUnreachable: () => m.error_server_unreachable(),
  notMatrix: () => m.error_not_matrix(),
  noSlidingSync: () => m.error_no_sliding_sync(),
  noPasswordSignIn: () => m.error_no_password_sign_in(),
  certificateExpired: () => m.error_certificate_expired(),
  certificateInvalid: () => m.error_certificate_invalid(),
  serverError: () => m.error_server_error(),
  serverNameInvalid: () => m.error_server_name_invalid(),
  keyringMissing: () => m.error_keyring_missing(),
  keyringNeeded: () => m.error_keyring_needed(),
  keyringFailed: () => m.error_keyring_failed(),
  keyringLocked: () => m.error_keyring_locked(),
  keyMissing: () => m.error_key_missing(),
  wrongPassphrase: () => m.error_wrong_passphrase(),
  passphraseNeeded: () => m.error_passphrase_needed(),
  passphraseTooShort: () => m.error_passphrase_too_short(),
  storeUnreadable: () => m.error_store_unreadable(),
  sessionMissing: () => m.error_session_missing(),
  deviceRemoved: () => m.error_device_removed(),
  alreadySignedIn: () => m.error_already_signed_in(),
  storeNewer: () => m.error_store_newer(),
  diskFull: () => m.error_disk_full(),
  profileInUse: () => m.error_profile_in_use(),
  notWritable: () => m.error_not_writable(),
  messageTooLong: () => m.error_message_too_long(),
  fileTooLarge: () => m.error_file_too_large(),
  tooLittleMemory: () => m.error_too_little_memory(),
  changeRefused: () => m.error_change_refused(),
  pollEnded: () => m.error_poll_ended(),
  pollHasVotes: () => m.error_poll_has_votes(),
  forwardRefused: () => m.error_forward_refused(),
  linkRefused: () => m.error_link_refused(),
  notInRoom: () => m.error_not_in_room(),
  noChat: () => m.error_no_chat(),
  deviceStays: () => m.error_device_stays(),
  hashMismatch: () => m.error_hash_mismatch(),
  fileGone: () => m.error_file_gone(),
  localFileGone: () => m.error_local_file_gone(),
  fileUnreadable: () => m.error_file_unreadable(),
  notAFile: () => m.error_not_a_file(),
  notAPicture: () => m.error_not_a_picture(),
  nameTooLong: () => m.error_name_too_long(),
  profileManaged: () => m.error_profile_managed(),
  tooManyFiles: () => m.error_too_many_files(),
  tooManyForwarded: () => m.error_too_many_forwarded(),
  messageDeleted: () => m.error_message_deleted(),
  messageRefused: () => m.error_message_refused(),
  serverNotAllowed: () => m.error_server_not_allowed(),
  noMicrophone: () => m.error_no_microphone(),
  microphoneRefused: () => m.error_microphone_refused(),
  microphoneUnusable: () => m.error_microphone_unusable(),
};

/** The precise cause where there is one, else the kind; never nothing. */
export function wordError(error: WireError): string {
  if (error.kind === 'rateLimited' && error.retryAfterMs) return m.error_rate_limited_for({ pause: inTime(error.retryAfterMs) });
  // A core newer than this interface may know reasons that it does not.
  const word = (error.reason && reasons[error.reason]) ?? kinds[error.kind] ?? kinds.internal;
  return word();
}
