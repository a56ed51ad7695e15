// SPDX-License-Identifier: Apache-2.0
// What may be uploaded, as far as it is known before anything is sent.

import {limits} from './api.js';
import {looksLikeImage} from './file_chooser.js';
import {formatBytes} from './format.js';

export class UploadLimits {
  #maxBytes = 0;
  #freeBytes = Infinity;

  /// Reads them for who is signed in. Without an answer the server judges alone.
  async read() {
    const own = await limits.own().catch(() => ({}));
    const {maxImageBytes = 0, maxTotalBytes = 0, bytes = 0} = own;
    this.#maxBytes = maxImageBytes;
    if (maxTotalBytes > 0) this.#freeBytes = Math.max(0, maxTotalBytes - bytes);
  }

  /// Such as "at most 2 MB each · 300 MB free"; empty where nothing is limited.
  get text() {
    return [
      this.#maxBytes > 0 && `at most ${formatBytes(this.#maxBytes)} each`,
      this.#freeBytes !== Infinity && `${formatBytes(this.#freeBytes)} free`,
    ].filter(Boolean).join(' · ');
  }

  /// Why a file cannot be an image of this gallery; empty where it can.
  refusalOf(file) {
    if (!looksLikeImage(file)) return 'This is not an image.';
    if (this.#maxBytes === 0 || file.size <= this.#maxBytes) return '';
    return `Too large: ${differing(file.size, this.#maxBytes)}.`;
  }

  /// Why files cannot be stored together in place of `replaced` bytes; empty where they can.
  objectionTo(files, replaced = 0) {
    const bytes = files.reduce((sum, {size}) => sum + size, 0) - replaced;
    if (bytes <= this.#freeBytes) return '';
    return `Not enough space: ${formatBytes(bytes)} are wanted, ${formatBytes(this.#freeBytes)} of ` +
      'the limit are free.';
  }
}

/// Sizes that round to the same text are told to the byte.
function differing(size, maximum) {
  const [one, other] = [size, maximum].map(formatBytes);
  return one === other
    ? `${size.toLocaleString('en')} bytes, the maximum is ${maximum.toLocaleString('en')}`
    : `${one}, the maximum is ${other}`;
}
