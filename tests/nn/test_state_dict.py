"""`state_dict` and `load_state_dict`: what is taken over, and what is refused."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau import nn


def test_assigning_plain_tensors_makes_parameters_that_are_trained_as_before():
    layer = nn.Linear(2, 2)
    layer.weight.requires_grad_(False)
    state = {name: value.double() for name, value in layer.state_dict().items()}
    layer.load_state_dict(state, assign=True)
    assert isinstance(layer.weight, nn.Parameter) and layer.weight.dtype is torch.float64
    assert (layer.weight.requires_grad, layer.bias.requires_grad) == (False, True)


def test_assigning_a_parameter_keeps_it_and_trains_it_as_before():
    layer, given = nn.Linear(1, 1, bias=False), nn.Parameter(torch.ones(1, 1), requires_grad=False)
    layer.load_state_dict({"weight": given}, assign=True)
    assert layer.weight is given and given.requires_grad


def test_positions_in_state_dict_are_deprecated():
    found = {}
    with pytest.warns(FutureWarning, match="Positional args"):
        nn.Linear(1, 1).state_dict(found, "layer.")
    assert list(found) == ["layer.weight", "layer.bias"]


def test_a_post_hook_of_the_public_kind_must_not_return_a_dict():
    layer = nn.Linear(1, 1)
    layer.register_state_dict_post_hook(lambda *args: {})
    with pytest.raises(RuntimeError, match="state_dict post-hook must return None"):
        layer.state_dict()


def test_a_hook_of_the_older_kind_may():
    layer = nn.Linear(1, 1)
    layer._register_state_dict_hook(lambda *args: {"all": 1})
    assert layer.state_dict() == {"all": 1}


def test_one_function_is_not_both_kinds_of_hook():
    def hook(*args):
        return None

    layer = nn.Linear(1, 1)
    layer.register_state_dict_post_hook(hook)
    with pytest.raises(RuntimeError, match="Cannot register the same function"):
        layer._register_state_dict_hook(hook)


def test_a_hook_after_loading_must_not_return_anything():
    layer = nn.Linear(1, 1)
    layer.register_load_state_dict_post_hook(lambda module, keys: keys)
    with pytest.raises(AssertionError, match="not expected to return"):
        layer.load_state_dict(layer.state_dict())


def test_a_prefix_is_taken_off_keys_and_metadata():
    from flambeau.nn.modules.utils import consume_prefix_in_state_dict_if_present

    state = nn.Sequential(nn.Linear(1, 1)).state_dict(prefix="module.")
    consume_prefix_in_state_dict_if_present(state, "module.")
    assert list(state) == ["0.weight", "0.bias"]
    assert set(state._metadata) == {"", "0"}


def test_statistics_that_a_layer_does_not_keep_are_unexpected():
    state = nn.InstanceNorm1d(3, track_running_stats=True).state_dict()
    with pytest.raises(RuntimeError, match=r'Unexpected key\(s\) in state_dict: "running_mean", "running_var"'):
        nn.InstanceNorm1d(3).load_state_dict(state)
    with pytest.raises(RuntimeError, match=r'Unexpected key\(s\) in state_dict: "bias"'):
        nn.Linear(1, 1, bias=False).load_state_dict(nn.Linear(1, 1).state_dict())


def test_a_file_from_before_batches_were_counted_leaves_the_count():
    layer = nn.BatchNorm1d(2)
    state = layer.state_dict()
    del state["num_batches_tracked"], state._metadata[""]["version"]
    layer.num_batches_tracked += 3
    layer.load_state_dict(state)
    assert layer.num_batches_tracked == 3


def test_a_table_of_embeddings_has_two_dims():
    with pytest.raises(AssertionError, match="expected to be 2-dimensional"):
        nn.Embedding.from_pretrained(torch.ones(3))
