// Block Kit: each block and element as the page shows it. `where` says in which message or view it stands:
// { app, at: {channel, ts} | {view}, key, errors, locked }.
import { h } from "./dom.js";
import { pieces, plain } from "./text.js";

export function blocks(list, where) {
  return list.map((block, index) => {
    const draw = BLOCKS[block.type];
    const key = block.block_id || `nth-${index}`;
    if (!draw) return h("div", { key, class: "block unknown" }, `(a block of the kind ${block.type}, which is not drawn here)`);
    return h("div", { key, class: `block ${block.type}`, "data-block": block.block_id }, draw(block, where));
  });
}

const said = (spans, where) => pieces(spans, where.app.opens);

const BLOCKS = {
  header: (block, where) => h("h3", null, said(block.text, where)),
  divider: () => h("hr"),
  section(block, where) {
    return [
      h(
        "div",
        { class: "words" },
        block.text ? h("div", null, said(block.text, where)) : null,
        block.fields ? h("div", { class: "fields" }, block.fields.map((field) => h("div", null, said(field, where)))) : null,
      ),
      block.accessory ? h("div", { class: "accessory" }, element(block.accessory, block, where, plain(block.text).slice(0, 80))) : null,
    ];
  },
  context(block, where) {
    return block.elements.map((part) =>
      Array.isArray(part) ? h("span", null, said(part, where)) : image(part),
    );
  },
  actions: (block, where) => block.elements.map((part) => element(part, block, where, "")),
  image: (block, where) =>
    h("figure", null, block.title ? h("figcaption", null, said(block.title, where)) : null, image(block)),
  input,
  rich_text: (block, where) => said(block.spans, where),
  markdown: (block, where) => said(block.spans, where),
  table: (block, where) =>
    h(
      "div",
      { class: "wide", tabindex: 0, role: "group", "aria-label": "Table" },
      h(
        "table",
        null,
        h("thead", null, row(block.rows[0], "th", where)),
        h("tbody", null, block.rows.slice(1).map((cells) => row(cells, "td", where))),
      ),
    ),
};

const row = (cells, tag, where) =>
  h("tr", null, cells.map((cell) => h(tag, tag === "th" ? { scope: "col" } : null, said(cell, where))));

function image(part) {
  if (part.source) {
    return h("a", { class: "picture", href: part.source, target: "_blank", rel: "noopener" }, h("img", { src: part.source, alt: part.alt_text }));
  }
  return h("span", { class: "no-picture", role: "img", "aria-label": part.alt_text }, `Picture, not loaded from outside: ${part.alt_text}`);
}

const idOf = (where, block, part) => `${where.key}-${encodeURIComponent(block.block_id)}-${encodeURIComponent(part.action_id)}`;

const GROUPED = new Set(["radio_buttons", "checkboxes"]);
const isGroup = (part) => GROUPED.has(part.type) || part.type.startsWith("multi_");

function input(block, where) {
  const part = block.element;
  const id = idOf(where, block, part);
  const error = where.errors?.[block.block_id];
  const described = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || null;
  const label = [plain(block.label), block.optional ? h("span", { class: "optional" }, " (optional)") : null];
  const told = { id, described, invalid: Boolean(error), required: !block.optional };
  const below = [
    block.hint ? h("p", { class: "hint", id: `${id}-hint`, key: "hint" }, plain(block.hint)) : null,
    error ? h("p", { class: "error", id: `${id}-error`, key: "error" }, h("span", { "aria-hidden": "true" }, "⚠ "), error) : null,
  ];
  if (isGroup(part)) {
    return h(
      "fieldset",
      { "aria-describedby": described, "aria-invalid": error ? "true" : null },
      h("legend", null, label),
      element(part, block, where, "", { ...told, described: null }),
      below,
    );
  }
  return [h("label", { for: id }, label), element(part, block, where, "", told), below];
}

/** One interactive element; `context` names it where it has no label, `told` ties it to the label it has. */
function element(part, block, where, context, told) {
  const draw = ELEMENTS[part.type];
  if (!draw) return h("p", { class: "unknown" }, `Nothing can be entered in a ${part.type.replaceAll("_", " ")} in this workspace.`);
  return draw(part, new Field(part, block, where, context, told));
}

/** What an element needs to know of the place it stands in. */
class Field {
  constructor(part, block, where, context, told) {
    Object.assign(this, { part, block, where, context, told });
    this.id = told?.id ?? idOf(where, block, part);
    this.draftKey = `${where.key}/${block.block_id}/${part.action_id}`;
  }

  get app() {
    return this.where.app;
  }

  get address() {
    return { at: this.where.at, block: this.block.block_id, action: this.part.action_id };
  }

  get value() {
    const draft = this.app.drafts.get(this.draftKey);
    return draft ? draft.value : this.part.now;
  }

  get busy() {
    return this.app.busy.has(this.draftKey);
  }

  /** Attributes that every element shares. */
  get attributes() {
    const named = this.told
      ? { "aria-describedby": this.told.described, "aria-invalid": this.told.invalid ? "true" : null }
      : { "aria-label": plain(this.part.placeholder) || this.context || this.part.type.replaceAll("_", " ") };
    return { id: this.id, key: this.draftKey, "data-action": this.part.action_id, ...named };
  }

  draft(value) {
    this.app.draft(this.draftKey, this.address, value);
  }

  enter(value, options) {
    this.draft(value);
    return this.app.enter(this.draftKey, options);
  }

  press(value) {
    return this.app.press(this.draftKey, { ...this.address, value }, this.part);
  }
}

const chosen = (field) => (event) => field.enter(event.target.value || null);

