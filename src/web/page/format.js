// SPDX-License-Identifier: Apache-2.0
// Human-readable sizes, times and counts.

const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];

/// In steps of 1024: "812 bytes", "1.4 MB".
export function formatBytes(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit + 1 < units.length) {
    value /= 1024;
    unit += 1;
  }
  if (unit === 0) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const text = value.toFixed(1);
  return `${text.endsWith('.0') ? text.slice(0, -2) : text} ${units[unit]}`;
}

/// Local time as "2026-02-03 16:05:09".
export function formatTime(milliseconds) {
  const date = new Date(milliseconds);
  const two = (number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/// "4000 × 3000", or "–" if the dimensions are unknown.
export function formatResolution(descriptor) {
  const {width, height} = descriptor ?? {};
  return width && height ? `${width} × ${height}` : '–';
}

/// "1 image", "2 images", "100,000 images".
export function formatCount(count, noun) {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : `${noun}s`}`;
}

/// The name of a JSON document for an image: its file name up to the first dot.
export function documentName(fileName) {
  const dot = fileName.indexOf('.');
  return `${dot > 0 ? fileName.slice(0, dot) : fileName}.json`;
}
