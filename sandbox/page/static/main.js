// One person's window on the workspace: what is asked of the server, what is kept here, and when it is drawn.
import { render } from "./dom.js";
import { NotPossible, follow, get, post } from "./server.js";
import { page } from "./frame.js";
import { focusOnError, focusOnOpen, focusOnThread, lastMessageIsInSight, scrollToEnd } from "./conversation.js";
import { focusPath, focusStays } from "./focus.js";

const TYPING_PAUSE_MS = 300; // how long after the last character an element that reports each one does so
const APP = "app";

class App {
  constructor(root) {
    this.root = root;
    this.screen = null;
    this.drafts = new Map(); // typed or chosen, and not yet known to the server: key -> {value, address}
    this.busy = new Set(); // keys of what waits for the app's acknowledgement
    this.composed = new Map(); // what stands in a composer, by person and place
    this.twins = new Set(); // what is shown beside itself as a screen reader gets it
    this.dismissed = new Map(); // person -> number of the last notice that was dismissed, or was there at first
    this.troubles = []; // sentences about what this page itself could not do
    this.said = "";
    this.menu = false; // the list of conversations, on a narrow page
    this.timeOpen = false; // what moves time, on a narrow page
    this.confirming = null;
    this.completing = 0;
    this.uncompleted = null; // what stands in the composer when its completions were closed; typing on offers them again
    this.mark = null; // since which moving of time `meanwhile` counts
    this.meanwhile = null;
    this.moving = false;
    this.developer = null; // what the developer's panel shows, when it is open
    this.opened = new Map(); // details of calls and deliveries
    this.newSince = new Map(); // person and place -> where the unread messages began when it was opened
    this.connected = true;
    this.timers = new Map();
    this.opens = (address) => this.say(`This leads to ${address}. Nothing outside this workspace is opened from here.`);
    this.readAddress();
  }

  // Where we are

  readAddress() {
    const [, me = "", ...rest] = location.hash.split("/").map(decoded);
    const thread = rest.indexOf("thread");
    this.me = me;
    this.place = (thread < 0 ? rest : rest.slice(0, thread)).join("/") || APP;
    this.thread = thread < 0 ? null : rest[thread + 1];
    this.end = null;
    this.isNew = true;
  }

  address(me, place, thread) {
    return `#/${me}/${place}${thread ? `/thread/${thread}` : ""}`;
  }

  go(me, place, thread) {
    location.hash = this.address(me, place, thread);
  }

  async moved() {
    const { me, place, thread } = this;
    this.readAddress();
    this.menu = false;
    this.completing = 0;
    if (this.me === me && this.place === place) this.isNew = false;
    await this.look();
    if (this.thread !== thread) focusOnThread(this.thread, thread);
    await this.enterHome();
  }

  async enterHome() {
    const tab = this.place === `${APP}/home` ? "home" : this.place === APP ? "messages" : null;
    if (!tab || !this.isNewPlace || this.screen.me.deleted || (tab === "home" && !this.screen.app.home_tab)) return;
    await this.trying(() => post("/page/home", { as: this.screen.me.id, tab }));
  }

  // Looking

  /** Fetch what the person sees and draw it. One question is under way at a time; changes meanwhile ask once more. */
  look() {
    if (!this.looking) {
      this.looking = this.lookOnce().finally(() => {
        this.looking = null;
      });
      return this.looking;
    }
    // The question that is under way may have been asked too early: whoever asks now waits for the one after it.
    this.next ??= this.looking.then(() => {
      this.next = null;
      return this.look();
    });
    return this.next;
  }

