// A conversation: its messages, a thread beside it, and the composers.
import { h } from "./dom.js";
import { blocks } from "./blocks.js";
import { pieces } from "./text.js";

const NEAR_THE_END = 60; // pixels
const MOST_COMPLETIONS = 8;

const log = () => document.getElementById("log");

/** Whether the newest message is in sight, so that the next one should be too. */
export function lastMessageIsInSight() {
  const list = log();
  return !list || list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_THE_END;
}

/** Show the newest message; when a place was just opened, where its new messages begin. */
export function scrollToEnd(opened) {
  const list = log();
  if (!list) return;
  const fresh = opened && list.querySelector(".new");
  if (fresh) fresh.scrollIntoView({ block: "start" });
  else list.scrollTop = list.scrollHeight;
}

/** When a modal has opened or changed and the focus is nowhere in it, put it on its title. */
export function focusOnOpen() {
  // Not at once: this may be drawn while the focus is on its way from one field to the next.
  setTimeout(() => {
    const dialog = document.querySelector("dialog#confirm[open]") ?? document.querySelector("dialog#modal[open]");
    if (dialog && !dialog.contains(document.activeElement)) dialog.querySelector("h2")?.focus();
  });
}

/** Put the focus on the first field of the modal that was refused, if one was. */
export function focusOnError() {
  const block = document.querySelector("dialog#modal .error")?.closest(".block");
  block?.querySelector("input, select, textarea, summary")?.focus();
}

/** A thread that was opened is answered in its composer; where one was closed, one is back at its message. */
export function focusOnThread(opened, closed) {
  const composer = opened && document.getElementById("thread-composer");
  const link = () => document.querySelector(`#messages > li.message[data-ts="${CSS.escape(closed)}"] a.reply-link`);
  (composer || (closed && link()))?.focus();
}

export function conversation(app) {
  const { place, thread } = app.screen;
  if (place.nowhere) return h("p", { class: "empty" }, place.nowhere);
  return [
    h(
      "div",
      { id: "log", key: "log", role: "log", "aria-label": "Messages", "aria-live": "polite", tabindex: 0 },
      place.earlier
        ? h(
            "p",
            { class: "window", key: "earlier" },
            `${place.first} to ${place.first + place.messages.length - 1} of ${place.count} messages. `,
            h("button", { type: "button", onclick: () => show(app, place.earlier) }, "Show earlier messages"),
            h("button", { type: "button", onclick: () => show(app, place.start) }, "To the first"),
          )
        : null,
      place.messages.length ? list(app, place.messages, "messages") : h("p", { class: "empty", key: "none" }, "No messages yet."),
      place.is_latest
        ? null
        : h(
            "p",
            { class: "window", key: "later" },
            h("button", { type: "button", onclick: () => show(app, place.later) }, "Show later messages"),
            h("button", { type: "button", onclick: () => show(app, null) }, "To the latest"),
          ),
    ),
    thread ? threadPanel(app, thread) : null,
  ];
}

async function show(app, end) {
  app.end = end;
  await app.look();
  log()?.focus();
}

function list(app, messages, id) {
  const { place, me } = app.screen;
  const since = app.newSince.get(`${me.id}/${place.id}`) ?? "";
  const items = [];
  let day = null;
  let marked = id !== "messages" || !since;
  for (const message of messages) {
    if (message.day !== day) items.push(h("li", { class: "day", key: `day-${message.day}` }, h("h2", null, message.day)));
    day = message.day;
    if (!marked && message.ts > since && message.author !== me.name) {
      items.push(h("li", { class: "new", key: "new" }, "New"));
      marked = true;
    }
    items.push(messageItem(app, message, id));
  }
  return h("ol", { id, class: "messages", key: id }, items);
}

function messageItem(app, message, within) {
  const at = { channel: message.channel, ts: message.ts };
  const key = `${within}-${message.channel}-${message.ts}`;
  const where = { app, at, key };
  return h(
    "li",
    { class: `message${message.ephemeral ? " ephemeral" : ""}`, key, tabindex: -1, "data-ts": message.ts, "data-channel": message.channel },
    h("span", { class: `face${message.is_app ? " is-app" : ""}`, "aria-hidden": "true" }, [...message.author][0]),
    h(
      "div",
      { class: "message-content" },
      h(
        "p",
        { class: "byline" },
        h("strong", null, message.author),
        message.is_app ? h("span", { class: "badge" }, "app") : null,
        " ",
        h("time", { datetime: message.moment, title: `${message.day}, ${message.time}` }, message.time),
        message.edited ? h("span", { class: "edited" }, "(edited)") : null,
      ),
      message.ephemeral ? h("p", { class: "only-you" }, "Only visible to you") : null,
      h("div", { class: "body" }, message.blocks ? blocks(message.blocks, where) : h("div", { class: "words" }, pieces(message.spans, app.opens))),
      files(message),
      h("p", { class: "doing" }, replies(app, message, within), twinButton(app, message.ts)),
      twin(message.twin),
    ),
  );
}

function replies(app, message, within) {
  if (within !== "messages" || message.ephemeral) return null;
  const { me, place } = app.screen;
  const words = message.replies ? `${message.replies} ${message.replies === 1 ? "reply" : "replies"}` : "Reply in thread";
  return h("a", { href: app.address(me.id, place.id, message.ts), class: `reply-link ${message.replies ? "replies" : "quiet"}` }, words);
}

