// Convolutions as products of matrices, in all directions and any geometry.
//
// "Large" is the side that the windows slide over, "small" the side with one cell for each window; a group has so many
// channels of the large side and so many outputs of the small one. The weight of a group is a matrix of outputs x
// (channels, taps) as it lies in memory. With P the matrix of patches, (channels, taps) x windows:
//
//     correlate   small = weight P
//     spread      large = the cells of (weight^T small), added up under each window;
//                 for windows that move by one, the same as correlating with the weight turned around
//     match       weight = small P^T
//
// Panels of P as wide as a tile are copied together just before they are multiplied ("implicit GEMM"; Chetlur et al., "cuDNN:
// Efficient Primitives for Deep Learning", 2014), so results are written where they belong and nothing is made whole.
#include <atomic>
#include <type_traits>

#include "common/depthwise.hpp"
#include "common/gemm.hpp"
#include "common/kernel.hpp"
#include "common/patches.hpp"
#include "common/sums.hpp"
#include "common/transpose.hpp"
#include "common/winograd.hpp"

namespace flambeau {
namespace {

constexpr Index DEPTH = 384;  // of a panel at a time

template <class T>
Index padded(Index columns) {
    return (columns + LANES<T> - 1) / LANES<T> * LANES<T>;
}

// Sizes of one group's matrices, and of the whole.
struct Shape {
    Index batch, groups, channels, outputs;  // the last two of one group
    Geometry geometry;

    Index depth() const { return channels * geometry.taps(); }
};

// small = weight P + bias
template <class T>
class Correlation {
public:
    Correlation(const Shape &shape, Margined<T> images, const T *weight, const T *bias, T *out)
        : shape(shape), patches(shape.geometry, shape.channels, images), images(images), weight(weight), bias(bias), out(out) {}

    void run() const {
        const Index columns = shape.batch * shape.geometry.windows();
        const Index panels = (columns + WIDTH - 1) / WIDTH;
        // Few panels are cut by rows as well, in whole tiles.
        const Index wanted = std::max<Index>(1, 3 * thread_count() / std::max<Index>(panels * shape.groups, 1));
        const Index tiles = (shape.outputs + 2 * TILE_ROWS - 1) / (2 * TILE_ROWS);
        const Index block = (tiles + std::min(wanted, tiles) - 1) / std::min(wanted, tiles) * 2 * TILE_ROWS;
        const Index blocks = (shape.outputs + block - 1) / block;
        parallel_for(shape.groups * panels * blocks, grain(blocks), [&](Index begin, Index end) {
            for (Index task = begin; task < end; ++task) {
                const Index first = task % blocks * block, panel = task / blocks % panels;
                multiply(task / (blocks * panels), first, std::min(block, shape.outputs - first), panel * WIDTH,
                         std::min(WIDTH, columns - panel * WIDTH));
            }
        });
    }

private:
    static constexpr Index WIDTH = TILE_COLUMNS<T>;

    Index grain(Index blocks) const {
        return 1 + 4 * GRAIN / std::max<Index>(shape.outputs / blocks * shape.depth() * WIDTH, 1);
    }

    void multiply(Index group, Index first, Index rows, Index from, Index count) const {
        const Index windows = shape.geometry.windows(), depth = shape.depth(), width = padded<T>(count);
        Run runs[WIDTH];
        const Index number = patches.runs(from, count, runs);
        for (Run *run = runs; run < runs + number; ++run) run->start += group * shape.channels * images.channel;
        const bool together = from / windows == (from + count - 1) / windows;
        T *panel = scratch<T>(DEPTH * WIDTH, 0);
        T *c = together ? place(from, group, first) : scratch<T>(rows * WIDTH, 1);
        const Index c_row = together ? windows : WIDTH;
        const MatrixView<T> a{weight + (group * shape.outputs + first) * depth, depth, 1};
        for (Index k = 0; k < depth; k += DEPTH) {
            const Index here = std::min(DEPTH, depth - k);
            patches.copy(k, k + here, runs, number, panel, width);
            multiply_block(rows, count, here, {a.at(0, k), a.row, a.column}, panel, width, c, c_row, k > 0);
        }
        if (bias) add_bias(bias + group * shape.outputs + first, rows, count, c, c_row);
        if (!together) distribute(group, first, rows, from, count, c);
    }

