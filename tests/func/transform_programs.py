"""Programs of `torch.func` and its kin, given a framework; what they return is compared with PyTorch's in tests/live."""
from __future__ import annotations

from typing import Any

PROGRAMS: dict[str, Any] = {}


def program(function: Any) -> Any:
    PROGRAMS[function.__name__] = function
    return function


def numbers(torch: Any, *shape: int, start: float = 0.1) -> Any:
    count = 1
    for n in shape:
        count *= n
    return (torch.arange(count, dtype=torch.float64) * 0.37 + start).sin().reshape(shape)


def network(torch: Any) -> tuple[Any, dict[str, Any]]:
    torch.manual_seed(3)
    nn = torch.nn
    net = nn.Sequential(nn.Conv2d(1, 3, 3), nn.GroupNorm(1, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(12, 4))
    net = net.double()
    return net, {name: value.detach() for name, value in net.named_parameters()}


@program
def gradients_for_each_sample(torch: Any) -> Any:
    net, parameters = network(torch)

    def loss(parameters: Any, image: Any, label: Any) -> Any:
        scores = torch.func.functional_call(net, parameters, (image[None],))
        return torch.nn.functional.cross_entropy(scores, label[None])

    return torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0, 0))(
        parameters, numbers(torch, 3, 1, 6, 6), torch.tensor([1, 0, 3]))


@program
def gradients_of_norms_and_losses_for_each_sample(torch: Any) -> Any:
    functional, grad = torch.nn.functional, torch.func.grad
    x, weight, bias = numbers(torch, 3, 4, 6), numbers(torch, 6, start=1.0), numbers(torch, 6, start=2.0)
    classes, cost = torch.tensor([[0, 2, 5, -100], [1, 1, 1, 0], [4, 3, -100, -100]]), numbers(torch, 6).abs() + 0.1

    def per_sample(function: Any, *shared: Any) -> Any:
        return torch.func.vmap(grad(function, tuple(range(1 + len(shared)))), (0, *[None] * len(shared)))(x, *shared)

    def of_losses(function: Any, **options: Any) -> Any:
        def loss(scores: Any, label: Any) -> Any:
            found = function(scores, label, **options)
            return (found * found).sum()

        return torch.func.vmap(grad(loss))(x, classes)

    smooth = {"label_smoothing": 0.2}
    return (per_sample(lambda a, w, b: functional.layer_norm(a, (6,), w, b).sin().sum(), weight, bias),
            per_sample(lambda a, w: functional.group_norm(a.T[None], 2, w).sin().sum(), weight),
            per_sample(lambda a: functional.instance_norm(a[None]).sin().sum()),
            [of_losses(functional.cross_entropy, reduction=how, weight=w, **more) for how in ("none", "sum", "mean")
             for w in (None, cost) for more in ({}, smooth)],
            [of_losses(functional.nll_loss, reduction=how, weight=w) for how in ("none", "sum", "mean") for w in (None, cost)])


@program
def an_ensemble_of_models(torch: Any) -> Any:
    torch.manual_seed(0)
    models = [torch.nn.Linear(3, 2).double() for _ in range(4)]
    parameters, buffers = torch.func.stack_module_state(models)

    def call(parameters: Any, buffers: Any, x: Any) -> Any:
        return torch.func.functional_call(models[0], (parameters, buffers), (x,))

    x = numbers(torch, 5, 3)
    return [torch.func.vmap(call, in_dims=(0, 0, None), chunk_size=size)(parameters, buffers, x) for size in (None, 3)]


@program
def vmap_over_other_dims(torch: Any) -> Any:
    vmap = torch.func.vmap
    x = numbers(torch, 3, 4, 5)
    return (vmap(lambda a: a.sum(0), in_dims=1, out_dims=1)(x), vmap(lambda a: (a, a.mean()), in_dims=-1, out_dims=(2, 0))(x),
            vmap(lambda d: d["a"] @ d["b"], in_dims=({"a": 0, "b": None},))({"a": x, "b": x[0, 0]}),
            vmap(vmap(lambda a, b: a * b, in_dims=(None, 0)), in_dims=(0, None))(x[0, 0], x[0, 1]))


@program
def vmap_with_writes(torch: Any) -> Any:
    x = numbers(torch, 3, 4)

    def write(a: Any) -> Any:
        b = a.clone()
        b[1:3] = a[:2] * 2
        b.mul_(a).add_(1)
        b[0] = -1.0
        return b, torch.zeros_like(a).copy_(b), a.new_zeros(2).add_(a[0])

    return torch.func.vmap(write)(x)


@program
def vmap_with_indices(torch: Any) -> Any:
    vmap, x = torch.func.vmap, numbers(torch, 3, 4, 5)
    rows, columns = torch.tensor([[0, 2], [1, 1], [3, 0]]), torch.tensor([4, 0])
    return (vmap(lambda a, i: a[i])(x, rows), vmap(lambda a: a[:, columns])(x), vmap(lambda a, i: a[:, i])(x, rows),
            vmap(lambda a, i: a[i, columns])(x, rows), vmap(lambda i: x[:, i])(rows),
            vmap(lambda a: a[[0, 2], None, [1, 1]])(x),
            vmap(lambda a, i: a.gather(0, i[None].expand(1, 2)))(x[..., :2], rows),
            vmap(lambda a, i: a.index_select(0, i))(x, rows),
            vmap(lambda a, i: a.index_add(0, i, a[:2]))(x, rows), vmap(lambda a, i: a.index_put((i,), a[0, 0]))(x, rows))


