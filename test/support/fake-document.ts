/** As much of a document as the status page's script uses. Text is only ever text here, so markup in it would be seen. */
export class FakeElement {
  readonly attributes = new Map<string, string>();
  readonly listeners = new Map<string, () => void>();
  readonly #children: (FakeElement | string)[] = [];
  #parent: FakeElement | undefined;
  hidden = false;
  value = '';
  #open = false;
  readonly tag: string;

  constructor(tag: string) {
    this.tag = tag;
  }

  get children(): readonly (FakeElement | string)[] {
    return this.#children;
  }

  get open(): boolean {
    return this.#open;
  }

  set open(open: boolean) {
    const isNew = open !== this.#open;
    this.#open = open;
    if (isNew) this.listeners.get('toggle')?.();
  }

  get textContent(): string {
    return this.children.map((child) => (typeof child === 'string' ? child : child.textContent)).join('');
  }

  set textContent(text: string) {
    this.replaceChildren(text);
  }

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  append(...children: (FakeElement | string)[]): void {
    for (const child of children) if (typeof child !== 'string') child.#parent = this;
    this.#children.push(...children);
  }

  replaceChildren(...children: (FakeElement | string)[]): void {
    this.#children.length = 0;
    this.append(...children);
  }

  remove(): void {
    if (!this.#parent) return;
    const siblings = this.#parent.#children;
    siblings.splice(siblings.indexOf(this), 1);
  }

  scrollIntoView(): void {
    this.attributes.set('scrolled', 'yes');
  }

  addEventListener(name: string, listener: () => void): void {
    this.listeners.set(name, listener);
  }
}

/** A document whose elements are there as soon as they are asked for by their ids. */
export class FakeDocument extends FakeElement {
  readonly #byId = new Map<string, FakeElement>();

  constructor() {
    super('document');
  }

  getElementById(id: string): FakeElement {
    const element = this.#byId.get(id) ?? new FakeElement(id);
    this.#byId.set(id, element);
    return element;
  }

  createElement(tag: string): FakeElement {
    return new FakeElement(tag);
  }

  createTextNode(text: string): string {
    return text;
  }
}
