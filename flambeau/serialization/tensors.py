"""How a tensor is written: the call of PyTorch's function that makes it again, out of a storage beside the pickle."""
from __future__ import annotations

import pickle
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from flambeau.core.device import device_of
from flambeau.serialization.names import STORAGES
from flambeau.serialization.plain_values import write_bool, write_dtype, write_ordered_dict, write_str
from flambeau.sparse.base import SparseTensor

if TYPE_CHECKING:
    from flambeau.serialization.pickling import Writer


def write_tensor(writer: Writer, obj: Any) -> None:
    from flambeau.nn import Parameter

    if writer.known(id(obj)):
        return
    if isinstance(obj, SparseTensor):
        writer.call("torch._utils", "_rebuild_sparse_tensor", obj.layout, obj._parts())
        writer.remember(id(obj), obj)
        return
    if isinstance(obj, Parameter):
        writer.name("torch._utils", "_rebuild_parameter")
        writer.out += pickle.MARK
        write_plain_tensor(writer, obj, requires_grad=False)
        write_bool(writer, obj.requires_grad)
        write_ordered_dict(writer, OrderedDict())
        writer.out += pickle.TUPLE + pickle.REDUCE
    else:
        write_plain_tensor(writer, obj, obj.requires_grad)
    writer.remember(id(obj), obj)


def write_plain_tensor(writer: Writer, obj: Any, requires_grad: bool) -> None:
    """Write the call of PyTorch's function that makes a tensor out of a storage; newer dtypes have a newer function."""
    array = obj._array
    if writer.is_dry:
        writer.memory.note(array)
        return
    piece = writer.memory.piece(array)
    is_typed = obj.dtype in STORAGES
    writer.name("torch._utils", "_rebuild_tensor_v2" if is_typed else "_rebuild_tensor_v3")
    writer.out += pickle.MARK
    write_storage(writer, obj, piece.key, piece.size if is_typed else piece.size * array.itemsize)
    rest: tuple[Any, ...] = (piece.offset, tuple(array.shape), piece.strides, requires_grad, OrderedDict())
    for value in rest:
        writer.write(value)
    if not is_typed:
        write_dtype(writer, obj.dtype)
    writer.out += pickle.TUPLE + pickle.REDUCE


def write_storage(writer: Writer, tensor: Any, key: str, size: int) -> None:
    """Write the reference to a storage, which lies beside the pickle in the archive."""
    writer.out += pickle.MARK
    write_str(writer, "storage")
    if tensor.dtype in STORAGES:
        writer.name("torch", STORAGES[tensor.dtype])
    else:
        writer.name("torch.storage", "UntypedStorage")
    for value in (key, str(device_of(tensor._array)), size):
        writer.write(value)
    writer.out += pickle.TUPLE + pickle.BINPERSID
