"""Recurrent layers: PyTorch's numbers, packed and padded alike, forth, back and back again."""
from __future__ import annotations

import copy
import pickle

import numpy
import pytest

import flambeau as torch
from flambeau import nn
from flambeau.autograd import gradcheck, gradgradcheck
from flambeau.nn.utils import rnn as sequences

CLASSES = {"lstm": nn.LSTM, "gru": nn.GRU, "tanh": nn.RNN, "relu": lambda *a, **k: nn.RNN(*a, nonlinearity="relu", **k)}


def test_a_deep_network_has_pytorchs_numbers():
    torch.manual_seed(0)
    model = nn.LSTM(3, 4, 2, bidirectional=True, proj_size=2, dropout=0.5)
    output, (hidden, memory) = model(torch.randn(5, 2, 3))
    (output.sum() + memory.sum()).backward()
    found = [output.sum(), hidden.sum(), memory.sum(), model.weight_ih_l0.grad.sum(), model.weight_hr_l1_reverse.grad.sum(),
             model.bias_hh_l0_reverse.grad.sum()]
    recorded = [3.570112, 0.736304, -2.709601, 1.192502, -3.009714, 4.846371]  # PyTorch 2.13
    assert [value.item() for value in found] == pytest.approx(recorded, abs=5e-6)


@pytest.mark.parametrize(("kind", "recorded"), [  # PyTorch 2.13
    ("lstm", [0.002394, -0.011351, -0.263098, -0.901113]), ("gru", [4.622437, 1.798288, -0.163401, 1.568089]),
    ("tanh", [3.933687, 1.21789, 0.124082, -2.433886])])
def test_packed_sequences_have_pytorchs_numbers(kind, recorded):
    torch.manual_seed(1)
    model = CLASSES[kind](2, 3, bidirectional=True)
    packed = sequences.pack_padded_sequence(torch.randn(4, 3, 2), [2, 4, 1], enforce_sorted=False)
    output, states = model(packed)
    (output.data**2).sum().backward()
    hidden = states[0] if kind == "lstm" else states
    found = [output.data.sum(), hidden.sum(), model.weight_hh_l0.grad.sum(), model.weight_ih_l0_reverse.grad.sum()]
    assert [value.item() for value in found] == pytest.approx(recorded, abs=5e-6)


