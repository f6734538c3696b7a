// Marked pieces, as the server reads them out of Slack's mrkdwn, as elements.
import { h } from "./dom.js";

const WRAPS = { strong: "strong", em: "em", del: "del", quote: "blockquote" };

/** Pieces as elements; `opens(address)` is called for a link that leads out of the workspace. */
export function pieces(spans, opens) {
  return (spans ?? []).map((span) => piece(span, opens));
}

function piece(span, opens) {
  if (typeof span === "string") return span;
  const [kind, first, second] = span;
  if (kind in WRAPS) return h(WRAPS[kind], null, pieces(first, opens));
  if (kind === "code") return h("code", null, first);
  if (kind === "pre") return h("pre", null, first);
  if (kind === "date") return h("span", { class: "date" }, first);
  if (kind === "mention") return h("span", { class: "mention" }, first);
  if (kind === "list") {
    return h(first === "ordered" ? "ol" : "ul", null, second.map((item) => h("li", null, pieces(item, opens))));
  }
  if (kind === "link") {
    return h("button", { class: "link", type: "button", title: first, onclick: () => opens(first) }, pieces(second, opens));
  }
  return "";
}

/** The plain words in pieces, for labels and options. */
export function plain(spans) {
  return (spans ?? [])
    .map((span) => {
      if (typeof span === "string") return span;
      const inside = span[0] === "link" || span[0] === "list" ? span[2] : span[1];
      return typeof inside === "string" ? inside : plain(inside.flat());
    })
    .join("");
}
