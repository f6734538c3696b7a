// Describes elements and brings the document in line with the description. Text becomes text nodes, and nothing else:
// there is no way through here for a string to become markup.

const MADE = Symbol("made from");
// These live in the element, not in an attribute, and change when people act.
const LIVE = new Set(["value", "checked", "disabled", "open"]);

/** One element. `props`: attributes, `onclick` and its like, `key` (tells siblings apart), `made(el)` once it is in the
 * document, `going(el)` just before it leaves. Children may nest and be null, false, text or elements. */
export function h(tag, props, ...children) {
  return { tag, props: props ?? {}, children: kept(children) };
}

/** Make `parent` hold exactly these children, moving and changing as little as possible. */
export function render(parent, ...children) {
  const mounted = [];
  reconcile(parent, kept(children), mounted);
  for (const [made, element] of mounted) made(element);
}

function kept(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== "");
}

const isText = (wanted) => typeof wanted !== "object";
const kindOf = (wanted) => (isText(wanted) ? "#text" : wanted.tag.toUpperCase());
const nodeKind = (node) => (node.nodeType === Node.TEXT_NODE ? "#text" : node.tagName.toUpperCase());

function reconcile(parent, wanted, mounted) {
  const keyed = new Map();
  const free = [];
  for (const node of parent.childNodes) {
    const key = node[MADE]?.props?.key;
    if (key === undefined || keyed.has(key)) free.push(node);
    else keyed.set(key, node);
  }
  const matched = wanted.map((child) => {
    const key = isText(child) ? undefined : child.props.key;
    if (key !== undefined) {
      const node = keyed.get(key);
      if (node === undefined || nodeKind(node) !== kindOf(child)) return null;
      keyed.delete(key);
      return node;
    }
    const index = free.findIndex((node) => nodeKind(node) === kindOf(child));
    return index < 0 ? null : free.splice(index, 1)[0];
  });
  // What goes, goes first, so that what stays need not move (moving an element takes the focus from it).
  for (const node of [...free, ...keyed.values()]) {
    leave(node);
    node.remove();
  }
  let cursor = parent.firstChild;
  wanted.forEach((child, index) => {
    const node = matched[index] ?? create(child, mounted);
    if (matched[index]) update(node, child, mounted);
    if (node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(node, cursor);
  });
}

function leave(node) {
  node[MADE]?.props?.going?.(node);
  for (const child of node.childNodes) leave(child);
}

function create(wanted, mounted) {
  if (isText(wanted)) return document.createTextNode(String(wanted));
  const element = document.createElement(wanted.tag);
  update(element, wanted, mounted);
  if (wanted.props.made) mounted.push([wanted.props.made, element]);
  return element;
}

function update(node, wanted, mounted) {
  if (isText(wanted)) {
    if (node.nodeValue !== String(wanted)) node.nodeValue = String(wanted);
    return;
  }
  const before = node[MADE]?.props ?? {};
  node[MADE] = wanted;
  for (const name of Object.keys(before)) if (!(name in wanted.props)) set(node, name, null, before[name]);
  // A select's value is an option's: the options come first.
  reconcile(node, wanted.children, mounted);
  for (const [name, value] of Object.entries(wanted.props)) set(node, name, value, before[name]);
}

function set(element, name, value, before) {
  if (name === "key" || name === "made" || name === "going") return;
  if (name.startsWith("on")) {
    element[name] = value ?? null;
  } else if (LIVE.has(name)) {
    const wanted = value ?? (name === "value" ? "" : false);
    if (element[name] !== wanted) element[name] = wanted;
  } else if (value === before) {
    return;
  } else if (value === null || value === undefined || value === false) {
    element.removeAttribute(name);
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}
