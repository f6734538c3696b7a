// The whole page: who you are, the conversations, the place you are in, and what is around it.
import { h } from "./dom.js";
import { blocks } from "./blocks.js";
import { composer, conversation, twin, twinButton } from "./conversation.js";
import { confirm, modal } from "./modal.js";
import { meanwhile, time } from "./time.js";
import { developer } from "./developer.js";

export function page(app) {
  const { place } = app.screen;
  const isApp = place.id.startsWith("app");
  const inTab = place.id.startsWith("app/");
  return [
    h("a", { class: "skip", href: "#main", key: "skip", onclick: skip }, "To the conversation"),
    header(app),
    h(
      "div",
      { class: `columns${app.developer ? " with-developer" : ""}`, key: "columns" },
      navigation(app),
      h(
        "main",
        { id: "main", tabindex: -1 },
        h("h1", null, heading(app)),
        isApp ? tabs(app) : null,
        notices(app),
        meanwhile(app),
        inTab ? tab(app) : conversation(app),
        inTab || place.nowhere ? null : composer(app),
      ),
      developer(app),
    ),
    modal(app),
    confirm(app),
  ];
}

function skip(event) {
  event.preventDefault();
  document.getElementById("main").focus();
}

function header(app) {
  const { team, people, me } = app.screen;
  return h(
    "header",
    { key: "header" },
    h("button", { type: "button", class: "menu-button", "aria-expanded": app.menu ? "true" : "false", "aria-controls": "conversations", onclick: () => toggleMenu(app) }, "Conversations"),
    h("span", { class: "team" }, team),
    h("label", { for: "person" }, "You are"),
    h(
      "select",
      { id: "person", value: me.id, onchange: (event) => become(app, event.target.value) },
      people.map((person) => h("option", { value: person.id, key: person.id }, personLine(person))),
    ),
    h("button", { type: "button", class: "developer-button", "aria-expanded": app.developer ? "true" : "false", onclick: () => app.toggleDeveloper() }, "Developer"),
    time(app),
  );
}

function personLine(person) {
  const title = person.title ? `, ${person.title}` : "";
  const gone = person.deleted ? " (deactivated)" : "";
  const unread = person.unread ? ` (${person.unread > 99 ? "over 99" : person.unread} unread)` : "";
  return `${person.name}${title}`.replace(DIRECTIONS, "") + gone + unread;
}

// Marks that turn the direction of writing: one line of a list holds no elements that could contain them.
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function toggleMenu(app) {
  app.menu = !app.menu;
  app.draw();
}

/** Another person begins in the app: the last one's channel may not be theirs. */
function become(app, member) {
  app.go(member, app.place.startsWith("app") ? app.place : "app");
}

function navigation(app) {
  const { places, place, me } = app.screen;
  const line = (each) => {
    const here = each.id === place.id || (each.id === "app" && place.id.startsWith("app"));
    const sign = each.kind === "im" ? "" : each.kind === "channel" ? "# " : "🔒 ";
    return h(
      "li",
      { key: each.id },
      h(
        "a",
        { href: app.address(me.id, each.id), "data-place": each.id, "aria-current": here ? "page" : null, class: each.unread ? "has-unread" : null },
        h(
          "span",
          null,
          sign ? h("span", { "aria-hidden": "true" }, sign) : null,
          each.name,
          each.kind === "group" ? h("span", { class: "visually-hidden" }, " (private)") : null,
          each.archived ? " (archived)" : null,
        ),
        each.unread ? [" ", h("span", { class: "unread" }, `${each.unread > 99 ? "over 99" : each.unread} unread`)] : null,
      ),
    );
  };
  return h(
    "nav",
    { id: "conversations", "aria-label": "Conversations", class: app.menu ? "open" : null },
    h("h2", null, "App"),
    h("ul", null, places.filter((each) => each.kind === "im").map(line)),
    h("h2", null, "Channels"),
    places.some((each) => each.kind !== "im") ? h("ul", null, places.filter((each) => each.kind !== "im").map(line)) : h("p", null, "In no channel."),
  );
}

function heading(app) {
  const { place, places, app: bot } = app.screen;
  if (place.id.startsWith("app")) return bot.name;
  const here = places.find((each) => each.id === place.id);
  return here ? `${here.kind === "channel" ? "#" : "🔒"} ${here.name}` : "Nowhere";
}

function tabs(app) {
  const { place, me, app: bot } = app.screen;
  const tab = (id, words) => h("a", { href: app.address(me.id, id), key: id, "aria-current": place.id === id ? "page" : null }, words);
  return h(
    "nav",
    { class: "tabs", "aria-label": "App", key: "tabs" },
    bot.home_tab ? tab("app/home", "Home") : null,
    tab("app", "Messages"),
    tab("app/about", "About"),
  );
}

function tab(app) {
  const { place, app: bot } = app.screen;
  if (place.id === "app/home") {
    const { home } = place;
    if (!bot.home_tab) return h("p", { class: "empty" }, "This app has no Home tab.");
    if (!home) return h("p", { class: "empty" }, "The app has not shown anything here yet.");
    const where = { app, at: { view: home.id }, key: home.id, errors: {} };
    return h(
      "div",
      { id: "home", key: "home", role: "region", tabindex: 0, "aria-label": "Home" },
      home.trouble ? h("p", { class: "trouble", role: "alert" }, home.trouble) : null,
      h("div", { class: "body" }, blocks(home.blocks, where)),
      h("p", { class: "doing" }, twinButton(app, home.id)),
      twin(home.twin),
    );
  }
  return h(
    "div",
    { id: "about", key: "about", role: "region", tabindex: 0, "aria-label": "About" },
    h("p", null, bot.description),
    h("h2", null, "Commands"),
    h("dl", null, bot.commands.map((command) => [h("dt", null, `${command.name} ${command.usage_hint}`), h("dd", null, command.description)])),
    h("h2", null, "What it may do"),
    h("ul", null, place.scopes.map((scope) => h("li", { key: scope }, scope))),
  );
}

function notices(app) {
  const { notices: list, me, app: bot } = app.screen;
  const last = app.dismissed.get(me.id) ?? 0;
  const dismissal = (act) => h("button", { type: "button", onclick: act }, "Dismiss");
  return [
    app.connected ? null : h("p", { class: "trouble", key: "gone", role: "alert" }, "The workspace does not answer. This page carries on when it does."),
    bot.connected ? null : h("p", { class: "trouble", key: "no-app", role: "status" }, `${bot.name} is not connected: what you do now will fail, as it would in Slack.`),
    h(
      "ul",
      { id: "notices", key: "notices", "aria-live": "assertive" },
      list.filter((notice) => notice.number > last).map((notice) => h("li", { key: `n${notice.number}` }, notice.text, dismissal(() => app.dismiss(notice.number)))),
      app.troubles.map((sentence) => h("li", { key: sentence }, sentence, dismissal(() => forget(app, sentence)))),
    ),
  ];
}

function forget(app, sentence) {
  app.troubles = app.troubles.filter((each) => each !== sentence);
  app.draw();
}
