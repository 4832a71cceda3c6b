"""CUDA graphs: what is captured, and what a replay does with new values in the same memory."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau import nn


def captured(function, **options):
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, **options):
        result = function()
    return graph, result


def test_a_replay_reads_new_values_from_the_same_memory(gpu):
    x = torch.zeros(3, device="cuda")
    graph, y = captured(lambda: (x * 2.0 + 1.0).exp().log())
    x.copy_(torch.tensor([1.0, 2.0, 3.0]))
    graph.replay()
    assert y.tolist() == pytest.approx([3.0, 5.0, 7.0])


def test_a_capture_is_on_a_stream_of_its_own(gpu):
    seen = []
    before = torch.cuda.current_stream()
    captured(lambda: seen.append((torch.cuda.current_stream(), torch.cuda.is_current_stream_capturing())))
    assert seen[0][0] != before == torch.cuda.current_stream() and seen[0][1]
    assert not torch.cuda.is_current_stream_capturing()


def test_random_numbers_go_on_from_replay_to_replay(gpu):
    torch.cuda.manual_seed(7)
    expected = [torch.rand(4, device="cuda").tolist() for _ in range(4)]
    torch.cuda.manual_seed(7)
    x = torch.zeros(4, device="cuda")
    graph, (first, second) = captured(lambda: (torch.rand(4, device="cuda") + x, torch.rand(4, device="cuda") + x))
    seen = []
    for _ in range(2):
        graph.replay()
        seen += [first.tolist(), second.tolist()]
    assert seen == expected


def test_a_new_seed_asks_for_a_new_capture(gpu):
    torch.cuda.manual_seed(1)
    graph, _ = captured(lambda: torch.rand(4, device="cuda"))
    torch.cuda.manual_seed(2)
    with pytest.raises(RuntimeError, match="seeded again since the graph was captured"):
        graph.replay()


def test_values_do_not_leave_the_gpu_within_a_capture(pretended):
    with pytest.raises(RuntimeError, match="capturing"):
        captured(lambda: torch.ones(1, device="cuda").item())
    assert not torch.cuda.is_current_stream_capturing()


def test_a_graph_takes_memory_from_a_pool_of_its_own(pretended):
    graph, y = captured(lambda: torch.ones(1000, device="cuda"))
    pools = {entry["segment_pool_id"]: entry["allocated_size"] for entry in torch.cuda.memory_snapshot()}
    assert pools[graph.pool()] == 4096 == y.nbytes + 96


def test_graphs_share_a_pool_by_its_handle(gpu):
    handle = torch.cuda.graph_pool_handle()
    one, _ = captured(lambda: torch.ones(3, device="cuda"), pool=handle)
    other, _ = captured(lambda: torch.ones(3, device="cuda"), pool=one.pool())
    assert one.pool() == other.pool() == handle
    pool = torch.cuda.MemPool()
    assert captured(lambda: torch.ones(3, device="cuda"), pool=pool.id)[0].pool() == pool.id


def test_a_graph_is_captured_once_unless_reset(gpu):
    x = torch.ones(2, device="cuda")
    graph, _ = captured(lambda: x + 1.0)
    with pytest.raises(RuntimeError, match="already owns a captured graph"), torch.cuda.graph(graph):
        pass
    graph.reset()
    with torch.cuda.graph(graph):
        y = x + 2.0
    graph.instantiate()
    graph.replay()
    assert y.tolist() == [3.0, 3.0]


def test_misuse_is_refused(gpu):
    graph = torch.cuda.CUDAGraph()
    with pytest.raises(RuntimeError, match="replay without a preceding successful capture"):
        graph.replay()
    with pytest.raises(RuntimeError, match="pool.. without a preceding successful capture"):
        graph.pool()
    with pytest.raises(RuntimeError, match="captured on a non-default stream"):
        graph.capture_begin()
    with pytest.raises(RuntimeError, match="Unknown capture error mode.*got lax"):
        captured(lambda: None, capture_error_mode="lax")
    with pytest.raises(RuntimeError, match="Capture must end on the same stream it began on"):
        graph.capture_end()
    assert torch.cuda.current_stream() == torch.cuda.default_stream()


def test_a_graph_is_drawn_on_demand(gpu, tmp_path):
    x = torch.ones(2, device="cuda")
    graph, _ = captured(lambda: x + 1.0)
    with pytest.warns(UserWarning, match="CUDA Graphs debug not enabled"):
        graph.debug_dump(str(tmp_path / "graph.dot"))
    graph.enable_debug_mode()
    graph.debug_dump(str(tmp_path / "graph.dot"))
    assert "digraph" in (tmp_path / "graph.dot").read_text()
    assert graph.raw_cuda_graph() and graph.raw_cuda_graph_exec()


def gradients_of(model, function, batches):
    """The outputs and gradients over several batches, two of them added up before the gradients are cleared."""
    seen = []
    for number, batch in enumerate(batches):
        x = batch.clone().requires_grad_()
        y = function(x)
        (y * y).sum().backward()
        seen.append([y.detach().cpu().tolist(), x.grad.cpu().tolist(), *(p.grad.cpu().tolist() for p in model.parameters())])
        if number % 2:
            model.zero_grad()
    return seen


def test_a_graphed_module_computes_what_the_module_does(pretended):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).cuda()
    batches = [torch.randn(5, 3).cuda() for _ in range(4)]
    expected = gradients_of(model, model, batches)
    graphed = torch.cuda.make_graphed_callables(model, (torch.randn(5, 3).cuda().requires_grad_(),))
    assert graphed is model
    model.zero_grad()
    for ours, theirs in zip(gradients_of(model, graphed, batches), expected, strict=True):
        for one, other in zip(ours, theirs, strict=True):
            assert torch.tensor(one).allclose(torch.tensor(other))


def test_a_graphed_module_is_itself_in_the_other_mode(pretended):
    layer = nn.Dropout(0.5).cuda()
    torch.cuda.make_graphed_callables(layer, (torch.ones(4, device="cuda"),))
    assert layer.eval()(torch.full((2,), 3.0, device="cuda")).tolist() == [3.0, 3.0]  # of another size than captured


def test_several_callables_with_trees_of_outputs_are_graphed_together(pretended):
    def split(x):
        return {"double": x * 2.0, "rest": (x + 1.0,)}

    def join(x, y):
        return x * y

    x, y = torch.ones(2, device="cuda", requires_grad=True), torch.ones(2, device="cuda", requires_grad=True)
    first, second = torch.cuda.make_graphed_callables((split, join), ((x,), (x, y)))
    value = torch.tensor([3.0, 4.0], device="cuda", requires_grad=True)
    parts = first(value)
    second(parts["double"], parts["rest"][0]).sum().backward()
    assert value.grad.tolist() == [14.0, 18.0]  # of 2x(x + 1)


def test_hooks_and_other_things_than_tensors_are_refused(pretended):
    layer = nn.Linear(1, 1).cuda()
    with pytest.raises(AssertionError, match="only tensors"):
        torch.cuda.make_graphed_callables(layer, (1.0,))
    layer.register_forward_hook(lambda *args: None)
    with pytest.raises(AssertionError, match="must not have hooks"):
        torch.cuda.make_graphed_callables(layer, (torch.ones(1, 1, device="cuda"),))


def test_autocast_must_not_keep_casts(pretended):
    with torch.autocast("cuda"), pytest.raises(RuntimeError, match="cache_enabled=False"):
        torch.cuda.make_graphed_callables(nn.Linear(1, 1).cuda(), (torch.ones(1, 1, device="cuda"),))
