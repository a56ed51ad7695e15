// SPDX-License-Identifier: Apache-2.0
// An image's preview, fetched when it comes near the screen and kept by its ETag.

import {previewUrl} from './api.js';
import {element, icon} from './element.js';

const photographs = ['image/jpeg', 'image/webp', 'image/avif', 'image/heic'];

/// Photographs of usual shape may fill their square; drawings are shown whole.
function fillsSquare({mediaType, width, height} = {}) {
  return photographs.includes(mediaType) && width <= 2.2 * height && height <= 2.2 * width;
}

/// `side`: of the square that it fills, in pixels of the screen.
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
