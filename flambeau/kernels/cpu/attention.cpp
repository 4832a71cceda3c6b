// Attention of all queries of a head, block by block: scores, their softmax and the mean of the values stay in the cache.
//
// Vaswani et al., "Attention is all you need" (2017). With S = scale Q K^T, P = softmax(S), O = P V, and G the gradient of O:
//
//     dV = P^T G,   dP = G V^T,   dS = P (dP - sum(P dP)),   dQ = scale dS K,   dK = scale dS^T Q
//
// A causal mask leaves the first i + 1 keys to query i: what lies behind is neither computed nor read.
#include <cmath>

#include "scalar/exponential.h"

#include "common/kernel.hpp"
#include "common/sums.hpp"
#include "common/tile.hpp"
#include "common/transpose.hpp"

namespace flambeau {
namespace {

constexpr Index QUERIES = 4 * 2 * TILE_ROWS;  // of a block
constexpr int MOST_DIMS = 6;

enum : int { KEYS = 0, VALUES = 1, SLOPES = 2, QUERY_ROWS = 3, GRADIENT_ROWS = 4 };  // of the scratch memory

Index padded(Index count) {
    return (count + LANES<float> - 1) / LANES<float> * LANES<float>;
}

// A stack of matrices (*heads, rows, columns) whose columns lie side by side.
struct Heads {
    Array<float> array;
    Index rows, columns, row;

    explicit Heads(const Array<float> &array)
        : array(array), rows(array.size(-2)), columns(array.size(-1)), row(array.stride(-2)) {}

    bool usable() const { return columns > 0 && (columns == 1 || array.stride(-1) == 1); }

    const float *of(Index head) const {
        Index offset = 0;
        for (int dim = array.ndim() - 3; dim >= 0; --dim) {
            offset += head % array.size(dim) * array.stride(dim);
            head /= array.size(dim);
        }
        return array.data() + offset;
    }
};

bool same_heads(const Array<float> &one, const Array<float> &other) {
    return one.ndim() == other.ndim() && PyArray_CompareLists(one.shape(), other.shape(), one.ndim() - 2);
}

// Rows as a product reads its second matrix: where they lie, or with their ends filled up.
struct Panel {
    const float *data;
    Index row;