def test_training_goes_as_in_pytorch():
    torch.manual_seed(0)
    model, head = nn.LSTM(1, 8), nn.Linear(8, 1)
    optimizer = torch.optim.Adam([*model.parameters(), *head.parameters()], lr=0.05)
    x = torch.randn(6, 16, 1)
    losses = []
    for _ in range(10):
        optimizer.zero_grad()
        loss = ((head(model(x)[0]) - x.cumsum(0)) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    recorded = [4.06326, 3.72562, 3.35954, 3.04327, 2.75809, 2.42935, 1.94993, 1.52688, 1.4442, 1.27367]
    assert losses == pytest.approx(recorded, abs=2e-5)


@pytest.mark.parametrize("kind", CLASSES)
def test_gradients_of_gradients_are_right(kind):
    torch.manual_seed(2)
    model = CLASSES[kind](2, 3, bidirectional=True).double()
    x = torch.randn(3, 2, 2, dtype=torch.float64, requires_grad=True)

    def run(x, *weights):
        for name, weight in zip(model._flat_weights_names, weights, strict=True):
            object.__setattr__(model, name, weight)
        output, states = model(x)
        return (output, *states) if kind == "lstm" else (output, states)

    weights = [weight.detach().clone().requires_grad_() for weight in model._flat_weights]
    model._parameters.clear()
    assert gradcheck(run, (x, *weights))
    assert gradgradcheck(run, (x, *weights), atol=1e-4)


def test_one_tensor_given_for_both_states_gets_both_gradients():
    torch.manual_seed(3)
    model, both = nn.LSTM(2, 3).double(), torch.randn(1, 2, 3, dtype=torch.float64, requires_grad=True)
    x = torch.randn(4, 2, 2, dtype=torch.float64)
    assert gradgradcheck(lambda state: model(x, (state, state))[0], both)


@pytest.mark.parametrize("state", [0, 1])
def test_a_last_state_alone_has_gradients(state):
    torch.manual_seed(4)
    model, x = nn.LSTM(2, 3, proj_size=2).double(), torch.randn(3, 2, 2, dtype=torch.float64, requires_grad=True)
    assert gradcheck(lambda x: model(x)[1][state], x)


def test_frozen_weights_get_no_gradient():
    model = nn.GRU(2, 3)
    model.weight_hh_l0.requires_grad_(False)
    model(torch.ones(4, 1, 2))[0].sum().backward()
    assert model.weight_hh_l0.grad is None and model.bias_hh_l0.grad is not None


@pytest.mark.parametrize("kind", CLASSES)
def test_half_precision_stays_half_precision(kind):
    model = CLASSES[kind](2, 3, 2).bfloat16()
    output, _ = model(torch.ones(4, 1, 2, dtype=torch.bfloat16))
    output.sum().backward()
    assert output.dtype == model.weight_hh_l1.grad.dtype == torch.bfloat16


@pytest.mark.parametrize("kind", CLASSES)
def test_a_packed_batch_is_each_sequence_by_itself(kind):
    model = CLASSES[kind](2, 3, 2, bidirectional=True)
    pieces = [torch.randn(length, 2) for length in (3, 5, 1)]
    output, states = model(sequences.pack_sequence(pieces, enforce_sorted=False))
    together = sequences.unpack_sequence(output)
    for number, piece in enumerate(pieces):
        alone, last = model(piece)
        numpy.testing.assert_allclose(together[number].detach().numpy(), alone.detach().numpy(), atol=1e-6)
        state, mine = (last[1], states[1]) if kind == "lstm" else (last, states)
        numpy.testing.assert_allclose(mine[:, number].detach().numpy(), state.detach().numpy(), atol=1e-6)


def test_the_forms_of_input_give_the_same():
    model = nn.GRU(3, 4, batch_first=True)
    x = torch.randn(2, 5, 3)
    output, state = model(x)
    single, last = model(x[1])
    assert (output.shape, state.shape, single.shape, last.shape) == ((2, 5, 4), (1, 2, 4), (5, 4), (1, 4))
    numpy.testing.assert_allclose(single.detach().numpy(), output[1].detach().numpy(), atol=1e-6)


@pytest.mark.parametrize(("cell", "layer"), [(nn.LSTMCell, nn.LSTM), (nn.GRUCell, nn.GRU), (nn.RNNCell, nn.RNN)])
def test_a_cell_is_a_layer_of_one_step(cell, layer):
    one, whole = cell(3, 4), layer(3, 4)
    whole.load_state_dict({f"{name}_l0": value for name, value in one.state_dict().items()})
    x = torch.randn(2, 3)
    stepped = one(x)
    hidden = stepped[0] if isinstance(stepped, tuple) else stepped
    numpy.testing.assert_allclose(hidden.detach().numpy(), whole(x[None])[0][0].detach().numpy(), atol=1e-6)
    assert one(x[0])[0].shape == ((4,) if cell is nn.LSTMCell else ())


def test_parameters_are_named_and_shown_as_in_pytorch():
    model = nn.LSTM(3, 4, 2, bidirectional=True, proj_size=2, batch_first=True, dropout=0.5)
    assert repr(model) == "LSTM(3, 4, proj_size=2, num_layers=2, batch_first=True, dropout=0.5, bidirectional=True)"
    assert list(model.state_dict())[:5] == ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight_hr_l0"]
    assert [len(weights) for weights in model.all_weights] == [5] * 4
    assert repr(nn.RNNCell(3, 4, bias=False, nonlinearity="relu")) == "RNNCell(3, 4, bias=False, nonlinearity=relu)"


def test_copies_have_weights_of_their_own():
    model = nn.GRU(2, 3)
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        with torch.no_grad():
            twin.weight_ih_l0.zero_()
        assert model.weight_ih_l0.abs().sum() > 0 and twin._flat_weights[0].abs().sum() == 0


def run_gru(x, states=1, has_biases=False):
    weights = [torch.ones(12, 3), torch.ones(12, 4)]
    return torch.gru(x, torch.ones(states, 2, 4), weights, has_biases, 1, 0.0, False, False, False)


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: nn.LSTM(3, 4)(torch.ones(5, 2, 2)), RuntimeError, r"must be equal to input_size. Expected 3, got 2"),
    (lambda: nn.LSTM(3, 4)(torch.ones(2)), ValueError, "LSTM: Expected input to be 2D or 3D, got 1D"),
    (lambda: nn.LSTM(3, 4)(torch.ones(5, 2, 3), (torch.ones(1, 2, 3), torch.ones(1, 2, 4))), RuntimeError,
     r"Expected hidden\[0\] size \(1, 2, 4\), got \[1, 2, 3\]"),
    (lambda: nn.GRU(3, 4)(torch.ones(5, 3), torch.ones(1, 2, 4)), RuntimeError, "hx should also be 2-D but got 3-D"),
    (lambda: nn.LSTM(3, 4)(torch.ones(5, 2, 3).double()), ValueError, "does not match weight dtype"),
    (lambda: nn.LSTM(3, 4)(torch.ones(0, 2, 3)), RuntimeError, "sequence length to be larger than 0"),
    (lambda: nn.LSTM(3, 0), ValueError, "hidden_size must be greater than zero"),
    (lambda: nn.LSTM(3, "a"), TypeError, "hidden_size should be of type int, got: str"),
    (lambda: nn.LSTM(3, 4, proj_size=5), ValueError, "proj_size has to be smaller"),
    (lambda: nn.GRU(3, 4, proj_size=2), ValueError, "only supported for LSTM"),
    (lambda: nn.RNN(3, 4, nonlinearity="x"), ValueError, "Unknown nonlinearity 'x'"),
    (lambda: nn.GRUCell(3, 4)(torch.ones(2, 3), torch.ones(2, 5)), RuntimeError, "inconsistent hidden_size: got 5, expected 4"),
    (lambda: nn.LSTMCell(3, 4)(torch.ones(2, 2, 3)), ValueError, "Expected input to be 1D or 2D, got 3D"),
    (lambda: torch.lstm_cell(torch.ones(2, 3), [torch.ones(2, 4)], torch.ones(16, 3), torch.ones(16, 4)), RuntimeError,
     "expects two hidden states"),
    (lambda: torch.rnn_tanh_cell(torch.ones(3), torch.ones(4), torch.ones(4, 3), torch.ones(4, 4)), IndexError, "of 2 dims"),
    (lambda: torch.rnn_tanh_cell(torch.ones(2, 3), torch.ones(2, 4), torch.ones(4, 3), torch.ones(5, 4)), RuntimeError,
     r"weight_hh first dim must be 1 \* hidden_size = 4, but got 5"),
    (lambda: run_gru(torch.ones(5, 2, 3).double()), RuntimeError, "same dtype, but got Double and Float"),
    (lambda: run_gru(torch.ones(5, 2, 3), states=2), RuntimeError, "Expected more hidden states"),
    (lambda: run_gru(torch.ones(5, 2, 3), has_biases=True), RuntimeError, "incorrect number of RNN parameters"),
    (lambda: run_gru(torch.ones(5, 3)), IndexError, "3 dims"),
])
def test_what_does_not_fit_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_dropout_on_one_layer_alone_is_warned_of():
    with pytest.warns(UserWarning, match="non-zero dropout expects num_layers greater than 1"):
        nn.LSTM(3, 4, dropout=0.5)


