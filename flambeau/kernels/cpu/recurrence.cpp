// A layer of LSTM over a whole sequence (Hochreiter & Schmidhuber, 1997; with the forget gate of Gers et al., 2000).
//
//     i, f, o = sigmoid(.), g = tanh(.) of x W_ih^T + h W_hh^T + b;   c' = f c + i g;   h' = o tanh(c')
//
// The inputs' part of all steps is one product. What is left of a step is cut by units: a task multiplies the states with the
// four gates' weights of some units, packed side by side beforehand, and finishes these units while they are in the cache.
#include <cmath>
#include <cstring>
#include <optional>

#include "scalar/exponential.h"

#include "common/gemm.hpp"
#include "common/kernel.hpp"
#include "common/sums.hpp"
#include "common/transpose.hpp"

namespace flambeau {
namespace {

constexpr Index UNITS = LANES<float>;  // of a task: one vector of each gate
constexpr Index WIDE = 4 * UNITS;

struct Sequence {
    Index steps, batch, inputs, units;
    bool reverse;

    Index rows() const { return steps * batch; }
    Index chunks() const { return (units + UNITS - 1) / UNITS; }
    Index step(Index number) const { return reverse ? steps - 1 - number : number; }
};

bool read(const Array<float> &input, const Array<float> &hx, const Array<float> &weight_hh, const char *kind,
          nb::tuple batch_sizes, bool reverse, Sequence &sequence) {
    if (std::strcmp(kind, "lstm") != 0 || input.ndim() != 2 || hx.ndim() != 2 || weight_hh.ndim() != 2) return false;
    sequence = {static_cast<Index>(nb::len(batch_sizes)), hx.size(0), input.size(1), hx.size(1), reverse};
    for (nb::handle size : batch_sizes)
        if (nb::cast<Index>(size) != sequence.batch) return false;
    return sequence.rows() == input.size(0) && sequence.rows() > 0 && weight_hh.size(0) == 4 * sequence.units &&
           weight_hh.size(1) == sequence.units && sequence.units > 0;
}

// Panels of the recurrent weight: for each chunk of units, units x (four gates of the chunk).
void pack(const Sequence &sequence, const float *weight, float *panels) {
    const Index units = sequence.units;
    parallel_for(sequence.chunks(), 1, [&](Index begin, Index end) {
        for (Index chunk = begin; chunk < end; ++chunk) {
            float *panel = panels + chunk * units * WIDE;
            const Index first = chunk * UNITS, some = std::min(UNITS, units - first);
            if (some < UNITS) std::fill_n(panel, units * WIDE, 0.0f);
            for (Index gate = 0; gate < 4; ++gate)
                transpose_block(some, units, weight + (gate * units + first) * units, units, panel + gate * UNITS, WIDE);
        }
    });
}

void walk(const Sequence &sequence, const float *panels, const float *hx, const float *cx, float *gates, float *notes,
          float *output) {
    const Index units = sequence.units, batch = sequence.batch;
    for (Index number = 0; number < sequence.steps; ++number) {
        const Index at = sequence.step(number) * batch, before = number ? sequence.step(number - 1) * batch : 0;
        const float *hidden = number ? output + before * units : hx, *memory = number ? notes + before * units : cx;
        parallel_tasks(sequence.chunks(), [&](Index chunk) {
            float *sums = scratch<float>(batch * WIDE, 0);
            multiply_block<float>(batch, WIDE, units, {hidden, units, 1}, panels + chunk * units * WIDE, WIDE, sums, WIDE,
                                  false);
            const Index first = chunk * UNITS, some = std::min(UNITS, units - first);
            for (Index b = 0; b < batch; ++b) {
                float *i = gates + (at + b) * 4 * units + first, *f = i + units, *g = f + units, *o = g + units;
                const float *sum = sums + b * WIDE, *last = memory + b * units + first;
                float *cell = notes + (at + b) * units + first, *out = output + (at + b) * units + first;
#pragma omp simd
                for (Index u = 0; u < some; ++u) {
                    i[u] = sigmoid_of(i[u] + sum[u]);
                    f[u] = sigmoid_of(f[u] + sum[UNITS + u]);
                    g[u] = tanh_of(g[u] + sum[2 * UNITS + u]);
                    o[u] = sigmoid_of(o[u] + sum[3 * UNITS + u]);
                    cell[u] = f[u] * last[u] + i[u] * g[u];
                    out[u] = o[u] * tanh_of(cell[u]);
                }
            }
        });
    }
}

nb::object recurrent_layer(Packed<float> input, Packed<float> hx, Packed<float> cx, Packed<float> weight_ih,
                           Packed<float> weight_hh, Optional<Packed<float>> bias_ih, Optional<Packed<float>> bias_hh,
                           Value projection, const char *kind, nb::tuple batch_sizes, bool reverse) {
    Sequence sequence;
    if (!projection.is_none() || !read(input, hx, weight_hh, kind, batch_sizes, reverse, sequence) || !cx.same_shape(hx))
        return declined();
    const Index rows = sequence.rows(), units = sequence.units;
    if (weight_ih.ndim() != 2 || weight_ih.size(0) != 4 * units || weight_ih.size(1) != sequence.inputs) return declined();
    for (auto *bias : {&bias_ih, &bias_hh})
        if (bias->given() && bias->count() != 4 * units) return declined();
    New<float> output({rows, units}), gates({rows, 4 * units}), notes({rows, units}), bias({4 * units});
    New<float> panels({sequence.chunks() * units * WIDE});
    auto hn = New<float>::like(hx), cn = New<float>::like(hx);
    {
        WithoutGil released(true);
        for (Index u = 0; u < 4 * units; ++u)
            bias.data()[u] = (bias_ih.given() ? bias_ih.data()[u] : 0.0f) + (bias_hh.given() ? bias_hh.data()[u] : 0.0f);
        gemm<float>(rows, 4 * units, sequence.inputs, {input.data(), sequence.inputs, 1},
                    {weight_ih.data(), 1, sequence.inputs}, gates.data(), 4 * units, {bias.data()});
        pack(sequence, weight_hh.data(), panels.data());
        walk(sequence, panels.data(), hx.data(), cx.data(), gates.data(), notes.data(), output.data());
        const Index last = sequence.step(sequence.steps - 1) * sequence.batch * units;
        std::copy_n(output.data() + last, hx.count(), hn.data());
        std::copy_n(notes.data() + last, hx.count(), cn.data());
    }
    return nb::make_tuple(output.give(), hn.give(), cn.give(), gates.give(), notes.give());
}

// What walking back writes: the gradients of gates, and of the states that each step began with.
struct Slopes {
    float *gates, *hidden, *memory;
};

void walk_back(const Sequence &sequence, const float *weight, const float *g_output, const float *gates, const float *notes,
               const float *cx, Slopes to) {
    constexpr Index COLUMNS = 2 * LANES<float>;  // of a task
    const Index units = sequence.units, batch = sequence.batch, width = (units + COLUMNS - 1) / COLUMNS * COLUMNS;
    for (Index number = sequence.steps - 1; number >= 0; --number) {
        const Index at = sequence.step(number) * batch;
        const float *memory = number ? notes + sequence.step(number - 1) * batch * units : cx;
        parallel_for(batch, 1 + 4096 / units, [&](Index begin, Index end) {
            for (Index b = begin; b < end; ++b) {
                const float *i = gates + (at + b) * 4 * units, *f = i + units, *g = f + units, *o = g + units;
                const float *cell = notes + (at + b) * units, *last = memory + b * units,
                            *arrived = g_output + (at + b) * units;
                float *di = to.gates + (at + b) * 4 * units, *df = di + units, *dg = df + units, *d_o = dg + units;
                float *dh = to.hidden + b * units, *dc = to.memory + b * units;
#pragma omp simd
                for (Index u = 0; u < units; ++u) {
                    const float slope = dh[u] + arrived[u], squashed = tanh_of(cell[u]);
                    const float into = dc[u] + slope * o[u] * (1 - squashed * squashed);
                    di[u] = into * g[u] * i[u] * (1 - i[u]);
                    df[u] = into * last[u] * f[u] * (1 - f[u]);
                    dg[u] = into * i[u] * (1 - g[u] * g[u]);
                    d_o[u] = slope * squashed * o[u] * (1 - o[u]);
                    dc[u] = into * f[u];
                }
            }
        });
        parallel_tasks(width / COLUMNS, [&](Index part) {
            const Index first = part * COLUMNS;
            multiply_block<float>(batch, std::min(COLUMNS, units - first), 4 * units, {to.gates + at * 4 * units, 4 * units, 1},
                                  weight + part * 4 * units * COLUMNS, COLUMNS, to.hidden + first, units, false);
        });
    }
}

// (4 units, units) cut into strips of columns, their last filled up with zeros.
void pack_strips(const Sequence &sequence, const float *weight, float *strips) {
    constexpr Index COLUMNS = 2 * LANES<float>;
    const Index units = sequence.units;
    for (Index first = 0; first < units; first += COLUMNS) {
        const Index some = std::min(COLUMNS, units - first);
        for (Index row = 0; row < 4 * units; ++row, strips += COLUMNS) {
            std::copy_n(weight + row * units + first, some, strips);
            std::fill(strips + some, strips + COLUMNS, 0.0f);
        }
    }
}

// Column sums of rows.
void add_rows(Index rows, Index columns, const float *from, float *to) {
    parallel_for(columns, 64, [&](Index begin, Index end) {
        for (Index first = begin; first < end; first += 64) {
            double totals[64] = {};
            const Index some = std::min<Index>(64, end - first);
            for (Index row = 0; row < rows; ++row)
#pragma omp simd
                for (Index i = 0; i < some; ++i) totals[i] += from[row * columns + first + i];
            for (Index i = 0; i < some; ++i) to[first + i] = static_cast<float>(totals[i]);
        }
    });
}

nb::object recurrent_layer_backward(Packed<float> g_output, Packed<float> g_hn, Packed<float> g_cn, Packed<float> input,
                                    Packed<float> hx, Packed<float> cx, Packed<float> weight_ih, Packed<float> weight_hh,
                                    Value bias_ih, Value bias_hh, Value projection, const char *kind, nb::tuple batch_sizes,
                                    bool reverse, Packed<float> output, Packed<float> gates, Packed<float> notes,
                                    nb::tuple needs) {
    (void)bias_ih, (void)bias_hh;
    Sequence sequence;
    if (!projection.is_none() || !read(input, hx, weight_hh, kind, batch_sizes, reverse, sequence)) return declined();
    if (!g_output.same_shape(output) || !g_hn.same_shape(hx) || !g_cn.same_shape(cx) || !cx.same_shape(hx)) return declined();
    const Index rows = sequence.rows(), units = sequence.units, inputs = sequence.inputs, batch = sequence.batch;
    constexpr Index COLUMNS = 2 * LANES<float>;
    New<float> of_gates({rows, 4 * units}), strips({4 * units * ((units + COLUMNS - 1) / COLUMNS * COLUMNS)}),
        states({rows, units});
    auto of_hidden = New<float>::like(hx), of_memory = New<float>::like(cx);
    const auto wanted = [&](int place) { return nb::cast<bool>(needs[place]); };
    std::optional<New<float>> of_input, of_weight_ih, of_weight_hh, of_bias;
    if (wanted(0)) of_input.emplace(New<float>::like(input));
    if (wanted(3)) of_weight_ih.emplace(New<float>::like(weight_ih));
    if (wanted(4)) of_weight_hh.emplace(New<float>::like(weight_hh));
    if (wanted(5) || wanted(6)) of_bias.emplace(New<float>({4 * units}));
    {
        WithoutGil released(true);
        std::copy_n(g_hn.data(), hx.count(), of_hidden.data());
        std::copy_n(g_cn.data(), cx.count(), of_memory.data());
        pack_strips(sequence, weight_hh.data(), strips.data());
        walk_back(sequence, strips.data(), g_output.data(), gates.data(), notes.data(), cx.data(),
                  {of_gates.data(), of_hidden.data(), of_memory.data()});
        const MatrixView<float> slopes{of_gates.data(), 4 * units, 1}, turned{of_gates.data(), 1, 4 * units};
        if (of_input) gemm<float>(rows, inputs, 4 * units, slopes, {weight_ih.data(), inputs, 1}, of_input->data(), inputs);
        if (of_weight_ih) gemm<float>(4 * units, inputs, rows, turned, {input.data(), inputs, 1}, of_weight_ih->data(), inputs);
        if (of_weight_hh) {
            for (Index number = 0; number < sequence.steps; ++number)  // the states that the rows were walked from
                std::copy_n(number ? output.data() + sequence.step(number - 1) * batch * units : hx.data(), batch * units,
                            states.data() + sequence.step(number) * batch * units);
            gemm<float>(4 * units, units, rows, turned, {states.data(), units, 1}, of_weight_hh->data(), units);
        }
        if (of_bias) add_rows(rows, 4 * units, of_gates.data(), of_bias->data());
    }
    const auto given = [](std::optional<New<float>> &array) { return array ? array->give() : nb::none(); };
    nb::object bias = nb::none(), other = nb::none();
    if (wanted(5) && wanted(6)) {  // each its own: an array that is handed out may be written to
        New<float> copy({4 * units});
        std::copy_n(of_bias->data(), 4 * units, copy.data());
        other = copy.give();
        bias = of_bias->give();
    } else if (of_bias) {
        (wanted(5) ? bias : other) = of_bias->give();
    }
    return nb::make_tuple(given(of_input), of_hidden.give(), of_memory.give(), given(of_weight_ih), given(of_weight_hh), bias,
                          other, nb::none());
}

}  // namespace

FAMILY(recurrence) {
    kernel(module, "recurrent_layer", recurrent_layer);
    kernel(module, "recurrent_layer_backward", recurrent_layer_backward);
}

}  // namespace flambeau
