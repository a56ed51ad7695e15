// SPDX-License-Identifier: Apache-2.0
// An image's preview, loaded lazily and cached by its ETag.

import {previewUrl} from './api.js';
import {element, icon} from './element.js';

const photographs = ['image/jpeg', 'image/webp', 'image/avif', 'image/heic'];

/// Photographs with common aspect ratios are cropped to fill the square; others are shown whole.
function fillsSquare({mediaType, width, height} = {}) {
  return photographs.includes(mediaType) && width <= 2.2 * height && height <= 2.2 * width;
}

/// `side`: the side of the square, in device pixels.
export function thumbnail(image, side) {
  const picture = element('img', {
    loading: 'lazy',
    decoding: 'async',
    alt: image.title,
    draggable: 'false',
    class: fillsSquare(image.descriptor) ? 'fill' : 'whole',
    src: previewUrl(image, side),
  });
  picture.addEventListener('error', () => picture.replaceWith(
    element('span', {class: 'no-preview', role: 'img', 'aria-label': image.title}, icon('image'))));
  return picture;
}