    T *place(Index column, Index group, Index output) const {
        const Index windows = shape.geometry.windows();
        return out + ((column / windows * shape.groups + group) * shape.outputs + output) * windows + column % windows;
    }

    static void add_bias(const T *bias, Index rows, Index count, T *c, Index c_row) {
        for (Index i = 0; i < rows; ++i)
#pragma omp simd
            for (Index j = 0; j < count; ++j) c[i * c_row + j] += bias[i];
    }

    // Columns of several images, each to its own.
    void distribute(Index group, Index first, Index rows, Index from, Index count, const T *c) const {
        const Index windows = shape.geometry.windows();
        for (Index column = 0; column < count;) {
            const Index length = std::min(windows - (from + column) % windows, count - column);
            T *to = place(from + column, group, first);
            for (Index i = 0; i < rows; ++i) copy_run(c + i * WIDTH + column, 1, to + i * windows, length);
            column += length;
        }
    }

    const Shape shape;
    const Patches<T> patches;
    const Margined<T> images;
    const T *weight, *bias;
    T *out;
};

// weight = small P^T: the images are split among some partial sums, which are added up at the end.
template <class T>
class Match {
public:
    Match(const Shape &shape, Margined<T> images, const T *small)
        : shape(shape), patches(shape.geometry, shape.channels, images), images(images), small(small) {
        panels = (shape.depth() + WIDTH - 1) / WIDTH;
        const Index wanted = 6 * thread_count() / std::max<Index>(panels * shape.groups, 1);
        parts = std::clamp<Index>(wanted, 1, std::max<Index>(shape.batch, 1));
    }

    // How many numbers of memory the partial sums take, beyond the first.
    Index extra() const { return (parts - 1) * size(); }

    void run(T *out, T *more) const {
        parallel_for(shape.groups * panels * parts, 1, [&](Index begin, Index end) {
            for (Index task = begin; task < end; ++task) {
                const Index part = task % parts;
                multiply(task / parts / panels, task / parts % panels, shape.batch * part / parts,
                         shape.batch * (part + 1) / parts, part ? more + (part - 1) * size() : out);
            }
        });
        if (parts == 1) return;
        parallel_for(size(), GRAIN, [&](Index begin, Index end) {
            for (Index part = 0; part < parts - 1; ++part)
#pragma omp simd
                for (Index i = begin; i < end; ++i) out[i] += more[part * size() + i];
        });
    }

private:
    static constexpr Index WIDTH = TILE_COLUMNS<T>;

    Index size() const { return shape.groups * shape.outputs * shape.depth(); }

    void multiply(Index group, Index panel, Index first, Index last, T *to) const {
        const Index windows = shape.geometry.windows(), depth = shape.depth();
        const Index from = panel * WIDTH, count = std::min(WIDTH, depth - from), width = padded<T>(count);
        T *rows = scratch<T>(DEPTH * WIDTH, 0), *turned = scratch<T>(DEPTH * WIDTH, 1);
        Run *runs = scratch<Run>(DEPTH, 2);
        to += group * shape.outputs * depth + from;
        bool add = false;
        const Index end = last * windows;
        for (Index column = first * windows; column < end; add = true) {
            // The windows of several small images at once, or some of one large image.
            const Index here = std::min(
                windows >= DEPTH ? std::min(DEPTH, windows - column % windows) : std::max<Index>(DEPTH / windows, 1) * windows,
                end - column);
            const Index number = patches.runs(column, here, runs);
            for (Run *run = runs; run < runs + number; ++run) run->start += group * shape.channels * images.channel;
            patches.copy(from, from + count, runs, number, rows, here);
            transpose_block(count, here, rows, here, turned, width);
            if (width > count)
                for (Index k = 0; k < here; ++k) std::fill(turned + k * width + count, turned + (k + 1) * width, T(0));
            multiply_block(shape.outputs, count, here, outputs_of(group, column, here), turned, width, to, depth, add);
            column += here;
        }
        if (!add)
            for (Index i = 0; i < shape.outputs; ++i) std::fill_n(to + i * depth, count, T(0));
    }

