"""The lines that programs are made of, by family. `{…}` is a hole (holes.py)."""
from __future__ import annotations

import re


def table(text: str) -> list[str]:
    """Templates written one after the other, two spaces or a line apart."""
    return re.split(r"\s{2,}", text.strip())


def each(names: str, template: str) -> list[str]:
    """One template for each name."""
    return [template.replace("NAME", name) for name in names.split()]


POINTWISE = [
    *each("abs neg exp sin cos tanh sigmoid relu square sgn sqrt", "{x}.NAME()"),
    *each("log log1p expm1 rsqrt reciprocal tan atan asinh sinh cosh erf", "{x}.NAME()"),
    *each("sign floor ceil round trunc frac isnan "
          "isfinite logical_not signbit positive deg2rad exp2 log2", "{x}.NAME()"),
    *each("gelu silu softplus elu leaky_relu "
          "hardtanh relu6 hardswish mish logsigmoid selu", "torch.nn.functional.NAME({f})"),
    *each("conj real imag angle", "{c}.NAME()"),
    *table("""
    {x}.clone()  {x}.clamp({number}, 2)  {x}.clamp(min={t})  {x}.clamp(max={number})  {x}.pow({positive})
    {x}.nan_to_num()  {i}.bitwise_not()  torch.view_as_real({c})  {x}.logit(1e-3)
    """),
]
BINARY = [
    *each("+ - * / // % ** == != < >= >", "{x} NAME {y}"),
    *each("+ - * / ** // %", "{number} NAME {x}"),
    *each("maximum minimum fmax atan2 hypot logaddexp "
          "fmod copysign heaviside xlogy logical_and logical_or", "{x}.NAME({t})"),
    *each("& | ^", "{i} NAME {i}"),
    *each("<< >>", "{i} NAME {y}"),
    *table("""
    {x}.add({y}, alpha={number})  {x}.sub({y}, alpha=2)  {x}.rsub({y})  {x}.floor_divide({y})  {x}.remainder({y})
    torch.where({x} > {y}, {s}, {y})  torch.where({x} != {y}, {number}, {y})  {x}.lerp({same}, 0.25)
    {x}.lerp({same}, {same})  {x}.addcmul({same}, {same}, value=2)  {x}.addcdiv({same}, {same})  {x}.eq({y})
    {x}.div({y}, rounding_mode='floor')  {x}.div({y}, rounding_mode='trunc')  {x}.isclose({same})
    {x}.true_divide({y})  torch.polar({f}, {same})  torch.complex({f}, {same})  {x}.dist({same})
    torch.float_power({x}, {y})
    """),
]
CONVERSIONS = table("""
    {x}.to({dtype})  {x}.to({dtype})  {x}.type_as({x})  {x}.float()  {x}.double()  {x}.half()  {x}.bfloat16()
    {x}.long()  {x}.bool()  {x}.detach()  {x}.contiguous()  torch.zeros_like({x})  torch.ones_like({x})
    torch.full_like({x}, {number})  {x}.new_zeros((2, 3))  {x}.new_tensor([1, 2])  torch.scalar_tensor({number})
    torch.tensor({number})  {x}.new_full((3,), {number})
""")
VIEWS = table("""
    {x}[{index}]  {x}[{index}]  {x}[{index}]  {x}.transpose({pair})  {x}.t()  {m}.mT  {x}.permute({order})
    {x}.narrow({part})  {x}.expand({grown})  {x}.unfold({window})  {m}.diagonal({plane})  {x}.reshape({shape})
    {x}.view({shape})  {x}.as_strided({strided})  {x}.select({place})  {x}.unbind({dim})[{count}]
    {x}.split(2, {dim})[{count}]  {x}.chunk(2, {dim})[{count}]  {x}.unsqueeze({newdim})  {x}.squeeze()
    {x}.squeeze({dims})  {x}.flatten()  {x}.flatten({pair})  {x}.movedim({pair})  {x}.view_as({like})
    {x}.expand_as({y})  {x}.ravel()  {x}.tensor_split(2, {dim})[{count}]  {x}.unflatten({dim}, (-1, 1))
    {x}.swapaxes({pair})  {c}.mH  {x}.adjoint()  {x}.broadcast_to({grown})  {x}.hsplit(1)[0]  torch.atleast_2d({x})
""")
REARRANGED = table("""
    {x}.flip({dims})  {x}.roll({count}, {dim})  {x}.repeat({grown})  {x}.repeat_interleave(2, {dim})
    {m}.tril({count})  {m}.triu({count})  {x}.rot90()  torch.cat({members})  torch.tile({x}, (2,))  {x}.diag_embed()
    torch.nn.functional.pad({x}, (1, 0))  torch.nn.functional.pad({x}, (-1, 1), value=2.0)
    torch.meshgrid({x}, {x}, indexing='ij')[0]
""")
JOINED = table("""
    torch.stack([{x}, {like}], {newdim})  torch.stack([{x}, {same}, {s}])  torch.hstack([{x}, {like}])
    torch.vstack([{x}, {like}])  torch.dstack([{x}, {like}])  torch.block_diag({m}, {m})
    torch.broadcast_tensors({x}, {y})[0]  torch.column_stack([{x}, {like}])  torch.cartesian_prod({x}, {x})
""")
REDUCTIONS = [
    *each("sum mean prod", "{x}.NAME()"),
    *each("sum mean amax amin nansum", "{x}.NAME({dims})"),
    *each("sum mean amax amin", "{x}.NAME({dims}, keepdim={flag})"),
    *each("sum mean prod", "{x}.NAME({dim}, dtype={wide})"),
    *each("sum prod nansum", "{x}.NAME(dtype={wide})"),
    *each("prod all any", "{x}.NAME({dim}, keepdim={flag})"),
    *each("max min all any argmax argmin median count_nonzero", "{x}.NAME()"),
    *each("max min median kthvalue", "{f}.NAME({dim})[0]"),
    *each("max min cummax cummin", "{x}.NAME({dim})[1]"),
    *each("argmax argmin", "{x}.NAME({dim}, keepdim={flag})"),
    *each("var std", "{f}.NAME({dims}, keepdim={flag})"),
    *each("var std", "{f}.NAME({dims}, correction=0)"),
    *each("var std", "{x}.NAME()"),
    *each("cumsum cumprod logcumsumexp", "{x}.NAME({dim})"),
    *each("cumsum cumprod", "{x}.NAME({dim}, dtype={wide})"),
    *each("cummax cummin", "{x}.NAME({dim})[0]"),
    *table("""
    {f}.logsumexp({dims})  {x}.norm()  {f}.norm(1, {dim})  {f}.norm({positive}, {dims}, {flag})
    torch.linalg.vector_norm({x}, {positive}, {dims})  {x}.diff(1, {dim})  {m}.trace()  {x}.aminmax()[0]
    {x}.mode({dim})[0]  {f}.quantile(0.5, {dim})  {f}.renorm(2, {dim}, 1.0)  {f}.nanmean({dims})
    torch.trapezoid({f})
    """),
]
NORMALIZED = [
    *each("softmax log_softmax", "{f}.NAME({dim})"),
    *each("softmax log_softmax", "{x}.NAME({dim}, dtype=torch.float32)"),
    *table("""
    torch.nn.functional.normalize({f}, dim={dim})  torch.nn.functional.layer_norm({f}, {s}.shape[-1:])
    torch.nn.functional.softmin({f}, {dim})  torch.nn.functional.mse_loss({f}, {same})
    torch.nn.functional.l1_loss({f}, {same}, reduction='none')  torch.nn.functional.smooth_l1_loss({f}, {same})
    torch.nn.functional.glu({f}, {dim})  torch.nn.functional.kl_div({f}, {same}, reduction='sum')
    torch.nn.functional.binary_cross_entropy_with_logits({f}, {same})  torch.nn.functional.huber_loss({f}, {same})
    """),
]
GATHERED = table("""
    {x}.index_select({rows})  {x}.gather({picks})  torch.take_along_dim({x}, {s}.argsort({dim}), 0)
    {x}.masked_select({mask})  {x}.take(torch.tensor([0, 0]))  {x}.masked_fill({mask}, {number})
    {x}.scatter({picks}, {number})  {x}.scatter_add({picks}, {s})  {x}.index_add({rows}, {x})
    {x}.index_fill({rows}, {number})  {x}.scatter({picks}, {s}, reduce='multiply')
    {x}.scatter_reduce({picks}, {s}, 'amax')  {x}.masked_scatter({mask}, {same})  {x}.select_scatter({x}, {place})
    {x}.slice_scatter({x}, {dim}, 0, 1)  {m}.diagonal_scatter({x})
    {x}.scatter_reduce({picks}, {s}, 'mean', include_self={flag})  {x}.index_copy({rows}, {x})  {x}.nonzero()
    {x}.argwhere()  {x}.index_put([torch.tensor([0, 0])], {x}, accumulate=True)
""")
SORTED = table("""
    {x}.sort(dim={dim}, stable=True)[0]  {x}.sort(dim={dim}, stable=True)[1]
    {x}.sort(dim={dim}, descending=True, stable=True)[0]  {x}.argsort(dim={dim}, stable=True)  {x}.topk({most})[0]
    {x}.msort()  {x}.topk({most}, largest=False)[0]  {x}.kthvalue(1, {dim})[0]  {x}.unique()  {x}.bincount()
    {x}.unique_consecutive()  torch.searchsorted({x}.flatten().sort()[0], {x})  {x}.histc(4, -2, 2)
    torch.bucketize({x}, torch.tensor([0., 1., 2.]))
""")
PRODUCTS = table("""
    {x} @ {right}  {x}.matmul({right})  torch.einsum('...i,...i->...', {x}, {same})
    torch.einsum('...ij->...ji', {m})  torch.einsum('ij,kj->ik', {m}, {m})  torch.einsum('...i->...', {x})
    {m} @ {m}.mT  {m}.mT @ {s}  torch.outer({x}, {x})  torch.tensordot({x}, {same}, dims=1)  torch.kron({x}, {x})
    torch.nn.functional.linear({x}, {x})  {x}.mv({right})  {x}.dot({x})  {x}.vdot({same})  torch.bmm({x}, {right})
    torch.addmm({y}, {m}, {right})  torch.inner({x}, {same})  torch.einsum('ii->i', {square})
    torch.einsum('bij,bjk->bik', {x}, {right})  {square}.matrix_power(2)  {m}.cov()  torch.cdist({m}, {m})
    torch.cross({x}, {same}, dim=-1)  torch.baddbmm({x}, {x}, {right})
""")
QUERIES = table("""
    {x}.is_contiguous()  tuple({x}.shape)  {x}.equal({x})  {x}.tolist() == {same}.tolist()  {x}.element_size()
    torch.result_type({x}, {y})  torch.can_cast({x}.dtype, {dtype})  {x}.item()  bool({x})  {x}.storage_offset()
    {x}.allclose({same})  len({x})  {x}.data_ptr() == {same}.data_ptr()  {x} is {s}.contiguous()  {x}._is_view()
    float({x})  int({x})  {x}.is_nonzero()
""")
TAPE = table("""
    torch.autograd.grad({needs}.sum(), [{leaf}], create_graph=True, allow_unused=True)[0].contiguous()
    torch.autograd.grad(({needs} * {s}).sum(), [{leaf}], create_graph=True, allow_unused=True)[0].contiguous()  {leaf}.grad
    {x}.requires_grad  {x}.data  {x}.detach().requires_grad_()  {x}.detach().clone()
""")

