// Programme time: what it is, what comes, moving it, and what was sent meanwhile.
import { h } from "./dom.js";

export function time(app) {
  const { clock } = app.screen;
  const button = (words, how) => h("button", { type: "button", "aria-disabled": app.moving ? "true" : null, onclick: () => app.moving || app.move(how) }, words);
  return h(
    "section",
    { id: "time", "aria-label": "Time", "aria-busy": app.moving ? "true" : "false" },
    h("time", { id: "now", datetime: clock.now.iso }, clock.now.words),
    h("span", { class: "moving" }, app.moving ? "Time is moving…" : clock.running ? "running" : "standing still"),
    h("button", { type: "button", class: "time-button", "aria-expanded": app.timeOpen ? "true" : "false", "aria-controls": "time-controls", onclick: () => toggle(app) }, "Move time"),
    h("div", { id: "time-controls", class: app.timeOpen ? "open" : null }, controls(app, clock, button)),
    h("p", { id: "said", role: "status" }, app.said),
  );
}

function toggle(app) {
  app.timeOpen = !app.timeOpen;
  app.draw();
}

function controls(app, clock, button) {
  return [
    button("To the next event", { to: "next" }),
    button("One day", { days: 1 }),
    button("One week", { days: 7 }),
    h("label", { for: "until", class: "visually-hidden" }, "To a date and time"),
    h("input", { id: "until", type: "datetime-local", min: clock.now.local, max: "9999-12-31T23:59", value: app.until ?? clock.now.local, oninput: (event) => (app.until = event.target.value) }),
    h("button", { type: "button", "aria-disabled": app.moving ? "true" : null, onclick: () => app.moving || goThere(app) }, "Go there"),
    h("button", { type: "button", onclick: () => app.letRun(!clock.running) }, clock.running ? "Stand still" : "Let it run"),
    h(
      "details",
      { class: "coming" },
      h("summary", null, `Coming events (${clock.coming.length})`),
      clock.coming.length
        ? h("ol", { id: "coming", tabindex: 0, "aria-label": "Coming events" }, clock.coming.map((event, index) => h("li", { key: index }, h("time", { datetime: event.iso }, event.words), ` ${event.what}${event.times > 1 ? `, ${event.times} times` : ""}`)))
        : h("p", null, clock.clients ? "Nothing is planned." : "No app lives by this clock."),
    ),
  ];
}

async function goThere(app) {
  const local = document.getElementById("until").value;
  app.until = undefined;
  if (local) await app.move({ local });
}

export function meanwhile(app) {
  if (!app.meanwhile) return null;
  const { sent } = app.meanwhile;
  const line = (one) => {
    const words = [h("bdi", null, one.name), `: ${one.count} ${one.count === 1 ? "message" : "messages"}`];
    const mine = app.screen.places.some((place) => place.id === one.channel);
    if (one.member) return h("a", { href: app.address(one.member, "app") }, words);
    return mine ? h("a", { href: app.address(app.me, one.channel) }, words) : words;
  };
  const forget = () => {
    app.mark = null;
    app.meanwhile = null;
    app.draw();
  };
  return h(
    "section",
    { id: "meanwhile", key: "meanwhile", "aria-label": "While you looked away" },
    h("h2", null, "While you looked away"),
    sent.length ? h("ul", null, sent.map((one) => h("li", { key: one.channel }, line(one)))) : h("p", null, "Nobody was sent anything."),
    h("button", { type: "button", onclick: forget }, "Dismiss"),
  );
}