function typed(type) {
  return (part, field) => {
    const config = part.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
    const dispatches = field.block.dispatch_action;
    return h(part.multiline ? "textarea" : "input", {
      ...field.attributes,
      type: part.multiline ? null : type,
      inputmode: part.type === "number_input" ? "decimal" : null,
      rows: part.multiline ? 4 : null,
      placeholder: plain(part.placeholder) || null,
      autocomplete: "off",
      value: field.value ?? "",
      oninput: (event) => {
        field.draft(event.target.value);
        if (dispatches && config.includes("on_character_entered")) field.app.enterSoon(field.draftKey);
      },
      onchange: (event) => field.enter(event.target.value || null),
      onkeydown: (event) => {
        if (event.key === "Enter" && !part.multiline && dispatches && config.includes("on_enter_pressed")) {
          field.enter(event.target.value || null, { enter: true });
        }
      },
    });
  };
}

// While somebody types a date, every digit makes another date: the one that is meant is there after a pause.
const picker = (type, max) => (part, field) =>
  h("input", {
    ...field.attributes,
    type,
    max,
    value: field.value ?? "",
    onchange: (event) => {
      field.draft(event.target.value || null);
      field.app.enterSoon(field.draftKey);
    },
    onblur: () => field.app.enter(field.draftKey),
  });

function select(part, field) {
  const offered = part.offers ?? part.options ?? [];
  const one = (option) => h("option", { value: option.value, key: option.value }, plain(option.text));
  const groups = (part.option_groups ?? []).map((group) =>
    h("optgroup", { label: plain(group.label) }, group.options.map(one)),
  );
  const empty = plain(part.placeholder) || "Choose";
  return h(
    "select",
    { ...field.attributes, value: field.value ?? "", onchange: chosen(field) },
    h("option", { value: "", key: "" }, empty),
    offered.map(one),
    groups,
  );
}

function choices(type) {
  return (part, field) => {
    const on = (value) => (type === "radio" ? field.value === value : (field.value ?? []).includes(value));
    const list = h(
      "div",
      { class: "choices", ...(field.told ? { "data-action": part.action_id } : { ...field.attributes, role: "group" }) },
      part.options.map((option, index) =>
        h(
          "label",
          { class: "choice", key: option.value },
          h("input", {
            type,
            name: field.id,
            id: index === 0 && field.told ? field.id : null,
            value: option.value,
            checked: on(option.value),
            onchange: (event) => field.enter(type === "radio" ? option.value : toggled(field.value, option.value, event.target.checked)),
          }),
          h("span", null, pieces(option.text, field.app.opens), option.description ? h("small", null, pieces(option.description, field.app.opens)) : null),
        ),
      ),
    );
    return list;
  };
}

const toggled = (values, value, on) => [...(values ?? []).filter((each) => each !== value), ...(on ? [value] : [])];

function several(part, field) {
  const offered = part.offers ?? part.options ?? (part.option_groups ?? []).flatMap((group) => group.options);
  const names = offered.filter((option) => (field.value ?? []).includes(option.value)).map((option) => plain(option.text));
  const { id, key, ...named } = field.attributes;
  return h(
    "details",
    { class: "several", key, "data-action": part.action_id, onkeydown: shutByEscape },
    h("summary", { id, ...named, "data-action": null }, names.join(", ") || plain(part.placeholder) || "Choose"),
    h(
      "div",
      { class: "choices" },
      offered.map((option) =>
        h(
          "label",
          { class: "choice", key: option.value },
          h("input", {
            type: "checkbox",
            value: option.value,
            checked: (field.value ?? []).includes(option.value),
            onchange: (event) => field.enter(toggled(field.value, option.value, event.target.checked)),
          }),
          h("span", null, plain(option.text)),
        ),
      ),
    ),
  );
}

function button(part, field) {
  return h(
    "button",
    {
      type: "button",
      key: field.draftKey,
      class: `kit ${part.style ?? ""}`,
      "data-action": part.action_id,
      "aria-label": part.accessibility_label ?? null,
      "aria-busy": field.busy ? "true" : null,
      onclick: () => field.press(),
    },
    plain(part.text),
  );
}

/** Close what was opened here; the focus goes to what opened it. */
function shut(details) {
  details.open = false;
  details.querySelector("summary").focus();
}

function shutByEscape(event) {
  if (event.key !== "Escape" || !event.currentTarget.open) return;
  event.preventDefault(); // it would close the form as well
  shut(event.currentTarget);
}

function overflow(part, field) {
  return h(
    "details",
    { class: "overflow", key: field.draftKey, "data-action": part.action_id, onkeydown: shutByEscape },
    h("summary", { "aria-label": field.context ? `More: ${field.context}` : "More actions" }, "⋯"),
    h(
      "div",
      { class: "menu" },
      part.options.map((option) =>
        h("button", { type: "button", key: option.value, value: option.value, onclick: (event) => {
          shut(event.target.closest("details"));
          field.press(option.value);
        } }, plain(option.text)),
      ),
    ),
  );
}

const ELEMENTS = {
  button,
  overflow,
  image: (part) => image(part),
  static_select: select,
  users_select: select,
  conversations_select: select,
  channels_select: select,
  multi_static_select: several,
  multi_users_select: several,
  multi_conversations_select: several,
  multi_channels_select: several,
  radio_buttons: choices("radio"),
  checkboxes: choices("checkbox"),
  datepicker: picker("date", "9999-12-31"),
  timepicker: picker("time"),
  datetimepicker: picker("datetime-local", "9999-12-31T23:59"),
  plain_text_input: typed("text"),
  number_input: typed("text"),
  email_text_input: typed("email"),
  url_text_input: typed("url"),
};