WRITES = [
    *each("add_ sub_ mul_ div_", "{w}.NAME({into})"),
    *each("add_ mul_ sub_", "{v}.NAME({into})"),
    *each("+= -= *= /= **= //= %= &= |=", "{w} NAME {into}"),
    *each("exp_ sin_ neg_ abs_ tanh_ relu_ "
          "sigmoid_ square_ zero_ floor_ sqrt_ reciprocal_ logical_not_", "{w}.NAME()"),
    *each("exp_ zero_ neg_ tanh_", "{v}.NAME()"),
    *table("""
    {w}.fill_({number})  {w}.copy_({into})  {v}.copy_({into})  {v}.fill_({number})  {w}.clamp_({number}, 2)
    {w}.pow_(2)  {w}.masked_fill_({mask}, {number})  {w}[{index}] = {number}  {w}[{index}] = {number}
    {v}[{index}] = {number}  {w}[{index}] += {number}  {w}[{index}] *= {number}  {w}[{index}] = {w}[{index}]
    {w}[{index}] = {x}  {w}[{mask}] = {number}  {w}.index_fill_({rows}, {number})  {w}.scatter_({picks}, {number})
    {w}.index_add_({rows}, {x})  {w}.scatter_add_({picks}, {s})  {w}.masked_scatter_({mask}, {same})  {m}.tril_()
    {w}.cumsum_({dim})  {w}.transpose_({pair})  {w}.unsqueeze_({newdim})  {w}.squeeze_()  {w}.t_()
    {w}.addcmul_({same}, {same})  {w}.lerp_({same}, 0.5)  {w}.fill_diagonal_(1)  {w}.index_copy_({rows}, {x})
    {w}.index_put_([torch.tensor([0, 0])], {x}, accumulate=True)  {w}.detach_()  {w}.requires_grad_()
    {w}.zero_().add_({into})  {w}.clamp_(min={t})  {w}.remainder_({into})  {w}.renorm_(2, {dim}, 1.0)
    {w}.swapaxes_({pair})  {w}.as_strided_({strided})  {w}.eq_({into})  {w}.bitwise_and_({i})
    {w}.detach().add_(1)  torch.add({x}, {t}, out={same})  torch.exp({f}, out={same})  {w}.atan2_({t})
    torch.sum({x}, {dim}, out=torch.zeros(0, dtype={dtype}))  {needs}.sum().backward(retain_graph=True)
    """),
]

VALUES: tuple[tuple[int, list[str]], ...] = (
    (8, POINTWISE), (8, BINARY), (10, VIEWS), (6, REDUCTIONS), (3, CONVERSIONS), (4, GATHERED), (2, REARRANGED), (2, JOINED),
    (2, SORTED), (3, PRODUCTS), (2, NORMALIZED), (2, QUERIES), (2, TAPE))