# ------------------------------------------------------------------------------------- sequences


def test_packing_and_padding_undo_each_other():
    x = torch.arange(12.0).reshape(4, 3, 1)
    packed = sequences.pack_padded_sequence(x, [4, 2, 1])
    assert (packed.data.flatten().tolist(), packed.batch_sizes.tolist()) == ([0, 1, 2, 3, 4, 6, 9], [3, 2, 1, 1])
    padded, lengths = sequences.pad_packed_sequence(packed, batch_first=True, padding_value=-1, total_length=5)
    assert padded[..., 0].tolist() == [[0, 3, 6, 9, -1], [1, 4, -1, -1, -1], [2, -1, -1, -1, -1]]
    assert lengths.tolist() == [4, 2, 1]


def test_sequences_are_padded_on_either_side():
    pair = [torch.ones(1), torch.ones(2) * 2]
    assert sequences.pad_sequence(pair).tolist() == [[1, 2], [0, 2]]
    assert sequences.pad_sequence(pair, True, 9.0, "left").tolist() == [[9, 1], [2, 2]]


def test_gradients_reach_the_sequences_through_padding_and_packing():
    pieces = [torch.randn(length, 2, dtype=torch.float64, requires_grad=True) for length in (2, 3, 1)]
    for batch_first in (False, True):
        def there_and_back(*given, batch_first=batch_first):
            padded = sequences.pad_sequence(given, batch_first, padding_side="right")
            packed = sequences.pack_padded_sequence(padded, [2, 3, 1], batch_first, enforce_sorted=False)
            return sequences.pad_packed_sequence(packed, batch_first, total_length=4)[0] * 2

        assert gradcheck(there_and_back, pieces)


