"""The ``views.*`` methods, and what the answer to a submission does to a member's modals."""

from __future__ import annotations

from typing import Any

from sandbox.arguments import Arguments
from sandbox.identify import with_ids
from sandbox.inputs import untouched
from sandbox.refusal import RefusalError
from sandbox.service import Service
from sandbox.validation import check_message_blocks, check_view, interactive
from sandbox.workspace import MODAL_STACK, OpenView


def _with_view_ids(service: Service, view: dict[str, Any]) -> dict[str, Any]:
    return {**view, "blocks": with_ids(view["blocks"], service.workspace.counter)}


def _fresh_state(
    body: dict[str, Any], before: dict[str, dict[str, dict[str, Any]]]
) -> dict[str, dict[str, dict[str, Any]]]:
    """The state of a view's elements: as entered before where block_id, action_id and type stayed, else initial."""
    state: dict[str, dict[str, dict[str, Any]]] = {}
    for block in body["blocks"]:
        for element in interactive(block):
            kept = before.get(block["block_id"], {}).get(element["action_id"])
            value = kept if kept is not None and kept["type"] == element["type"] else untouched(element)
            if value is not None:
                state.setdefault(block["block_id"], {})[element["action_id"]] = value
    return state


def _check_external(service: Service, view: dict[str, Any], own: OpenView | None) -> None:
    external = view.get("external_id")
    other = service.workspace.view_by_external(external) if external else None
    if other is not None and other is not own:
        raise RefusalError("duplicate_external_id")


def stacked(service: Service, user: str, view: dict[str, Any]) -> OpenView:
    """A valid modal put on top of the member's stack.

    Raises:
        RefusalError: ``push_limit_reached`` when three are open, ``duplicate_external_id``.
    """
    workspace = service.workspace
    stack = workspace.stack(user)
    if len(stack) >= MODAL_STACK:
        raise RefusalError("push_limit_reached")
    _check_external(service, view, None)
    body = _with_view_ids(service, view)
    view_id = workspace.counter.id("V")
    root, previous = (stack[0].id, stack[-1].id) if stack else (view_id, None)
    opened = OpenView(view_id, user, body, workspace.next_hash(), root, previous, _fresh_state(body, {}))
    stack.append(opened)
    workspace.touch()
    return opened


def replaced(service: Service, view: OpenView, body: dict[str, Any]) -> None:
    """A view given a new valid body; what was entered stays where block_id and action_id stay."""
    _check_external(service, body, view)
    if view.body.get("external_id") and not body.get("external_id"):
        body = {**body, "external_id": view.body["external_id"]}
    view.body = _with_view_ids(service, body)
    view.state = _fresh_state(view.body, view.state)
    view.hash = service.workspace.next_hash()
    view.errors, view.trouble = {}, None
    service.workspace.touch()


def _opened(service: Service, args: Arguments, *, from_modal: bool) -> dict[str, Any]:
    if args.raw("view") is None:
        raise RefusalError("invalid_arguments", messages=["[ERROR] missing required field: view"])
    check_view(args.raw("view"), "modal", service.has_image)
    workspace = service.workspace
    trigger_id = args.maybe("trigger_id") or args.maybe("interactivity_pointer")
    if trigger_id is None:
        raise RefusalError("invalid_arguments", messages=["[ERROR] missing required field: trigger_id"])
    trigger = workspace.triggers.get(trigger_id)
    if from_modal and trigger is not None and trigger.view_id is None:
        raise RefusalError("invalid_trigger_id")
    trigger = workspace.use_trigger(trigger_id)
    inside = trigger.view_id is not None and any(v.id == trigger.view_id for v in workspace.stack(trigger.user))
    if not inside:
        workspace.stacks[trigger.user] = []
    return {"view": service.view_object(stacked(service, trigger.user, args.raw("view")))}


def views_open(service: Service, args: Arguments) -> dict[str, Any]:
    """``views.open``: from inside a modal it stacks, from elsewhere it takes the place of what was open."""
    return _opened(service, args, from_modal=False)


def views_push(service: Service, args: Arguments) -> dict[str, Any]:
    """``views.push``: only with a trigger from inside a modal."""
    return _opened(service, args, from_modal=True)


def views_update(service: Service, args: Arguments) -> dict[str, Any]:
    """``views.update``: by view_id or external_id; a stale hash is refused, no hash means last write wins."""
    workspace = service.workspace
    view_id, external = args.maybe("view_id"), args.maybe("external_id")
    if view_id is None and external is None:
        raise RefusalError("invalid_arguments", messages=["[ERROR] view_id or external_id is needed"])
    view = workspace.view(view_id) if view_id else workspace.view_by_external(external or "")
    if view is None:
        raise RefusalError("not_found")
    check_view(args.raw("view"), str(view.body["type"]), service.has_image)
    if args.maybe("hash") not in {None, view.hash}:
        raise RefusalError("hash_conflict")
    replaced(service, view, args.raw("view"))
    return {"view": service.view_object(view)}


def views_publish(service: Service, args: Arguments) -> dict[str, Any]:
    """``views.publish``: the member's Home tab; a stale hash is refused."""
    workspace = service.workspace
    user = args.text("user_id")
    if not workspace.manifest.home_tab:
        raise RefusalError("not_enabled")
    if user not in workspace.members or workspace.members[user].deleted:
        raise RefusalError("user_not_found")
    check_view(args.raw("view"), "home", service.has_image)
    home = workspace.homes.get(user)
    if args.maybe("hash") is not None and (home is None or home.hash != args.maybe("hash")):
        raise RefusalError("hash_conflict")
    if home is not None:
        replaced(service, home, args.raw("view"))
        return {"view": service.view_object(home)}
    _check_external(service, args.raw("view"), None)
    body = _with_view_ids(service, args.raw("view"))
    view_id = workspace.counter.id("V")
    home = OpenView(view_id, user, body, workspace.next_hash(), view_id, None, _fresh_state(body, {}))
    workspace.homes[user] = home
    workspace.touch()
    return {"view": service.view_object(home)}


def blocks_validate(_service: Service, args: Arguments) -> dict[str, Any]:
    """``blocks.validate``: needs no token."""
    check_message_blocks(args.raw("blocks"))
    return {}