@program
def random_numbers_in_vmap(torch: Any) -> Any:
    torch.manual_seed(1)
    vmap, x = torch.func.vmap, numbers(torch, 3, 4)
    return [vmap(f, randomness=how)(x) for how in ("same", "different")
            for f in (lambda a: a + torch.randn(4), lambda a: a * torch.rand(2, 1), lambda a: torch.nn.functional.dropout(a))]


@program
def gradients_with_several_arguments(torch: Any) -> Any:
    x, y = numbers(torch, 4), numbers(torch, 4, start=2.0)
    func = torch.func
    return (func.grad(lambda a, b: (a * b).sin().sum(), argnums=(0, 1))(x, y),
            func.grad_and_value(lambda a: ((a ** 2).sum(), {"twice": a * 2}), has_aux=True)(x),
            func.grad(lambda d: (d["a"] * d["b"][0]).sum())({"a": x, "b": [y]}),
            func.vjp(lambda a: (a.sin(), {"c": a.cos()}), x)[1]((x, {"c": y})),
            func.jvp(lambda a, b: a @ b, (x, y), (y, x)))


@program
def transforms_in_transforms(torch: Any) -> Any:
    func, x = torch.func, numbers(torch, 4)
    return (func.grad(func.grad(torch.sin))(x[0]), func.vmap(func.grad(func.grad(torch.sin)))(x),
            func.grad(lambda w: func.vmap(lambda a: (a * w).sin())(x).sum())(x[1]),
            func.vmap(lambda a: func.grad(lambda b: (b * a * x).sum())(a))(x),
            func.grad(lambda a: func.grad(lambda b: (a * b).sin())(a))(x[2]),
            func.jvp(func.grad(lambda a: a.sin().prod()), (x,), (x * x,)),
            func.grad(lambda a: func.jvp(torch.sin, (a,), (a,))[1].sum())(x),
            func.vmap(func.jacrev(lambda a: a.sin() * a[0]))(numbers(torch, 3, 2)),
            func.vmap(func.vmap(func.grad(torch.tanh)))(numbers(torch, 3, 2)))


@program
def jacobians_and_hessians(torch: Any) -> Any:
    func, x, y = torch.func, numbers(torch, 3), numbers(torch, 3, start=1.0)

    def two(a: Any, b: Any) -> Any:
        return a * b, {"sum": b.sum()}

    def scalar(a: Any) -> Any:
        return (a.sin() * a.prod()).sum()

    return (func.jacrev(two, argnums=(0, 1))(x, y), func.jacfwd(two, argnums=(0, 1))(x, y),
            func.jacrev(torch.sin, chunk_size=2)(x),
            func.hessian(scalar)(x), func.jacrev(func.jacrev(scalar))(x), func.jacrev(func.jacfwd(scalar))(x),
            func.jacfwd(func.jacfwd(scalar))(x), func.vmap(func.hessian(scalar))(numbers(torch, 2, 3)),
            func.jacfwd(lambda a: (a ** 2, a.sum()), has_aux=True)(x),
            func.hessian(lambda a, b: (a * b).sin().sum(), (0, 1))(x, y))


@program
def the_functions_of_autograd_functional(torch: Any) -> Any:
    functional, x, y = torch.autograd.functional, numbers(torch, 3), numbers(torch, 3, start=1.0)

    def two(a: Any, b: Any) -> Any:
        return (a * b).sin(), (a @ b)[None]

    def one(a: Any, b: Any) -> Any:
        return (a * b).sin().sum()

    return (functional.jacobian(two, (x, y)), functional.jacobian(two, (x, y), vectorize=True),
            functional.jacobian(torch.exp, x),
            functional.hessian(one, (x, y)), functional.vjp(two, (x, y), (x, y[:1])), functional.jvp(two, (x, y), (x, y)),
            functional.vhp(one, (x, y), (x, y)), functional.hvp(one, (x, y), (x, y)), functional.vjp(lambda a: a.sum(), x),
            functional.hessian(lambda a: (a ** 3).sum(), x, vectorize=True), functional.jacobian(lambda a: torch.ones(2), x))


@program
def dual_tensors(torch: Any) -> Any:
    forward = torch.autograd.forward_ad
    x, y = numbers(torch, 3), numbers(torch, 3, start=1.0)
    with forward.dual_level():
        one, other = forward.make_dual(x, y), forward.make_dual(y, x)
        found = forward.unpack_dual(one.sin() * other)
        matrix = forward.unpack_dual(torch.nn.functional.linear(one, numbers(torch, 2, 3)))
        assert forward.unpack_dual(x).tangent is None
        return found.primal, found.tangent, matrix.primal, matrix.tangent


@program
def rearranged_dims(torch: Any) -> Any:
    rearrange, x = torch.func.rearrange, numbers(torch, 2, 6, 4)
    return (rearrange(x, "a b c -> c (a b)"), rearrange(x, "a (b1 b2) c -> b1 a b2 c", b1=3), rearrange(x, "... c -> c ..."),
            rearrange(x, "a ... -> (a ...)"), rearrange(x[:, :1], "a 1 c -> c a"), rearrange(x, "a b c -> a b 1 c"),
            rearrange([x, x], "n a b c -> a (n b) c"))


def values(tree: Any) -> Any:
    """Turn all tensors of a framework into nested lists."""
    if isinstance(tree, dict):
        return {key: values(value) for key, value in tree.items()}
    if hasattr(tree, "detach"):
        return tuple(tree.shape), str(tree.dtype), tree.detach().flatten().tolist()
    if isinstance(tree, list | tuple):
        return [values(value) for value in tree]
    return tree
