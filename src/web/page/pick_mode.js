// SPDX-License-Identifier: Apache-2.0
// The page as a chooser in a frame or window of another page of the same origin.

import {contentUrl, previewUrl, urlOf} from './api.js';

/// Whom the choice is for: the page around this one, or the one that opened it.
function recipient() {
  return parent === window ? opener : parent;
}

function tell(message) {
  recipient()?.postMessage({source: 'imagegallery', ...message}, location.origin);
}

/// Hands the image over to the other page.
export function pick(image) {
  tell({
    type: 'pick',
    image: {
      link: image.link,
      publicLink: image.publicLink ?? null,
      title: image.title,
      url: image.publicLink ? urlOf(image.publicLink) : urlOf(image.link),
      contentUrl: contentUrl(image),
      previewUrl: previewUrl(image),
      width: image.descriptor.width,
      height: image.descriptor.height,
      mediaType: image.descriptor.mediaType,
    },
  });
  if (opener && parent === window) window.close();
}

export function cancelPick() {
  tell({type: 'cancel'});
}