  async lookOnce() {
    const query = new URLSearchParams({ as: this.me || (await this.anyone()), in: this.place });
    if (this.thread) query.set("thread", this.thread);
    if (this.end) query.set("end", this.end);
    for (const twin of this.twins) query.append("twin", twin);
    await this.trying(async () => {
      const [screen, meanwhile, developer] = await Promise.all([
        get("/page/screen", query),
        this.mark ? get(`/page/meanwhile/${this.mark}`) : null,
        this.developer ? get("/page/developer") : null,
      ]);
      // Somebody else, or another place, was chosen meanwhile, and is looked at next.
      if (query.get("in") !== this.place || (this.me && query.get("as") !== this.me)) return;
      this.screen = screen;
      this.me = screen.me.id;
      // Either may have been opened or dismissed since it was asked for.
      this.meanwhile = this.mark && (meanwhile ?? this.meanwhile);
      this.developer = this.developer && (developer ?? this.developer);
      this.seen();
    });
    this.draw();
    this.markRead();
  }

  /** The person to begin as: the one that the address names, or the first. */
  async anyone() {
    const { members } = await get("/sandbox/state");
    return members.find((member) => !member.is_bot)?.id ?? "";
  }

  seen() {
    const { me, place, notices } = this.screen;
    if (!this.dismissed.has(me.id)) this.dismissed.set(me.id, notices.at(-1)?.number ?? 0);
    const here = `${me.id}/${place.id}`;
    this.isNewPlace = here !== this.here;
    if (this.isNewPlace) this.newSince.set(here, place.read ?? "");
    this.here = here;
  }

  draw() {
    // What loses the focus as it is taken out may have something to say, and that draws.
    this.drawAgain = this.drawing;
    if (this.drawing) return;
    this.drawing = true;
    try {
      this.drawOnce();
    } finally {
      this.drawing = false;
    }
    if (this.drawAgain) this.draw();
  }

  drawOnce() {
    if (!this.screen) {
      if (this.troubles.length) render(this.root, this.troubles.join(" "));
      return;
    }
    const atEnd = this.isNew || this.isSending || lastMessageIsInSight();
    const path = focusPath();
    render(this.root, page(this));
    if (atEnd && this.screen.place.is_latest) scrollToEnd(this.isNew);
    this.isNew = false;
    focusStays(path);
    focusOnOpen();
    document.title = `${this.screen.me.name} - ${this.screen.team}`;
    if (!performance.getEntriesByName("shown").length) performance.mark("shown");
  }

  markRead() {
    const { place, me } = this.screen ?? {};
    if (!place?.is_latest || document.hidden) return;
    const last = place.messages.at(-1)?.ts;
    if (last && last > (place.read ?? "")) {
      place.read = last;
      this.trying(() => post("/page/read", { as: me.id, in: place.id, ts: last }));
    }
  }

  // Doing