    Panel(const Heads &heads, Index head, int slot) : data(heads.of(head)), row(heads.row) {
        if (heads.columns % LANES<float> == 0) return;
        const Index width = padded(heads.columns);
        float *copy = scratch<float>(heads.rows * width, slot);
        for (Index i = 0; i < heads.rows; ++i) {
            std::copy_n(data + i * row, heads.columns, copy + i * width);
            std::fill(copy + i * width + heads.columns, copy + (i + 1) * width, 0.0f);
        }
        data = copy, row = width;
    }
};

// (columns, rows) of one head.
float *turned(const Heads &heads, Index head, int slot) {
    const Index width = padded(heads.rows);
    float *to = scratch<float>(heads.columns * width, slot);
    transpose_block(heads.rows, heads.columns, heads.of(head), heads.row, to, width);
    if (width > heads.rows)
        for (Index c = 0; c < heads.columns; ++c) std::fill(to + c * width + heads.rows, to + (c + 1) * width, 0.0f);
    return to;
}

// How many keys query `i` may look at.
Index seen(Index i, Index keys, bool causal) {
    return causal ? std::min(i + 1, keys) : keys;
}

void softmax(float *scores, Index count, Index whole, float scale) {
    const float most = largest_of(count, scores);
    // A row of nothing but -inf attends to nothing.
    const float highest = most == -INFINITY ? 0.0f : most * scale;
#pragma omp simd
    for (Index i = 0; i < count; ++i) scores[i] = exp_of(scores[i] * scale - highest);
    const double total = sum_of(count, scores);
    const float by = static_cast<float>(1 / (total == 0 ? 1 : total));
#pragma omp simd
    for (Index i = 0; i < count; ++i) scores[i] *= by;
    std::fill(scores + count, scores + whole, 0.0f);
}

nb::object attention(Array<float> query, Array<float> key, Array<float> value, Value mask, Value kept, bool causal, double p,
                     double scale) {
    (void)p;
    if (!mask.is_none() || !kept.is_none() || !(scale > 0)) return declined();
    const int ndim = query.ndim();
    if (ndim < 2 || ndim > MOST_DIMS || key.ndim() < 2 || value.ndim() < 2) return declined();
    const Heads q(query), k(key), v(value);
    if (!same_heads(query, key) || !same_heads(query, value) || !q.usable() || !k.usable() || !v.usable()) return declined();
    if (q.columns != k.columns || k.rows != v.rows || !k.rows || !q.rows) return declined();
    npy_intp shape[MOST_DIMS];
    std::copy_n(query.shape(), ndim, shape);
    Index heads = 1;
    for (int dim = 0; dim < ndim - 2; ++dim) heads *= shape[dim];
    shape[ndim - 1] = v.columns;
    New<float> out(ndim, shape);
    shape[ndim - 1] = k.rows;
    New<float> weights(ndim, shape);
    {
        WithoutGil released(true);
        parallel_for(heads, 1, [&](Index begin, Index end) {
            for (Index head = begin; head < end; ++head) {
                const float *keys = turned(k, head, KEYS), *from = q.of(head);
                const Panel values(v, head, VALUES);
                for (Index first = 0; first < q.rows; first += QUERIES) {
                    const Index count = std::min(QUERIES, q.rows - first);
                    const Index within = seen(first + count - 1, k.rows, causal);
                    float *shares = weights.data() + (head * q.rows + first) * k.rows;
                    multiply_block<float>(count, within, q.columns, {from + first * q.row, q.row, 1}, keys, padded(k.rows),
                                          shares, k.rows, false);
                    for (Index i = 0; i < count; ++i)
                        softmax(shares + i * k.rows, seen(first + i, k.rows, causal), k.rows, static_cast<float>(scale));
                    multiply_block<float>(count, v.columns, within, {shares, k.rows, 1}, values.data, values.row,
                                          out.data() + (head * q.rows + first) * v.columns, v.columns, false);
                }
            }
        });
    }
    return nb::make_tuple(out.give(), weights.give());
}

nb::object attention_backward(Array<float> g, Array<float> query, Array<float> key, Array<float> value, Packed<float> weights,
                              bool causal, double scale, nb::tuple needs) {
    const Heads q(query), k(key), v(value), slopes(g);
    if (!q.usable() || !k.usable() || !v.usable() || !slopes.usable() || !nb::cast<bool>(needs[0]) ||
        !nb::cast<bool>(needs[1]) || !nb::cast<bool>(needs[3]) || !same_heads(query, key) || !same_heads(query, value) ||
        !same_heads(query, g))
        return declined();
    if (slopes.rows != q.rows || slopes.columns != v.columns || !k.rows || !q.rows || weights.size(-1) != k.rows ||
        weights.size(-2) != q.rows)
        return declined();
    auto of_query = New<float>::like(query);
    New<float> of_key(key.ndim(), key.shape(), true), of_value(value.ndim(), value.shape(), true);
    const Index heads = query.count() / (q.rows * q.columns), width = padded(k.rows);
    {
        WithoutGil released(true);
        parallel_for(heads, 1, [&](Index begin, Index end) {
            for (Index head = begin; head < end; ++head) {
                const float *values = turned(v, head, VALUES), *from = slopes.of(head);
                const Panel keys(k, head, KEYS), queries(q, head, QUERY_ROWS), gradients(slopes, head, GRADIENT_ROWS);
                float *block = scratch<float>(QUERIES * width, SLOPES);
                float *to_key = of_key.data() + head * k.rows * k.columns,
                      *to_value = of_value.data() + head * v.rows * v.columns;
                for (Index first = 0; first < q.rows; first += QUERIES) {
                    const Index count = std::min(QUERIES, q.rows - first);
                    const Index within = seen(first + count - 1, k.rows, causal);
                    const float *shares = weights.data() + (head * q.rows + first) * k.rows;
                    multiply_block<float>(count, within, v.columns, {from + first * slopes.row, slopes.row, 1}, values, width,
                                          block, width, false);
                    for (Index i = 0; i < count; ++i) {
                        const float *share = shares + i * k.rows;
                        float *slope = block + i * width;
                        const float along = static_cast<float>(dot(within, share, slope));
                        const float by = static_cast<float>(scale);
#pragma omp simd
                        for (Index j = 0; j < within; ++j) slope[j] = share[j] * (slope[j] - along) * by;
                    }
                    multiply_block<float>(count, k.columns, within, {block, width, 1}, keys.data, keys.row,
                                          of_query.data() + (head * q.rows + first) * q.columns, q.columns, false);
                    multiply_block<float>(within, k.columns, count, {block, 1, width}, queries.data + first * queries.row,
                                          queries.row, to_key, k.columns, true);
                    multiply_block<float>(within, v.columns, count, {shares, 1, k.rows}, gradients.data + first * gradients.row,
                                          gradients.row, to_value, v.columns, true);
                }
            }
        });
    }
    return nb::make_tuple(of_query.give(), of_key.give(), of_value.give());
}

}  // namespace

FAMILY(attention) {
    kernel(module, "attention", attention);
    kernel(module, "attention_backward", attention_backward);
}

}  // namespace flambeau
