// SPDX-License-Identifier: Apache-2.0
// <image-gallery-picker>: a form field whose value is the link of an image of the gallery.
//
//   <script type="module" src="/gallery/picker.js"></script>
//   <label for="background">Background</label>
//   <image-gallery-picker id="background" name="background"></image-gallery-picker>
//
// Attributes: `name`, `value` (a link), `disabled`. Events: "change" when the user has picked, set
// or cleared a link, and before it "image-picked" with the picked image in `detail`: link,
// publicLink, url, contentUrl, previewUrl, title, width, height, mediaType. The gallery and the
// page must have the same origin, because of the session cookie.

const base = new URL('.', import.meta.url);

function node(tag, properties = {}, ...children) {
  const created = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'click') created.addEventListener('click', value);
    else if (value === true) created.setAttribute(name, '');
    else if (value !== false) created.setAttribute(name, value);
  }
  created.append(...children);
  return created;
}

export class ImageGalleryPicker extends HTMLElement {
  static formAssociated = true;
  static observedAttributes = ['value', 'disabled'];

  #internals = this.attachInternals();
  #value = '';
  #preview = '';
  #dialog = null;
  #onMessage = (event) => this.#receive(event);

  constructor() {
    super();
    this.#internals.role = 'group';
    const shadow = this.attachShadow({mode: 'open', delegatesFocus: true});
    this.picture = node('img', {alt: '', hidden: true});
    this.picture.addEventListener('error', () => {
      this.picture.hidden = true;
    });
    this.link = node('span', {class: 'link'});
    this.browse = node('button', {type: 'button', class: 'main', click: () => this.open()},
      'Browse from gallery');
    this.set = node('button', {type: 'button', click: () => this.#editLink(true)}, 'Set link');
    this.clear = node('button', {
      type: 'button', click: () => this.#choose('', ''), hidden: true,
    }, 'Clear');
    this.input = node('input', {
      type: 'text', 'aria-label': 'Image link', placeholder: 'https://…', inputmode: 'url',
    });
    this.input.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.#editLink(false);
      if (event.key !== 'Enter') return;
      event.preventDefault();
      this.#applyLink();
    });
    this.entry = node('div', {class: 'entry', hidden: true}, this.input,
      node('button', {type: 'button', class: 'main', click: () => this.#applyLink()}, 'Use link'),
      node('button', {type: 'button', click: () => this.#editLink(false)}, 'Cancel'));
    shadow.append(
      node('link', {rel: 'stylesheet', href: new URL('picker.css', base).href}),
      node('div', {class: 'field', part: 'field'},
        node('span', {class: 'picture', part: 'picture'}, this.picture),
        node('div', {class: 'body'}, this.link,
          node('div', {class: 'buttons'}, this.browse, this.set, this.clear), this.entry)));
    this.#show();
  }

  get value() {
    return this.#value;
  }

  set value(link) {
    this.#setValue(String(link ?? ''), '');
  }

  get name() {
    return this.getAttribute('name') ?? '';
  }

  get form() {
    return this.#internals.form;
  }

  attributeChangedCallback(name, before, now) {
    if (name === 'value' && before !== now) this.#setValue(now ?? '', '');
    if (name === 'disabled') this.formDisabledCallback(now !== null);
  }

  formDisabledCallback(disabled) {
    for (const button of [this.browse, this.set, this.clear]) button.disabled = disabled;
  }

  formResetCallback() {
    this.#setValue(this.getAttribute('value') ?? '', '');
  }

  connectedCallback() {
    this.#internals.setFormValue(this.#value);
  }

  disconnectedCallback() {
    this.#dialog?.close();
  }

  /// Opens the gallery as a picker.
  open() {
    if (this.#dialog) return;
    const frame = node('iframe', {
      src: new URL('?pick', base).href, title: 'Image gallery', allow: 'clipboard-write',
    });
    const close = node('button', {
      type: 'button', class: 'close', 'aria-label': 'Close', click: () => this.#dialog.close(),
    }, '×');
    this.#dialog = node('dialog', {'aria-label': 'Choose an image'},
      node('header', {}, node('h2', {}, 'Choose an image'), close), frame);
    this.#dialog.addEventListener('close', () => {
      removeEventListener('message', this.#onMessage);
      this.#dialog.remove();
      this.#dialog = null;
    });
    this.frame = frame;
    addEventListener('message', this.#onMessage);
    this.shadowRoot.append(this.#dialog);
    this.#dialog.showModal();
  }

  #receive({origin, source, data}) {
    if (origin !== base.origin || source !== this.frame.contentWindow) return;
    if (data?.source !== 'imagegallery') return;
    if (data.type === 'pick') {
      this.dispatchEvent(new CustomEvent('image-picked', {
        detail: data.image, bubbles: true, composed: true,
      }));
      this.#choose(data.image.link, data.image.previewUrl);
    }
    this.#dialog?.close();
  }

  #editLink(on) {
    this.entry.hidden = !on;
    if (on) {
      this.input.value = this.#value;
      this.input.focus();
    } else {
      this.set.focus();
    }
  }

  #applyLink() {
    this.#editLink(false);
    this.#choose(this.input.value.trim(), '');
  }

  #choose(value, preview) {
    this.#setValue(value, preview);
    this.dispatchEvent(new Event('change', {bubbles: true}));
  }

  #setValue(value, preview) {
    this.#value = value;
    this.#preview = preview || value;
    this.#internals.setFormValue(value);
    this.#show();
  }

  #show() {
    this.link.textContent = this.#value || 'No image';
    this.link.classList.toggle('none', this.#value === '');
    this.clear.hidden = this.#value === '';
    this.picture.hidden = this.#value === '';
    if (this.#value === '') this.picture.removeAttribute('src');
    else this.picture.src = new URL(this.#preview, base).href;
  }
}

customElements.define('image-gallery-picker', ImageGalleryPicker);
