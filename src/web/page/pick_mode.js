// SPDX-License-Identifier: Apache-2.0
// The page as a picker in a frame or window of another page of the same origin.

import {contentUrl, previewUrl, urlOf} from './api.js';

/// The page that receives the choice: the parent frame or the opener.
function recipient() {
  return parent === window ? opener : parent;
}

function send(message) {
  recipient()?.postMessage({source: 'imagegallery', ...message}, location.origin);
}

/// Sends the image to the other page.
export function pick(image) {
  send({
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
  send({type: 'cancel'});
}
