// SPDX-License-Identifier: Apache-2.0
// The upload limits, checked before anything is sent.

import {limits} from './api.js';
import {looksLikeImage} from './file_chooser.js';
import {formatBytes} from './format.js';

export class UploadLimits {
  #maxBytes = 0;
  #freeBytes = Infinity;

  /// Reads the user's limits. If that fails, only the server checks them.
  async read() {
    const own = await limits.own().catch(() => ({}));
    const {maxImageBytes = 0, maxTotalBytes = 0, bytes = 0} = own;
    this.#maxBytes = maxImageBytes;
    if (maxTotalBytes > 0) this.#freeBytes = Math.max(0, maxTotalBytes - bytes);
  }

  /// Such as "at most 2 MB each · 300 MB free"; empty if there are no limits.
  get text() {
    return [
      this.#maxBytes > 0 && `at most ${formatBytes(this.#maxBytes)} each`,
      this.#freeBytes !== Infinity && `${formatBytes(this.#freeBytes)} free`,
    ].filter(Boolean).join(' · ');
  }

  /// Why a file cannot be uploaded; empty if it can.
  refusalOf(file) {
    if (!looksLikeImage(file)) return 'This is not an image.';
    if (this.#maxBytes === 0 || file.size <= this.#maxBytes) return '';
    return `Too large: ${comparison(file.size, this.#maxBytes)}.`;
  }

  /// Why there is no space for the files, if they replace `replaced` bytes; empty if there is.
  spaceError(files, replaced = 0) {
    const bytes = files.reduce((sum, {size}) => sum + size, 0) - replaced;
    if (bytes <= this.#freeBytes) return '';
    return `Not enough space: ${formatBytes(bytes)} needed, ${formatBytes(this.#freeBytes)} free.`;
  }
}

/// Sizes that round to the same text are shown in bytes.
function comparison(size, maximum) {
  const [one, other] = [size, maximum].map(formatBytes);
  return one === other
    ? `${size.toLocaleString('en')} bytes, the maximum is ${maximum.toLocaleString('en')}`
    : `${one}, the maximum is ${other}`;
}
