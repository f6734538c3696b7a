// Under the bonnet: what was delivered to the app, what the app called, and switches for what can go wrong.
import { h } from "./dom.js";

export function developer(app) {
  const panel = app.developer;
  if (!panel) return null;
  return h(
    "aside",
    { id: "developer", key: "developer", "aria-label": "Developer" },
    h("h2", null, "Faults"),
    faults(app, panel),
    h("h2", null, "What can happen to a workspace"),
    happenings(app, panel),
    h("h2", null, `Deliveries to the app (${panel.connections} ${panel.connections === 1 ? "connection" : "connections"})`),
    h("ol", { id: "deliveries", reversed: true }, panel.deliveries.map((each) => entry(app, "deliveries", each, deliveryLine(each), !each.acked && each.failure !== null))),
    h("h2", null, "Calls by the app"),
    h("ol", { id: "calls", reversed: true }, panel.calls.map((each) => entry(app, "calls", each, callLine(each), each.status === null ? isDropped(each) : !each.ok))),
  );
}

function deliveryLine(each) {
  const acked = each.acked ? `acknowledged in ${each.milliseconds} ms` : each.failure ? `failed: ${each.failure}` : "waiting";
  const sent = each.sent > 1 ? `, sent ${each.sent} times` : "";
  const retries = each.retries ? `, ${each.retries} ${each.retries === 1 ? "retry" : "retries"}` : "";
  const faults = each.faults.length ? `, fault ${each.faults.join(", ")}` : "";
  return `${each.kind}, ${acked}${sent}${retries}${faults}`;
}

// A call that hangs has no status yet either, but will have one.
const isDropped = (each) => each.status === null && Boolean(each.fault?.startsWith("drop"));

function callLine(each) {
  const outcome = each.status === null ? (isDropped(each) ? "failed: no answer" : "waiting") : each.ok ? `ok in ${each.milliseconds} ms` : `failed: ${each.status} ${each.error ?? ""}`;
  return `${each.method}, ${outcome}${each.fault ? `, fault ${each.fault}` : ""}`;
}

function entry(app, kind, each, line, failed) {
  const key = `${kind}/${each.number}`;
  const details = app.opened.get(key);
  return h(
    "li",
    { key, value: each.number, class: failed ? "failed" : null },
    h("button", { type: "button", "aria-expanded": details ? "true" : "false", onclick: () => app.toggleEntry(kind, each.number) }, line),
    details ? h("pre", { tabindex: 0 }, JSON.stringify(details, null, 1)) : null,
  );
}

const labelled = (id, words, field) => h("p", { key: id }, h("label", { for: id }, words), field);

function faults(app, panel) {
  const group = (label, known) => h("optgroup", { label }, Object.entries(known).map(([name, says]) => h("option", { value: name, key: name }, `${name}: ${says}`)));
  const arm = (event) => {
    event.preventDefault();
    const value = (id) => document.getElementById(id).value.trim();
    const body = { name: value("fault"), method: value("fault-method") || "*", count: Number(value("fault-count")) || 1, seconds: Number(value("fault-seconds")) || 1 };
    app.change("/sandbox/faults", body, `Armed: ${body.name}.`);
  };
  return [
    h(
      "form",
      { id: "arm", key: "arm", onsubmit: arm },
      labelled("fault", "Fault", h("select", { id: "fault" }, group("Calls by the app", panel.call_faults), group("Deliveries to the app", panel.delivery_faults))),
      labelled("fault-method", "Method or kind (* for any)", h("input", { id: "fault-method", type: "text", placeholder: "*", autocomplete: "off" })),
      labelled("fault-count", "How many times", h("input", { id: "fault-count", type: "number", min: 1, placeholder: "1" })),
      labelled("fault-seconds", "Seconds (for hang and late)", h("input", { id: "fault-seconds", type: "number", min: 0, placeholder: "1" })),
      h("button", { type: "submit" }, "Arm"),
      h("button", { type: "button", onclick: () => app.change("/sandbox/faults", {}, "Nothing is armed.", "DELETE") }, "Disarm all"),
    ),
    h("ul", { id: "armed", key: "armed" }, panel.armed.map((fault) => h("li", { key: fault.id }, `${fault.name} for ${fault.method}, ${fault.count ?? "every"} more`))),
  ];
}

function happenings(app, panel) {
  const switches = (id, words, options, act, sentence) => {
    const press = () => {
      const value = document.getElementById(id).value;
      if (value) app.change(act(value), {}, `${sentence} ${options.find((option) => option.id === value)?.name ?? ""}.`);
    };
    return h(
      "p",
      { key: id },
      h("label", { for: id, class: "visually-hidden" }, `${words}: whom or what`),
      h("select", { id }, options.map((option) => h("option", { value: option.id, key: option.id }, option.name))),
      h("button", { type: "button", disabled: !options.length, onclick: press }, words),
    );
  };
  const socket = (words, what) => h("button", { type: "button", onclick: () => app.change("/sandbox/socket", { do: what }, `${words}: done.`) }, words);
  const channels = panel.channels;
  return [
    switches("who-deactivate", "Deactivate", panel.members.filter((each) => !each.deleted), (id) => `/sandbox/members/${id}/deactivate`, "Deactivated:"),
    switches("who-reactivate", "Let back in", panel.members.filter((each) => each.deleted), (id) => `/sandbox/members/${id}/reactivate`, "Let back in:"),
    switches("channel-archive", "Archive", channels.filter((each) => !each.archived), (id) => `/sandbox/channels/${id}/archive`, "Archived:"),
    switches("channel-unarchive", "Bring back", channels.filter((each) => each.archived), (id) => `/sandbox/channels/${id}/unarchive`, "Brought back:"),
    switches("channel-remove", "Remove the app", channels.filter((each) => each.app_is_in), (id) => `/sandbox/channels/${id}/remove-app`, "Removed the app from:"),
    h("p", { key: "sockets" }, socket("Drop the connection", "abort"), socket("Ask it to reconnect", "refresh")),
  ];
}
