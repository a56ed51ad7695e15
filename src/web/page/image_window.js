// SPDX-License-Identifier: Apache-2.0
// A long list of images that loads only the visible part, in chunks.

const chunkSize = 60;
const keptChunks = 40;

export class ImageWindow {
  #chunks = new Map();
  #first = 0;
  #last = 0;

  /// `load({pageSize, page | cursor}, signal)` fetches a page; `changed(error)` is called when it
  /// has arrived or failed.
  constructor(load, changed) {
    this.load = load;
    this.changed = changed;
    this.total = null;
  }

  /// The image at that index; undefined if not loaded.
  at(index) {
    return this.#chunks.get(Math.floor(index / chunkSize))?.items?.[index % chunkSize];
  }

  /// Loads missing or stale items from `first` to `last`, and aborts loading others.
  request(first, last) {
    this.#first = Math.floor(first / chunkSize);
    this.#last = Math.floor(last / chunkSize);
    for (const [number, chunk] of this.#chunks) {
      if (chunk.loading && (number < this.#first - 1 || number > this.#last + 1)) {
        chunk.loading.abort();
        chunk.loading = null;
      }
    }
    for (let number = this.#first; number <= this.#last; number += 1) {
      const chunk = this.#chunks.get(number);
      if (!chunk || !(chunk.loading || chunk.fresh || chunk.failed)) this.#fetch(number);
    }
  }

  /// Marks everything stale; stale items stay visible until they are reloaded.
  refresh() {
    for (const chunk of this.#chunks.values()) {
      chunk.fresh = false;
      chunk.failed = false;
      chunk.loading?.abort();
      chunk.loading = null;
    }
    this.request(this.#first * chunkSize, this.#last * chunkSize);
  }

  /// Replaces the image with the same link.
  replace(image) {
    for (const chunk of this.#chunks.values()) {
      const place = chunk.items?.findIndex(({link}) => link === image.link) ?? -1;
      if (place >= 0) chunk.items[place] = image;
    }
  }

  /// Aborts all loading.
  stop() {
    for (const chunk of this.#chunks.values()) chunk.loading?.abort();
    this.changed = () => {};
  }

  async #fetch(number) {
    const chunk = this.#chunks.get(number) ?? {};
    this.#chunks.set(number, chunk);
    chunk.loading = new AbortController();
    const {signal} = chunk.loading;
    // The previous chunk's cursor neither skips nor repeats images during changes; a jump has to
    // use the page number.
    const before = this.#chunks.get(number - 1);
    const cursor = before?.fresh ? before.cursor : undefined;
    let error = null;
    try {
      const page = await this.load(
        {pageSize: chunkSize, ...(cursor ? {cursor} : {page: number})}, signal);
      if (signal.aborted) return;
      Object.assign(chunk, {items: page.data, cursor: page.nextCursor, fresh: true});
      this.total = page.totalElements ?? this.total;
      this.#evict();
    } catch (failure) {
      if (signal.aborted) return;
      chunk.failed = true;
      error = failure;
    }
    chunk.loading = null;
    this.changed(error);
  }

  /// Evicts the chunks farthest from the viewport.
  #evict() {
    if (this.#chunks.size <= keptChunks) return;
    const centre = (this.#first + this.#last) / 2;
    const byDistance = [...this.#chunks.keys()].sort(
      (a, b) => Math.abs(b - centre) - Math.abs(a - centre));
    for (const number of byDistance.slice(0, this.#chunks.size - keptChunks)) {
      this.#chunks.get(number).loading?.abort();
      this.#chunks.delete(number);
    }
  }
}
