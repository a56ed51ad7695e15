// SPDX-License-Identifier: Apache-2.0
// A long list of images of which only what is looked at is loaded, in chunks.

const chunkSize = 60;
const keptChunks = 40;

export class ImageWindow {
  #chunks = new Map();
  #first = 0;
  #last = 0;

  /// `load({pageSize, page | cursor}, signal)` gives a page; `changed(error)` is called when items
  /// arrived, or could not be had.
  constructor(load, changed) {
    this.load = load;
    this.changed = changed;
    this.total = null;
  }

  /// The image at that place, as far as it is known.
  at(index) {
    return this.#chunks.get(Math.floor(index / chunkSize))?.items?.[index % chunkSize];
  }

  /// Loads what is missing or out of date from `first` to `last`, and gives up loading the rest.
  want(first, last) {
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

  /// Everything may have changed: what is known stays in sight until it was loaded anew.
  refresh() {
    for (const chunk of this.#chunks.values()) {
      chunk.fresh = false;
      chunk.failed = false;
      chunk.loading?.abort();
      chunk.loading = null;
    }
    this.want(this.#first * chunkSize, this.#last * chunkSize);
  }

  /// Takes the place of the image with the same link.
  replace(image) {
    for (const chunk of this.#chunks.values()) {
      const place = chunk.items?.findIndex(({link}) => link === image.link) ?? -1;
      if (place >= 0) chunk.items[place] = image;
    }
  }

  /// Nobody looks at this list any more.
  stop() {
    for (const chunk of this.#chunks.values()) chunk.loading?.abort();
    this.changed = () => {};
  }

  async #fetch(number) {
    const chunk = this.#chunks.get(number) ?? {};
    this.#chunks.set(number, chunk);
    chunk.loading = new AbortController();
    const {signal} = chunk.loading;
    // The cursor of the chunk before misses and repeats nothing while images come and go; a jump
    // has to go by number.
    const before = this.#chunks.get(number - 1);
    const cursor = before?.fresh ? before.cursor : undefined;
    let error = null;
    try {
      const page = await this.load(
        {pageSize: chunkSize, ...(cursor ? {cursor} : {page: number})}, signal);
      if (signal.aborted) return;
      Object.assign(chunk, {items: page.data, cursor: page.nextCursor, fresh: true});
      this.total = page.totalElements ?? this.total;
      this.#forget();
    } catch (problem) {
      if (signal.aborted) return;
      chunk.failed = true;
      error = problem;
    }
    chunk.loading = null;
    this.changed(error);
  }

  /// Lets go of what is farthest from sight.
  #forget() {
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
