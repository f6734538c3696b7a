// Modals: the view on top of the person's stack, and the question that some buttons ask first.
import { h } from "./dom.js";
import { blocks } from "./blocks.js";
import { pieces, plain } from "./text.js";
import { twin, twinButton } from "./conversation.js";

const opened = (dialog) => dialog.showModal();
const closing = (dialog) => {
  dialog.onclose = null;
  dialog.close();
};

export function modal(app) {
  const view = app.screen.modal;
  if (!view) return null;
  const submitting = app.busy.has(`submit/${view.id}`);
  const where = { app, at: { view: view.id }, key: view.id, errors: view.errors };
  const wrong = Object.keys(view.errors).length;
  return h(
    "dialog",
    {
      id: "modal",
      key: "modal",
      "data-view": view.id,
      "aria-labelledby": "modal-title",
      made: opened,
      going: closing,
      oncancel: (event) => {
        // Escape closes through the app, which may want to know.
        event.preventDefault();
        app.close(view);
      },
      onclose: (event) => {
        // The browser closes it by itself when Escape is pressed again at once; what is open then is for the app to say.
        event.target.showModal();
        app.close(app.screen.modal ?? view);
      },
    },
    h(
      "div",
      { class: "modal-head" },
      h("h2", { id: "modal-title", tabindex: -1, autofocus: true }, plain(view.title)),
      view.depth > 1 ? h("span", { class: "depth" }, `${view.depth} forms deep`) : null,
      h("button", { type: "button", class: "x", "aria-label": "Close all", onclick: () => app.close(view, true) }, "✕"),
    ),
    h(
      "div",
      { class: "modal-body", tabindex: 0, role: "group", "aria-label": plain(view.title), key: view.id },
      view.trouble ? h("p", { class: "trouble", role: "alert" }, view.trouble) : null,
      app.troubles.map((sentence) => h("p", { class: "trouble", role: "alert", key: sentence }, sentence)),
      wrong ? h("p", { class: "trouble", role: "alert" }, wrong === 1 ? "One answer needs another look." : `${wrong} answers need another look.`) : null,
      blocks(view.blocks, where),
      h("p", { class: "doing" }, twinButton(app, view.id)),
      twin(view.twin),
    ),
    h(
      "div",
      { class: "modal-foot" },
      h("button", { type: "button", class: "close", onclick: () => app.close(view) }, plain(view.close) || "Cancel"),
      view.submit
        ? h("button", { type: "button", class: "submit primary", "aria-busy": submitting ? "true" : null, "aria-disabled": submitting ? "true" : null, onclick: () => submitting || app.submit(view) }, plain(view.submit))
        : null,
    ),
  );
}

export function confirm(app) {
  if (!app.confirming) return null;
  const { key, address, part } = app.confirming;
  const question = part.confirm;
  const drop = () => {
    app.confirming = null;
    app.draw();
  };
  return h(
    "dialog",
    {
      id: "confirm",
      key: "confirm",
      "aria-labelledby": "confirm-title",
      made: opened,
      going: closing,
      oncancel: (event) => {
        event.preventDefault();
        drop();
      },
    },
    h("h2", { id: "confirm-title", tabindex: -1, autofocus: true }, plain(question.title)),
    h("div", { class: "words" }, pieces(question.text, app.opens)),
    h(
      "div",
      { class: "modal-foot" },
      h("button", { type: "button", class: "close", onclick: drop }, plain(question.deny)),
      h("button", { type: "button", class: `submit ${question.style ?? "primary"}`, onclick: () => app.press(key, address, part) }, plain(question.confirm)),
    ),
  );
}