  /** Do something; what is not possible is told and nothing else happens. Returns what it gave, or null. */
  async trying(work) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NotPossible)) throw error;
      if (!this.troubles.includes(error.message)) this.troubles.push(error.message);
      this.draw();
      return null;
    }
  }

  async act(key, path, body) {
    this.busy.add(key);
    this.draw();
    try {
      return await this.trying(() => post(path, { as: this.me, ...body }));
    } finally {
      // Busy until what became of it is drawn, so that nobody acts on what is no longer so.
      await this.look();
      this.busy.delete(key);
      this.draw();
    }
  }

  say(sentence) {
    this.said = sentence;
    this.draw();
  }

  draft(key, address, value) {
    this.drafts.set(key, { value, address });
    this.draw();
  }

  enterSoon(key) {
    clearTimeout(this.timers.get(key));
    this.timers.set(key, setTimeout(() => this.enter(key), TYPING_PAUSE_MS));
  }

  /** Tell the server what was typed or chosen; the draft goes when it is known there and has not changed since. */
  async enter(key, options) {
    clearTimeout(this.timers.get(key));
    const draft = this.drafts.get(key);
    if (!draft) return;
    if (this.isGone(draft.address.at.view)) {
      this.drafts.delete(key);
      return;
    }
    await this.trying(() => post("/page/enter", { as: this.me, ...draft.address, value: draft.value, ...options }));
    await this.look();
    if (this.drafts.get(key) === draft) this.drafts.delete(key);
    this.draw();
  }

  /** Whether a form was closed; a field that goes with it still tells what was typed in it. */
  isGone(view) {
    const { modal, place } = this.screen;
    return Boolean(view) && view !== modal?.id && view !== place.home?.id;
  }

  async press(key, address, part) {
    if (part.confirm && this.confirming?.key !== key) {
      this.confirming = { key, address, part };
      this.draw();
      return;
    }
    this.confirming = null;
    if (part.url) this.opens(part.url);
    await this.act(key, "/page/press", address);
  }

  async submit(view) {
    const mine = [...this.drafts].filter(([, draft]) => draft.address.at.view === view.id);
    for (const [key] of mine) clearTimeout(this.timers.get(key));
    const values = mine.map(([, draft]) => ({ block: draft.address.block, action: draft.address.action, value: draft.value }));
    await this.act(`submit/${view.id}`, "/page/submit", { view: view.id, values });
    for (const [key, draft] of mine) if (this.drafts.get(key) === draft) this.drafts.delete(key);
    this.draw();
    focusOnError();
  }

  async close(view, everything = false) {
    if (this.busy.has(`close/${view.id}`)) return;
    await this.act(`close/${view.id}`, "/page/close", { view: view.id, everything });
  }

  async send(thread) {
    const key = this.composerKey(thread);
    const text = this.composed.get(key) ?? "";
    if (!text.trim()) return;
    this.composed.set(key, "");
    this.end = null;
    this.isSending = true;
    const done = await this.act(key, "/page/type", { in: this.place, text, thread });
    this.isSending = false;
    if (done === null) this.composed.set(key, text);
    this.draw();
  }

  composerKey(thread) {
    return `${this.me}/${this.place}/${thread ?? ""}`;
  }

  compose(thread, text) {
    this.composed.set(this.composerKey(thread), text);
    this.completing = 0;
    this.draw();
  }

  toggleTwin(id) {
    if (!this.twins.delete(id)) this.twins.add(id);
    this.look();
  }

  dismiss(number) {
    this.dismissed.set(this.me, number);
    this.draw();
  }

  // Time

  async move(how) {
    this.moving = true;
    this.draw();
    const moved = await this.trying(() => post("/page/move", { as: this.me, ...how }));
    if (moved) this.mark = moved.mark;
    await this.look();
    this.moving = false;
    this.draw();
    if (moved) this.say(moved.moved ? `It is now ${this.screen.clock.now.words}.` : "Nothing is coming that could be waited for.");
  }

  async letRun(running) {
    await this.trying(() => post("/sandbox/clock/run", { running }));
    await this.look();
  }

  // The developer's panel

  async toggleDeveloper() {
    this.developer = this.developer ? null : await this.trying(() => get("/page/developer"));
    this.draw();
  }

  async toggleEntry(kind, number) {
    const key = `${kind}/${number}`;
    if (this.opened.has(key)) this.opened.delete(key);
    else this.opened.set(key, await this.trying(() => get(`/page/developer/${key}`)));
    this.draw();
  }

  async change(path, body, sentence, method) {
    const done = await this.trying(() => post(path, body, method));
    await this.look();
    if (done) this.say(sentence);
  }
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // half an escape, typed by hand
  }
}

const app = new App(document.getElementById("page"));
addEventListener("hashchange", () => app.moved());
// What hangs over the page closes when one turns to something else, as a menu does.
addEventListener("pointerdown", (event) => {
  for (const open of document.querySelectorAll("details:is(.overflow, .coming)[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});
document.addEventListener("visibilitychange", () => app.markRead());
await app.look();
await app.enterHome();
follow(
  () => app.look(),
  (connected) => {
    if (app.connected === connected) return;
    app.connected = connected;
    app.draw();
  },
);
