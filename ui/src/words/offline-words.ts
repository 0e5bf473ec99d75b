// Why there is no connection to the server, and what to do about it.

import { m } from '../paraglide/messages';
import type { OfflineReason } from '../protocol';
import { timeOfDay } from './format';

interface Words {
  cause: () => string;
  remedy: (retryAtMs: number | null) => string;
}

export const offlineWords: Record<OfflineReason, Words> = {
  unreachable: { cause: () => m.offline_unreachable(), remedy: () => m.offline_unreachable_remedy() },
  notAnswering: { cause: () => m.offline_not_answering(), remedy: () => m.offline_not_answering_remedy() },
  serverError: { cause: () => m.offline_server_error(), remedy: () => m.offline_server_error_remedy() },
  rateLimited: {
    cause: () => m.offline_rate_limited(),
    remedy: (retryAtMs) => (retryAtMs === null ? m.offline_rate_limited_wait() : m.offline_rate_limited_remedy({ time: timeOfDay(retryAtMs) })),
  },
  certificate: { cause: () => m.offline_certificate(), remedy: () => m.offline_certificate_remedy() },
  notMatrix: { cause: () => m.offline_not_matrix(), remedy: () => m.offline_not_matrix_remedy() },
  tokenRefused: { cause: () => m.offline_token_refused(), remedy: () => m.offline_token_refused_remedy() },
  storage: { cause: () => m.offline_storage(), remedy: () => m.offline_storage_remedy() },
  diskFull: { cause: () => m.offline_disk_full(), remedy: () => m.offline_disk_full_remedy() },
  internal: { cause: () => m.offline_internal(), remedy: () => m.offline_internal_remedy() },
};