    // The outputs of these windows as rows: where they lie if they are of one image, else copied together.
    MatrixView<T> outputs_of(Index group, Index column, Index count) const {
        const Index windows = shape.geometry.windows();
        const auto place = [&](Index at) {
            return small + (at / windows * shape.groups + group) * shape.outputs * windows + at % windows;
        };
        if (column / windows == (column + count - 1) / windows) return {place(column), windows, 1};
        T *rows = scratch<T>(shape.outputs * DEPTH, 3);
        for (Index at = 0; at < count; at += windows)
            for (Index i = 0; i < shape.outputs; ++i)
                copy_run(place(column + at) + i * windows, 1, rows + i * count + at, windows);
        return {rows, count, 1};
    }

    const Shape shape;
    const Patches<T> patches;
    const Margined<T> images;
    const T *small;
    Index panels, parts;
};

// large = weight^T small, added up under each window. A task has some channels of one image to itself.
template <class T>
class Spread {
public:
    // `turned`: the weight of each group as (channels, taps) x outputs.
    Spread(const Shape &shape, const T *small, const T *turned, const T *bias, T *out)
        : shape(shape), small(small), turned(turned), bias(bias), out(out) {
        const Geometry &geometry = shape.geometry;
        cells.row = geometry.reach(2), cells.plane = geometry.reach(1) * cells.row,
        cells.channel = geometry.reach(0) * cells.plane;
        at_once = std::max<Index>(ROWS / geometry.taps(), 1);
        const Index wanted = std::max<Index>(1, 3 * thread_count() / std::max<Index>(shape.batch * shape.groups, 1));
        at_once = std::min(at_once, std::max<Index>((shape.channels + wanted - 1) / wanted, 1));
    }

    void run() const {
        const Index blocks = (shape.channels + at_once - 1) / at_once;
        const Patches<T> patches(shape.geometry, at_once, cells);
        parallel_for(shape.batch * shape.groups * blocks, 1, [&](Index begin, Index end) {
            for (Index task = begin; task < end; ++task) {
                const Index first = task % blocks * at_once;
                spread(patches, task / blocks, first, std::min(at_once, shape.channels - first));
            }
        });
    }

private:
    static constexpr Index WIDTH = TILE_COLUMNS<T>;
    static constexpr Index ROWS = 512;  // of products at once: 512 x 64 floats stay in the second-level cache

    // `which`: the group of an image, counted over all images.
    void spread(const Patches<T> &patches, Index which, Index first, Index channels) const {
        const Geometry &geometry = shape.geometry;
        const Index windows = geometry.windows(), rows = channels * geometry.taps();
        T *sums = scratch<T>(at_once * cells.channel, 0);
        T *products = scratch<T>(at_once * geometry.taps() * WIDTH, 1);
        std::fill_n(sums, channels * cells.channel, T(0));
        const T *from = small + which * shape.outputs * windows;
        const MatrixView<T> a{turned + (which % shape.groups * shape.channels + first) * geometry.taps() * shape.outputs,
                              shape.outputs, 1};
        Run runs[WIDTH];
        for (Index column = 0; column < windows; column += WIDTH) {
            const Index count = std::min(WIDTH, windows - column);
            const Index number = patches.runs(column, count, runs);
            T *panel = scratch<T>(shape.outputs * WIDTH, 2);
            const Index width = padded<T>(count);
            for (Index o = 0; o < shape.outputs; ++o) copy_run(from + o * windows + column, 1, panel + o * width, count);
            multiply_block(rows, count, shape.outputs, a, panel, width, products, WIDTH, false);
            patches.add(0, rows, runs, number, products, WIDTH, sums);
        }
        for (Index c = 0; c < channels; ++c) {
            const Index channel = which * shape.channels + first + c;
            collect(sums + c * cells.channel, bias ? bias[channel % (shape.groups * shape.channels)] : T(0),
                    out + channel * geometry.cells());
        }
    }

