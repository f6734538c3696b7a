// The workspace's own HTTP interface, and the stream that says when something changed.

/** A sentence for the person: what was asked is not possible, or the workspace is gone. */
export class NotPossible extends Error {}

async function answered(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new NotPossible("The workspace does not answer. Is it still running?");
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new NotPossible(body.error ?? `The workspace answered ${response.status}.`);
  return body;
}

export const get = (path, query) => answered(fetch(query ? `${path}?${new URLSearchParams(query)}` : path));

export const post = (path, body, method = "POST") =>
  answered(fetch(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) }));

/** Call `changed()` at every change and `connected(bool)` when the stream comes and goes. */
export function follow(changed, connected) {
  const source = new EventSource("/page/changes");
  source.onmessage = changed;
  source.onopen = () => connected(true);
  source.onerror = () => connected(false);
}
