"""`torch.utils._pytree`: nested containers as a list of leaves, and a description that puts them together again."""
from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

PyTree = Any
Flatten = Callable[[Any], tuple[list[Any], Any]]
Unflatten = Callable[[Iterable[Any], Any], Any]


class _Kind(NamedTuple):
    """How containers of a class are taken apart, and made of their parts and a context."""

    flatten: Flatten
    unflatten: Unflatten


class TreeSpec:
    """What is left of nested containers without their leaves."""

    __slots__ = ("children_specs", "context", "num_leaves", "type")

    def __init__(self, type: Any, context: Any, children_specs: list[TreeSpec]) -> None:
        self.type, self.context, self.children_specs = type, context, children_specs
        self.num_leaves: int = 1 if type is None else sum(child.num_leaves for child in children_specs)

    def is_leaf(self) -> bool:
        return self.type is None

    def unflatten(self, leaves: Iterable[Any]) -> PyTree:
        return tree_unflatten(leaves, self)

    def __eq__(self, other: object) -> bool:
        return (isinstance(other, TreeSpec) and self.type is other.type and self.context == other.context
                and self.children_specs == other.children_specs)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        if self.is_leaf():
            return "*"
        return f"TreeSpec({self.type.__name__}, {self.context}, {self.children_specs})"


def _of_dict(tree: dict[Any, Any]) -> tuple[list[Any], Any]:
    return list(tree.values()), list(tree)


_kinds: dict[type, _Kind] = {
    list: _Kind(lambda tree: (tree, None), lambda parts, _: list(parts)),
    tuple: _Kind(lambda tree: (list(tree), None), lambda parts, _: tuple(parts)),
    dict: _Kind(_of_dict, lambda parts, keys: dict(zip(keys, parts, strict=True))),
    OrderedDict: _Kind(_of_dict, lambda parts, keys: OrderedDict(zip(keys, parts, strict=True))),
    defaultdict: _Kind(lambda tree: (list(tree.values()), (tree.default_factory, list(tree))),
                       lambda parts, known: defaultdict(known[0], zip(known[1], parts, strict=True))),
    deque: _Kind(lambda tree: (list(tree), tree.maxlen), lambda parts, size: deque(parts, maxlen=size)),
}
_NAMED = _Kind(lambda tree: (list(tree), type(tree)), lambda parts, kind: kind(*parts))


def register_pytree_node(cls: type, flatten_fn: Flatten, unflatten_fn: Unflatten, **_: Any) -> None:
    """Have containers of `cls` taken apart: `flatten_fn` returns (parts, context), `unflatten_fn` takes them.

    Raises ValueError for a class that is known.
    """
    if cls in _kinds:
        raise ValueError(f"{cls} is already registered as pytree node.")
    _kinds[cls] = _Kind(flatten_fn, unflatten_fn)


def _kind_of(tree: PyTree) -> tuple[Any, _Kind | None]:
    cls = type(tree)
    if cls not in _kinds and isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return cls, _NAMED
    return cls, _kinds.get(cls)


def tree_flatten(tree: PyTree, is_leaf: Callable[[PyTree], bool] | None = None) -> tuple[list[Any], TreeSpec]:
    """Return the leaves of nested containers, and the description to put others in their places."""
    cls, kind = (None, None) if is_leaf is not None and is_leaf(tree) else _kind_of(tree)
    if kind is None:
        return [tree], TreeSpec(None, None, [])
    parts, context = kind.flatten(tree)
    flat = [tree_flatten(part, is_leaf) for part in parts]
    return [leaf for leaves, _ in flat for leaf in leaves], TreeSpec(cls, context, [spec for _, spec in flat])


def tree_unflatten(leaves: Iterable[Any], treespec: TreeSpec) -> PyTree:
    """Put leaves into the containers that a description tells of. Raises ValueError for another number of leaves."""
    leaves = list(leaves)
    if len(leaves) != treespec.num_leaves:
        raise ValueError(f"tree_unflatten(leaves, treespec): `leaves` has length {len(leaves)} but the spec refers to a pytree "
                         f"that holds {treespec.num_leaves} items ({treespec}).")
    return _put_together(iter(leaves), treespec)


def _put_together(leaves: Any, spec: TreeSpec) -> PyTree:
    if spec.type is None:
        return next(leaves)
    kind = _kinds.get(spec.type, _NAMED)
    return kind.unflatten([_put_together(leaves, child) for child in spec.children_specs], spec.context)


def tree_leaves(tree: PyTree, is_leaf: Callable[[PyTree], bool] | None = None) -> list[Any]:
    return tree_flatten(tree, is_leaf)[0]


def tree_structure(tree: PyTree, is_leaf: Callable[[PyTree], bool] | None = None) -> TreeSpec:
    return tree_flatten(tree, is_leaf)[1]


def tree_map(func: Callable[..., Any], tree: PyTree, *rests: PyTree,
             is_leaf: Callable[[PyTree], bool] | None = None) -> PyTree:
    """Return the same containers with `func(leaf, …)` for each leaf, of trees of one structure."""
    leaves, spec = tree_flatten(tree, is_leaf)
    others = [tree_flatten(rest, is_leaf)[0] for rest in rests]
    return tree_unflatten([func(*parts) for parts in zip(leaves, *others, strict=True)], spec)


def tree_map_only(kind: Any, func: Callable[[Any], Any], tree: PyTree,
                  is_leaf: Callable[[PyTree], bool] | None = None) -> PyTree:
    """As `tree_map`, for leaves of a class or some classes; the others stay."""
    return tree_map(lambda leaf: func(leaf) if isinstance(leaf, kind) else leaf, tree, is_leaf=is_leaf)


def tree_all(pred: Callable[[Any], bool], tree: PyTree, is_leaf: Callable[[PyTree], bool] | None = None) -> bool:
    return all(map(pred, tree_leaves(tree, is_leaf)))


def tree_any(pred: Callable[[Any], bool], tree: PyTree, is_leaf: Callable[[PyTree], bool] | None = None) -> bool:
    return any(map(pred, tree_leaves(tree, is_leaf)))


def broadcast_prefix(prefix: PyTree, spec: TreeSpec) -> list[Any] | None:
    """Repeat each leaf of `prefix` for all leaves below its place in `spec`; None where they do not match."""
    if spec.is_leaf() or _kind_of(prefix)[1] is None:
        return None if spec.is_leaf() and _kind_of(prefix)[1] is not None else [prefix] * spec.num_leaves
    cls, kind = _kind_of(prefix)
    assert kind is not None
    parts, context = kind.flatten(prefix)
    if cls is not spec.type or context != spec.context or len(parts) != len(spec.children_specs):
        return None
    found: list[Any] = []
    for part, child in zip(parts, spec.children_specs, strict=True):
        below = broadcast_prefix(part, child)
        if below is None:
            return None
        found += below
    return found


_broadcast_to_and_flatten = broadcast_prefix  # PyTorch's name for it, which programs import