def test_sequences_take_the_dtype_of_the_first():
    assert sequences.pad_sequence([torch.tensor([1, 2]), torch.tensor([2.5])]).tolist() == [[1, 2], [2, 0]]


def test_cut_out_sequences_are_copies():
    padded = torch.zeros(2, 3)
    first, second = sequences.unpad_sequence(padded, torch.tensor([3, 1]), batch_first=True)
    first += 1
    assert (padded.sum().item(), first.tolist(), second.tolist()) == (0, [1, 1, 1], [0])


def test_a_packed_sequence_moves_and_changes_type_as_one():
    packed = sequences.pack_sequence([torch.ones(1), torch.ones(2)], enforce_sorted=False)
    assert packed.double().data.dtype == torch.float64 and packed.to("cpu") is packed and not packed.is_cuda
    assert packed.unsorted_indices.tolist() == sequences.invert_permutation(packed.sorted_indices).tolist() == [1, 0]


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: sequences.pack_sequence([torch.ones(1), torch.ones(2)]), RuntimeError, "must be sorted in decreasing order"),
    (lambda: sequences.pack_padded_sequence(torch.ones(4, 3), [4, 2]), RuntimeError, "to be equal to batch_size"),
    (lambda: sequences.pack_padded_sequence(torch.ones(4, 2), [4, 0]), RuntimeError, "has to be greater than 0"),
    (lambda: sequences.pack_padded_sequence(torch.ones(4, 1), [5]), RuntimeError, "at least 5 steps"),
    (lambda: sequences.pad_packed_sequence(sequences.pack_sequence([torch.ones(3)]), total_length=2), ValueError,
     "total_length=2 and max sequence length being 3"),
    (lambda: sequences.pad_sequence(3), RuntimeError, "Expected iterable"),
    (lambda: sequences.pad_sequence([]), RuntimeError, "empty list of sequences"),
    (lambda: sequences.pack_padded_sequence(torch.ones(4, 0), []), RuntimeError, "Cannot pack empty tensors"),
    (lambda: sequences.pack_padded_sequence(torch.ones(4), [4]), IndexError, "at least 2 dims"),
])
def test_lengths_that_do_not_fit_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