    // Copies one channel without its margins.
    void collect(const T *sums, T bias, T *to) const {
        const Geometry &geometry = shape.geometry;
        for (Index d = 0; d < geometry.size[0]; ++d)
            for (Index h = 0; h < geometry.size[1]; ++h, to += geometry.size[2]) {
                const Index plane = d + geometry.padding[0], row = h + geometry.padding[1];
                const bool outside = plane >= geometry.reach(0) || row >= geometry.reach(1);
                const Index inside =
                    outside ? 0 : std::clamp<Index>(geometry.reach(2) - geometry.padding[2], 0, geometry.size[2]);
                const T *from = sums + plane * cells.plane + row * cells.row + geometry.padding[2];
                for (Index w = 0; w < inside; ++w) to[w] = from[w] + bias;
                std::fill(to + inside, to + geometry.size[2], bias);
            }
    }

    const Shape shape;
    const T *small, *turned, *bias;
    T *out;
    Margined<T> cells;
    Index at_once;
};

// Sizes of a convolution from its arguments, which the op has checked; false where they are not for these kernels.
template <class T>
bool read(const Array<T> &large, Index channels, Index outputs, nb::handle windows, Index groups, Shape &shape) {
    if (!Geometry::read(windows, shape.geometry) || large.ndim() < 3 || large.ndim() > 5 || groups < 1) return false;
    shape.batch = large.size(0), shape.groups = groups;
    shape.channels = channels, shape.outputs = outputs / groups;
    return true;
}

// (batch, channels, *sizes), as many dims as `like` has.
template <class T>
New<T> images(const Array<T> &like, Index channels, const Index (&sizes)[3]) {
    npy_intp shape[5] = {like.size(0), channels};
    std::copy_n(sizes + 5 - like.ndim(), like.ndim() - 2, shape + 2);
    return New<T>(like.ndim(), shape);
}

// Every channel by itself, in images that are packed.
template <class T>
bool by_channel(const Shape &shape, const Array<T> &large) {
    return shape.channels == 1 && shape.groups > 1 && large.contiguous() && Depthwise<T>::handles(shape.geometry);
}

template <class T>
void correlate_channels(const Shape &shape, const T *large, const T *weight, const T *bias, T *out) {
    const Depthwise<T> depthwise(shape.geometry);
    const Index taps = shape.geometry.taps(), windows = shape.geometry.windows();
    parallel_for(shape.batch * shape.groups, 1, [&](Index begin, Index end) {
        T *split = scratch<T>(depthwise.size(), 0);
        for (Index plane = begin; plane < end; ++plane) {
            depthwise.split(large + plane * shape.geometry.cells(), split);
            for (Index i = 0; i < shape.outputs; ++i) {
                const Index output = plane % shape.groups * shape.outputs + i;
                depthwise.correlate(split, weight + output * taps, bias ? bias[output] : T(0),
                                    out + (plane * shape.outputs + i) * windows);
            }
        }
    });
}

Geometry backwards(const Geometry &geometry);

template <class T>
void spread_channels(const Shape &shape, const T *small, const T *weight, const T *bias, T *out) {
    const Geometry back = backwards(shape.geometry);
    if (shape.geometry.dense() && shape.outputs == 1 && back.padding[1] >= 0 && back.padding[2] >= 0) {
        // the same as correlating with each weight turned around
        const Index count = shape.groups * shape.geometry.taps();
        T *turned = scratch<T>(count, 3);
        for (Index channel = 0; channel < shape.groups; ++channel)
            std::reverse_copy(weight + channel * shape.geometry.taps(), weight + (channel + 1) * shape.geometry.taps(),
                              turned + channel * shape.geometry.taps());
        return correlate_channels<T>({shape.batch, shape.groups, 1, 1, back}, small, turned, bias, out);
    }
    const Depthwise<T> depthwise(shape.geometry);
    const Index taps = shape.geometry.taps(), windows = shape.geometry.windows();
    parallel_for(shape.batch * shape.groups, 1, [&](Index begin, Index end) {
        T *split = scratch<T>(depthwise.size(), 0);
        for (Index plane = begin; plane < end; ++plane) {
            const Index channel = plane % shape.groups;
            std::fill_n(split, depthwise.size(), T(0));
            for (Index i = 0; i < shape.outputs; ++i)
                depthwise.spread(small + (plane * shape.outputs + i) * windows, weight + (channel * shape.outputs + i) * taps,
                                 split);
            depthwise.join(split, bias ? bias[channel] : T(0), out + plane * shape.geometry.cells());
        }
    });
}

template <class T>
void match_channels(const Shape &shape, const T *large, const T *small, T *out) {
    const Depthwise<T> depthwise(shape.geometry);
    const Index taps = shape.geometry.taps(), windows = shape.geometry.windows();
    parallel_for(shape.groups, 1, [&](Index begin, Index end) {
        T *split = scratch<T>(depthwise.size(), 0);
        auto *sums = scratch<Vector<T>>(shape.outputs * taps, 1);
        for (Index channel = begin; channel < end; ++channel) {
            std::fill_n(sums, shape.outputs * taps, Vector<T>{});
            for (Index n = 0; n < shape.batch; ++n) {
                const Index plane = n * shape.groups + channel;
                depthwise.split(large + plane * shape.geometry.cells(), split);
                for (Index i = 0; i < shape.outputs; ++i)
                    depthwise.match(split, small + (plane * shape.outputs + i) * windows, sums + i * taps);
            }
            for (Index at = 0; at < shape.outputs * taps; ++at)
                out[channel * shape.outputs * taps + at] = static_cast<T>(sum_of_lanes<T>(sums[at]));
        }
    });
}

// Whether float32 convolutions may go over tiles, which rounds about ten times as much as multiplying directly.
std::atomic<bool> fast{true};

// Sizes for the way over tiles; false where that is not for this convolution.
template <class T>
bool over_tiles(const Shape &shape, const Array<T> &large, Planes &planes) {
    const Geometry &geometry = shape.geometry;
    if (!std::is_same_v<T, float> || !fast || !large.contiguous() || shape.groups != 1 || !geometry.dense() ||
        geometry.size[0] != 1 || geometry.kernel[0] != 1 || geometry.padding[0] || geometry.kernel[1] != 3 ||
        geometry.kernel[2] != 3 || geometry.dilation[1] != 1 || geometry.dilation[2] != 1)
        return false;
    planes = {shape.batch,       shape.channels,    shape.outputs,       geometry.size[1],   geometry.size[2],
              geometry.count[1], geometry.count[2], geometry.padding[1], geometry.padding[2]};
    return winograd_pays(planes);
}

template <class T>
void correlate_into(const Shape &shape, WithMargins<T> &large, const T *weight, const T *bias, T *out) {
    large.fill();
    Correlation<T>(shape, large.view(), weight, bias, out).run();
}

template <class T>
nb::object convolve(Array<T> input, Packed<T> weight, Optional<Packed<T>> bias, nb::handle windows, Index groups) {
    Shape shape;
    if (weight.ndim() != input.ndim() || !read(input, weight.size(1), weight.size(0), windows, groups, shape))
        return declined();
    auto out = images(input, weight.size(0), shape.geometry.count);
    if constexpr (std::is_same_v<T, float>) {
        if (Planes planes; over_tiles(shape, input, planes)) {
            WithoutGil released(true);
            winograd_correlate(planes, input.data(), {weight.data(), shape.channels * 9, 9, false}, bias.data(), out.data());
            released.end();
            return out.give();
        }
    }
    if (by_channel(shape, input)) {
        WithoutGil released(true);
        correlate_channels(shape, input.data(), weight.data(), bias.data(), out.data());
        released.end();
        return out.give();
    }
    WithMargins<T> large(input, shape.geometry);
    WithoutGil released(out.count() * shape.depth() > GRAIN * 16);
    correlate_into(shape, large, weight.data(), bias.data(), out.data());
    released.end();
    return out.give();
}

// The weight of each group for the way back: channels x (outputs, taps turned around).
template <class T>
void turn_around(const Shape &shape, const T *weight, T *to) {
    const Index taps = shape.geometry.taps();
    parallel_for(shape.groups * shape.channels, 1 + GRAIN / (shape.outputs * taps + 1), [&](Index begin, Index end) {
        for (Index row = begin; row < end; ++row) {
            const Index group = row / shape.channels, channel = row % shape.channels;
            for (Index o = 0; o < shape.outputs; ++o) {
                const T *from = weight + ((group * shape.outputs + o) * shape.channels + channel) * taps;
                std::reverse_copy(from, from + taps, to + (row * shape.outputs + o) * taps);
            }
        }
    });
}

// The geometry of going back over windows that move by one: those of the small side over the large one.
Geometry backwards(const Geometry &geometry) {
    Geometry back = geometry;
    for (int dim = 0; dim < 3; ++dim) {
        back.size[dim] = geometry.count[dim], back.count[dim] = geometry.size[dim];
        back.padding[dim] = geometry.dilation[dim] * (geometry.kernel[dim] - 1) - geometry.padding[dim];
    }
    return back;
}

template <class T>
nb::object convolve_transposed(Array<T> input, Packed<T> weight, Optional<Packed<T>> bias, nb::handle windows, Index groups) {
    Shape shape;
    if (weight.ndim() != input.ndim() || !read(input, weight.size(1), weight.size(0), windows, groups, shape))
        return declined();
    const Index channels = groups * shape.channels;
    auto out = images(input, channels, shape.geometry.size);
    if (by_channel(shape, input)) {
        WithoutGil released(true);
        spread_channels(shape, input.data(), weight.data(), bias.data(), out.data());
        released.end();
        return out.give();
    }
    New<T> turned({weight.count()});
    const bool worth = input.count() * shape.depth() > GRAIN * 16;
    if (shape.geometry.dense()) {
        const Shape back{shape.batch, groups, shape.outputs, shape.channels, backwards(shape.geometry)};
        if constexpr (std::is_same_v<T, float>) {
            if (Planes planes; over_tiles(back, input, planes)) {
                WithoutGil released(true);
                winograd_correlate(planes, input.data(), {weight.data(), 9, shape.channels * 9, true}, bias.data(), out.data());
                released.end();
                return out.give();
            }
        }
        WithMargins<T> small(input, back.geometry);
        WithoutGil released(worth);
        turn_around(shape, weight.data(), turned.data());
        correlate_into(back, small, turned.data(), bias.data(), out.data());
        released.end();
        return out.give();
    }
    if (!input.contiguous()) return declined();
    WithoutGil released(worth);
    for (Index group = 0; group < groups; ++group)
        transpose_block(shape.outputs, shape.depth(), weight.data() + group * shape.outputs * shape.depth(), shape.depth(),
                        turned.data() + group * shape.outputs * shape.depth(), shape.outputs);
    Spread<T>(shape, input.data(), turned.data(), bias.data(), out.data()).run();
    released.end();
    return out.give();
}

template <class T>
nb::object convolve_weight(Array<T> large, Packed<T> small, nb::handle windows, Index groups) {
    Shape shape;
    if (small.ndim() != large.ndim() || !read(large, large.size(1) / groups, small.size(1), windows, groups, shape))
        return declined();
    npy_intp sizes[5] = {small.size(1), shape.channels};
    std::copy_n(shape.geometry.kernel + 5 - large.ndim(), large.ndim() - 2, sizes + 2);
    New<T> out(large.ndim(), sizes);
    if constexpr (std::is_same_v<T, float>) {
        if (Planes planes; over_tiles(shape, large, planes)) {
            WithoutGil released(true);
            winograd_match(planes, large.data(), small.data(), out.data());
            released.end();
            return out.give();
        }
    }
    if (by_channel(shape, large)) {
        WithoutGil released(true);
        match_channels(shape, large.data(), small.data(), out.data());
        released.end();
        return out.give();
    }
    WithMargins<T> images(large, shape.geometry);
    const Match<T> match(shape, images.view(), small.data());
    New<T> more({match.extra()});
    WithoutGil released(small.count() * shape.depth() > GRAIN * 16);
    images.fill();
    match.run(out.data(), more.data());
    released.end();
    return out.give();
}

}  // namespace

FAMILY(convolution) {
    kernel(module, "convolve", convolve<float>, convolve<double>);
    kernel(module, "convolve_transposed", convolve_transposed<float>, convolve_transposed<double>);
    kernel(module, "convolve_weight", convolve_weight<float>, convolve_weight<double>);
    module.def("set_fast_convolution", [](bool on) { fast = on; });
}

}  // namespace flambeau
