// Small hands for the page: find, write where it changed, and keep a list of elements in step with what is known.

export const by = (id) => document.getElementById(id);

export function put(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

// One child for every item, in order, kept by its key: what is unchanged stays the same element.
export function keep(parent, items, keyOf, create, update) {
  const held = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let before = null;
  for (const item of items) {
    const key = String(keyOf(item));
    const child = held.get(key) || create(item);
    held.delete(key);
    child.dataset.key = key;
    const next = before ? before.nextSibling : parent.firstChild;
    if (next !== child) parent.insertBefore(child, next);
    update(child, item);
    before = child;
  }
  for (const child of held.values()) child.remove();
}

// Numbers in base64, as the server sends templates: little-endian float32.
export function floats(base64) {
  const text = atob(base64);
  const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

// A canvas in device pixels, cleared: {g, width, height, ratio}; null while it is not on the screen.
export function sheet(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const box = canvas.getBoundingClientRect();
  if (box.width < 2 || box.height < 2) return null;
  const width = Math.round(box.width * ratio);
  const height = Math.round(box.height * ratio);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const g = canvas.getContext("2d");
  g.clearRect(0, 0, width, height);
  return { g, width, height, ratio };
}

export function font(ratio, size = 11) {
  return `${size * ratio}px Inter, "Segoe UI", system-ui, sans-serif`;
}