function files(message) {
  if (!message.files?.length) return null;
  return h(
    "ul",
    { class: "files" },
    message.files.map((file) =>
      h(
        "li",
        { key: file.id },
        file.deleted
          ? file.plain
          : h(
              "a",
              { href: file.url, target: "_blank", rel: "noopener" },
              file.is_image ? h("img", { src: file.url, alt: file.alt || "" }) : null,
              h("span", null, fileWords(file)),
            ),
      ),
    ),
  );
}

/** Its name may be written from right to left; what stands around it is not. */
function fileWords(file) {
  const at = file.plain.lastIndexOf(file.name);
  return at < 0 ? file.plain : [file.plain.slice(0, at), h("bdi", null, file.name), file.plain.slice(at + file.name.length)];
}

export function twinButton(app, id) {
  return h(
    "button",
    { type: "button", class: "quiet twin-button", "aria-expanded": app.twins.has(id) ? "true" : "false", onclick: () => app.toggleTwin(id) },
    "What a screen reader gets",
  );
}

export function twin(shown) {
  if (!shown) return null;
  return h(
    "div",
    { class: "twin" },
    shown.text === null ? null : [h("p", { class: "twin-title" }, "The message's text, which is what is read out and shown in notifications"), h("pre", { tabindex: 0 }, shown.text)],
    h("p", { class: "twin-title" }, "In reading order, with what can be pressed and filled in"),
    h("pre", { tabindex: 0 }, shown.blocks),
  );
}

function threadPanel(app, thread) {
  const { me, place } = app.screen;
  return h(
    "aside",
    { id: "thread", key: "thread", "aria-label": "Thread" },
    h("p", { class: "panel-title" }, h("strong", null, "Thread"), h("a", { href: app.address(me.id, place.id) }, "Close the thread")),
    h("div", { id: "thread-log", role: "log", "aria-label": "Thread", tabindex: 0 }, list(app, thread.messages, "thread-messages")),
    composer(app, thread.ts),
  );
}

// Composing

export function composer(app, thread) {
  const { place, places, me, app: bot } = app.screen;
  const here = places.find((each) => each.id === place.id);
  if (!here || me.deleted) return h("p", { class: "no-composer" }, me.deleted ? `${me.name} is deactivated and can do nothing.` : "");
  if (here.archived) return h("p", { class: "no-composer" }, `#${here.name} is archived.`);
  if (here.kind === "im" && !bot.messages_tab) return h("p", { class: "no-composer" }, "Sending messages to this app has been turned off.");
  const name = thread ? "Reply" : `Message ${here.kind === "im" ? here.name : `#${here.name}`}`;
  const id = thread ? "thread-composer" : "composer";
  const text = app.composed.get(app.composerKey(thread)) ?? "";
  const offered = thread ? [] : completions(app, text);
  const at = Math.min(app.completing, offered.length - 1);
  return h(
    "div",
    { class: "composer", key: id },
    offered.length
      ? h(
          "ul",
          { id: "completions", role: "listbox", "aria-label": "Commands" },
          offered.map((command, index) =>
            h(
              "li",
              { role: "option", id: `completion-${index}`, key: command.name, "aria-selected": index === at ? "true" : "false", onclick: () => complete(app, command) },
              h("strong", null, command.name),
              ` ${command.usage_hint}`,
              h("span", { class: "description" }, command.description),
            ),
          ),
        )
      : null,
    h("label", { for: id, class: "visually-hidden" }, name),
    h("textarea", {
      id,
      rows: 2,
      placeholder: name,
      value: text,
      "aria-autocomplete": thread ? null : "list",
      "aria-controls": offered.length ? "completions" : null,
      "aria-activedescendant": offered.length ? `completion-${at}` : null,
      oninput: (event) => app.compose(thread, event.target.value),
      onkeydown: (event) => pressedKey(app, event, thread, offered, at),
    }),
    h("button", { type: "button", class: "send", "aria-busy": app.busy.has(app.composerKey(thread)) ? "true" : null, onclick: () => app.send(thread) }, "Send"),
  );
}

function completions(app, text) {
  if (!/^\/\S*$/.test(text) || text === app.uncompleted) return [];
  const commands = app.screen.app.commands.filter((command) => command.name.startsWith(text));
  const isWhole = commands.length === 1 && commands[0].name === text;
  return isWhole ? [] : commands.slice(0, MOST_COMPLETIONS);
}

function complete(app, command) {
  app.compose(undefined, `${command.name} `);
  document.getElementById("composer")?.focus();
}

function pressedKey(app, event, thread, offered, at) {
  if (event.isComposing) return;
  if (offered.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    app.completing = (at + (event.key === "ArrowDown" ? 1 : offered.length - 1)) % offered.length;
    app.draw();
  } else if (offered.length && (event.key === "Tab" || event.key === "Enter") && !event.shiftKey) {
    event.preventDefault();
    complete(app, offered[at]);
  } else if (offered.length && event.key === "Escape") {
    event.preventDefault();
    app.uncompleted = event.target.value;
    app.draw();
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    app.send(thread);
  }
}
