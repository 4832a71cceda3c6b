// Winograd's minimal filtering (Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016).
//
// A row of four results of three taps is the product of two polynomials, and a product of degree five is known from its
// values at six points: at each one multiplication. In two dims a tile of 6 x 6 cells, transformed along both, is multiplied
// number by number with the transformed weight and transformed back to 4 x 4 results. Over all channels each of the 36
// places is a product of matrices, tiles x channels times channels x outputs, which is where the time goes.
//
// The points are 0, +-3/4, +-3/2 and infinity. With the textbook's 0, +-1, +-2 the transforms have larger entries and lose
// about twice as many digits: for 256 channels the largest error, relative to the largest result, is 3e-6 here, 1e-5 there
// and 4e-7 for direct multiplication in float32.
//
// Inside, channels lie side by side (a vector holds so many of them), so images are turned on the way in and results on the
// way out, a few rows at a time, while they are in the cache.
#include "common/winograd.hpp"

#include <algorithm>

#include "common/tile.hpp"
#include "common/transpose.hpp"

namespace flambeau {
namespace {

using V = Vector<float>;
constexpr int WIDTH = LANES<float>;
constexpr Index BLOCK = TILE_COLUMNS<float>;  // outputs that are multiplied at once
constexpr Index PLACES = 36;

constexpr float A = 0.75f, B = 1.5f, A2 = A * A, B2 = B * B;

// Values at the points of the polynomial that six cells stand for (times what `back` and `weights` leave out).
FLAMBEAU_INLINE void forth(const V (&d)[6], V (&out)[6]) {
    const V even_a = d[4] - B2 * d[2], odd_a = A * (d[3] - B2 * d[1]);
    const V even_b = d[4] - A2 * d[2], odd_b = B * (d[3] - A2 * d[1]);
    out[0] = d[4] - (A2 + B2) * d[2] + (A2 * B2) * d[0];
    out[1] = even_a + odd_a, out[2] = even_a - odd_a;
    out[3] = even_b + odd_b, out[4] = even_b - odd_b;
    out[5] = d[5] - (A2 + B2) * d[3] + (A2 * B2) * d[1];
}

// The four results from the products at the points.
FLAMBEAU_INLINE void back(const V (&m)[6], V (&out)[4]) {
    const V even_a = m[1] + m[2], odd_a = m[1] - m[2], even_b = m[3] + m[4], odd_b = m[3] - m[4];
    out[0] = m[0] + even_a + even_b;
    out[1] = A * odd_a + B * odd_b;
    out[2] = A2 * even_a + B2 * even_b;
    out[3] = (A2 * A) * odd_a + (B2 * B) * odd_b + m[5];
}

// Lagrange's denominators at 0, +-3/4 and +-3/2.
constexpr float AT_0 = 1 / (A2 * B2), AT_A = 1 / (2 * A2 * (A2 - B2)), AT_B = 1 / (2 * B2 * (B2 - A2));

// Values at the points of the polynomials with three coefficients (the weight), and with four (the gradient of a tile).
FLAMBEAU_INLINE void weights(const V (&g)[3], V (&out)[6]) {
    const V even_a = AT_A * g[0] + (AT_A * A2) * g[2], odd_a = (AT_A * A) * g[1];
    const V even_b = AT_B * g[0] + (AT_B * B2) * g[2], odd_b = (AT_B * B) * g[1];
    out[0] = AT_0 * g[0];
    out[1] = even_a + odd_a, out[2] = even_a - odd_a;
    out[3] = even_b + odd_b, out[4] = even_b - odd_b;
    out[5] = g[2];
}

FLAMBEAU_INLINE void results(const V (&g)[4], V (&out)[6]) {
    const V even_a = AT_A * g[0] + (AT_A * A2) * g[2], odd_a = (AT_A * A) * g[1] + (AT_A * A2 * A) * g[3];
    const V even_b = AT_B * g[0] + (AT_B * B2) * g[2], odd_b = (AT_B * B) * g[1] + (AT_B * B2 * B) * g[3];
    out[0] = AT_0 * g[0];
    out[1] = even_a + odd_a, out[2] = even_a - odd_a;
    out[3] = even_b + odd_b, out[4] = even_b - odd_b;
    out[5] = g[3];
}

// The three taps from the products at the points, summed over all tiles.
FLAMBEAU_INLINE void taps(const V (&m)[6], V (&out)[3]) {
    const V even_a = m[1] + m[2], odd_a = m[1] - m[2], even_b = m[3] + m[4], odd_b = m[3] - m[4];
    out[0] = m[0] + even_a + even_b;
    out[1] = A * odd_a + B * odd_b;
    out[2] = A2 * even_a + B2 * even_b + m[5];
}

// Both dims: `load(i, j)` gives the numbers of a FROM x FROM square, `store(i, j, v)` takes those of the TO x TO one.
template <int FROM, int TO, class Transform, class Load, class Store>
FLAMBEAU_INLINE void both_dims(Transform transform, Load load, Store store) {
    V half[TO][FROM];
#pragma GCC unroll 6
    for (int j = 0; j < FROM; ++j) {
        V column[FROM], out[TO];
        for (int i = 0; i < FROM; ++i) column[i] = load(i, j);
        transform(column, out);
        for (int i = 0; i < TO; ++i) half[i][j] = out[i];
    }
#pragma GCC unroll 6
    for (int i = 0; i < TO; ++i) {
        V out[TO];
        transform(half[i], out);
        for (int j = 0; j < TO; ++j) store(i, j, out[j]);
    }
}

Index padded(Index count) {
    return (count + WIDTH - 1) / WIDTH * WIDTH;
}

// Numbers that lie place by place: the rows of a place belong to tiles (or channels), its columns to channels (or outputs).
struct Transformed {
    float *data;
    Index place, row;

    float *at(Index xi, Index i) const { return data + xi * place + i * row; }
};

// The rows of tiles of all images, one after the other, and those of them that lie in one image.
struct Rows {
    Index image, first, last;  // rows of tiles of this image
    Index tile;                // the number of the first of their tiles among those that are worked on
};

class Tiles {
public:
    explicit Tiles(const Planes &planes) : planes(planes), down((planes.rows + 3) / 4), across((planes.columns + 3) / 4) {}

    Index rows() const { return planes.batch * down; }
    Index count() const { return rows() * across; }

    // Calls body(Rows) for the rows of tiles from `begin` to `end`, image by image.
    template <class Body>
    void by_image(Index begin, Index end, Body body) const {
        for (Index row = begin; row < end;) {
            const Index first = row % down, last = std::min(down, first + end - row);
            body(Rows{row / down, first, last, (row - begin) * across});
            row += last - first;
        }
    }

    // Turns so many rows of planes (channels x rows x columns) so that channels lie side by side, and transforms each tile.
    // EDGE: 6 cells of input from `offset` before the tile's first result, or 4 results.
    template <int EDGE, class Transform>
    void transform(const float *from, Index channels, Index height, Index width, Index offset_y, Index offset_x, Rows rows,
                   Transformed to, Transform transform) const {
        const Index lanes = padded(channels);
        const Index top = std::max<Index>(rows.first * 4 - offset_y, 0);
        const Index bottom = std::min(rows.last * 4 - offset_y + EDGE - 4, height);
        float *cells = scratch<float>(std::max<Index>(bottom - top, 0) * width * lanes + lanes, 0);
        float *zeros = cells + std::max<Index>(bottom - top, 0) * width * lanes;
        std::fill_n(zeros, lanes, 0.0f);
        if (bottom > top)
            transpose_block(channels, (bottom - top) * width, from + rows.image * channels * height * width + top * width,
                            height * width, cells, lanes);
        Index tile = rows.tile;
        for (Index ty = rows.first; ty < rows.last; ++ty)
            for (Index tx = 0; tx < across; ++tx, ++tile) {
                const float *places[EDGE][EDGE];
                for (int i = 0; i < EDGE; ++i)
                    for (int j = 0; j < EDGE; ++j) {
                        const Index y = ty * 4 - offset_y + i, x = tx * 4 - offset_x + j;
                        const bool inside = y >= 0 && y < height && x >= 0 && x < width;
                        places[i][j] = inside ? cells + ((y - top) * width + x) * lanes : zeros;
                    }
                float *out = to.at(0, tile);
                for (Index c = 0; c < lanes; c += WIDTH)
                    both_dims<EDGE, 6>(
                        transform, [&](int i, int j) { return load(places[i][j] + c); },
                        [&](int i, int j, V v) { store(out + (i * 6 + j) * to.place + c, v); });
            }
    }

    // The results of some outputs, from the products of these rows of tiles, into planes of all outputs.
    void finish(Transformed products, Index first, Index outputs, const float *bias, Rows rows, float *out) const {
        const Index lanes = padded(outputs);
        const Index top = rows.first * 4, bottom = std::min(rows.last * 4, planes.rows);
        float *cells = scratch<float>((bottom - top) * planes.columns * lanes, 0);
        Index tile = rows.tile;
        for (Index ty = rows.first; ty < rows.last; ++ty)
            for (Index tx = 0; tx < across; ++tx, ++tile) {
                const Index height = std::min<Index>(4, planes.rows - ty * 4),
                            width = std::min<Index>(4, planes.columns - tx * 4);
                float *corner = cells + ((ty * 4 - top) * planes.columns + tx * 4) * lanes;
                const float *from = products.at(0, tile);
                for (Index k = 0; k < lanes; k += WIDTH) {
                    const int some = static_cast<int>(std::min<Index>(WIDTH, outputs - k));
                    const V add = bias ? load_some(bias + first + k, some) : V{};
                    both_dims<6, 4>(
                        back, [&](int i, int j) { return load(from + (i * 6 + j) * products.place + k); },
                        [&](int i, int j, V v) {
                            if (i < height && j < width) store(corner + (i * planes.columns + j) * lanes + k, v + add);
                        });
                }
            }
        transpose_block((bottom - top) * planes.columns, outputs, cells, lanes,
                        out + ((rows.image * planes.outputs + first) * planes.rows + top) * planes.columns,
                        planes.rows * planes.columns);
    }

    const Planes planes;
    const Index down, across;
};

// The weight of channels `first` to `last` for `outputs` outputs from `from` on, transformed.
void transform_weight(Weight3x3 weight, Index first, Index last, Index from, Index outputs, Transformed to) {
    const Index lanes = padded(outputs);
    alignas(64) float taps[9][WIDTH];
    for (Index k = 0; k < lanes; k += WIDTH) {
        const Index some = std::min<Index>(WIDTH, outputs - k);
        for (Index c = first; c < last; ++c) {
            for (Index o = 0; o < WIDTH; ++o) {
                const float *nine = weight.data + (from + k + std::min(o, some - 1)) * weight.output + c * weight.channel;
                for (int tap = 0; tap < 9; ++tap) taps[tap][o] = nine[weight.turned ? 8 - tap : tap];
            }
            float *out = to.at(0, c - first) + k;
            both_dims<3, 6>(
                weights, [&](int i, int j) { return load(taps[i * 3 + j]); },
                [&](int i, int j, V v) { store(out + (i * 6 + j) * to.place, v); });
        }
    }
}

constexpr Index FEW = 1 << 14;     // channels x outputs whose transformed weight, 36 times as many, stays in a cache
constexpr Index AT_ONCE = 32;      // tiles of a task, about
constexpr Index MOST_TILES = 192;  // whose transforms are shared among tasks at once

enum : int {
    CELLS = 0,
    INPUT = 1,
    PRODUCTS = 2,
    WEIGHT = 3,
    SHARED_WEIGHT = 4,
    SHARED_INPUT = 5,
    SHARED_SUMS = 6,
    SHARED_RESULTS = 7
};

// Few channels: the transformed weight is shared, and a task does everything for some tiles.
void correlate_by_tiles(const Tiles &tiles, const float *images, Weight3x3 weight, const float *bias, float *out) {
    const Planes &planes = tiles.planes;
    const Index channels = planes.channels, outputs = planes.outputs, blocks = (outputs + BLOCK - 1) / BLOCK;
    float *transformed = scratch<float>(PLACES * channels * blocks * BLOCK, SHARED_WEIGHT);
    const auto panel = [&](Index block) {
        return Transformed{transformed + block * PLACES * channels * BLOCK, channels * BLOCK, BLOCK};
    };
    parallel_for(blocks * channels, 16, [&](Index begin, Index end) {
        for (Index at = begin; at < end;) {
            const Index block = at / channels, first = at % channels, last = std::min(channels, first + end - at);
            Transformed to = panel(block);
            to.data += first * BLOCK;
            transform_weight(weight, first, last, block * BLOCK, std::min(BLOCK, outputs - block * BLOCK), to);
            at += last - first;
        }
    });
    const Index per_task = std::max<Index>(AT_ONCE / tiles.across, 1);
    parallel_tasks((tiles.rows() + per_task - 1) / per_task, [&](Index task) {
        const Index begin = task * per_task, end = std::min(begin + per_task, tiles.rows());
        const Index count = (end - begin) * tiles.across;
        const Transformed input{scratch<float>(PLACES * count * padded(channels), INPUT), count * padded(channels),
                                padded(channels)};
        const Transformed products{scratch<float>(PLACES * count * padded(outputs), PRODUCTS), count * padded(outputs),
                                   padded(outputs)};
        tiles.by_image(begin, end, [&](Rows rows) {
            tiles.transform<6>(images, channels, planes.height, planes.width, planes.padding_y, planes.padding_x, rows, input,
                               forth);
        });
        for (Index xi = 0; xi < PLACES; ++xi)
            for (Index block = 0; block < blocks; ++block)
                multiply_block<float>(count, std::min(BLOCK, outputs - block * BLOCK), channels,
                                      {input.at(xi, 0), input.row, 1}, panel(block).at(xi, 0), BLOCK,
                                      products.at(xi, 0) + block * BLOCK, products.row, false);
        tiles.by_image(begin, end, [&](Rows rows) { tiles.finish(products, 0, outputs, bias, rows, out); });
    });
}

// Many channels: the transformed tiles are shared, and a task transforms the weight of some outputs as it goes.
void correlate_by_outputs(const Tiles &tiles, const float *images, Weight3x3 weight, const float *bias, float *out) {
    constexpr Index SLICE = 64;  // channels whose transformed weight is made at once
    const Planes &planes = tiles.planes;
    const Index channels = planes.channels, outputs = planes.outputs, blocks = (outputs + BLOCK - 1) / BLOCK;
    const Index at_once = std::max<Index>(MOST_TILES / tiles.across, 1);
    for (Index begin = 0; begin < tiles.rows(); begin += at_once) {
        const Index end = std::min(begin + at_once, tiles.rows()), count = (end - begin) * tiles.across;
        const Transformed input{scratch<float>(PLACES * count * padded(channels), SHARED_INPUT), count * padded(channels),
                                padded(channels)};
        parallel_for(end - begin, 1, [&](Index first, Index last) {
            tiles.by_image(begin + first, begin + last, [&](Rows rows) {
                rows.tile += first * tiles.across;
                tiles.transform<6>(images, channels, planes.height, planes.width, planes.padding_y, planes.padding_x, rows,
                                   input, forth);
            });
        });
        parallel_tasks(blocks, [&](Index block) {
            const Index from = block * BLOCK, some = std::min(BLOCK, outputs - from);
            const Transformed part{scratch<float>(PLACES * SLICE * BLOCK, WEIGHT), SLICE * BLOCK, BLOCK};
            const Transformed products{scratch<float>(PLACES * count * BLOCK, PRODUCTS), count * BLOCK, BLOCK};
            for (Index c = 0; c < channels; c += SLICE) {
                const Index here = std::min(SLICE, channels - c);
                transform_weight(weight, c, c + here, from, some, part);
                for (Index xi = 0; xi < PLACES; ++xi)
                    multiply_block<float>(count, some, here, {input.at(xi, 0) + c, input.row, 1}, part.at(xi, 0), BLOCK,
                                          products.at(xi, 0), BLOCK, c > 0);
            }
            tiles.by_image(begin, end, [&](Rows rows) { tiles.finish(products, from, some, bias, rows, out); });
        });
    }
}

// The weight's gradient from the sums over all tiles: channels `first` to `last`, outputs from `from` on.
void finish_weight(const Planes &planes, Transformed sums, Index first, Index last, Index from, Index outputs, float *out) {
    alignas(64) float nine[9][WIDTH];
    for (Index c = first; c < last; ++c)
        for (Index k = 0; k < outputs; k += WIDTH) {
            const float *places = sums.at(0, c - first) + k;
            both_dims<6, 3>(
                taps, [&](int i, int j) { return load(places + (i * 6 + j) * sums.place); },
                [&](int i, int j, V v) { store(nine[i * 3 + j], v); });
            for (Index o = 0; o < std::min<Index>(WIDTH, outputs - k); ++o)
                for (int tap = 0; tap < 9; ++tap) out[((from + k + o) * planes.channels + c) * 9 + tap] = nine[tap][o];
        }
}

// Few channels: tasks go over some tiles each and keep sums of their own.
void match_by_tiles(const Tiles &tiles, const float *images, const float *gradients, float *out) {
    const Planes &planes = tiles.planes;
    const Index channels = planes.channels, outputs = planes.outputs, size = PLACES * channels * padded(outputs);
    const Index parts = std::clamp<Index>(2 * thread_count(), 1, tiles.rows());
    float *all = scratch<float>(parts * size, SHARED_SUMS);
    parallel_tasks(parts, [&](Index part) {
        const Transformed sums{all + part * size, channels * padded(outputs), padded(outputs)};
        const Index stop = tiles.rows() * (part + 1) / parts, per_step = std::max<Index>(AT_ONCE / tiles.across, 1);
        bool add = false;
        for (Index begin = tiles.rows() * part / parts; begin < stop; begin += per_step, add = true) {
            const Index end = std::min(begin + per_step, stop), count = (end - begin) * tiles.across;
            const Transformed input{scratch<float>(PLACES * count * padded(channels), INPUT), count * padded(channels),
                                    padded(channels)};
            const Transformed g{scratch<float>(PLACES * count * padded(outputs), PRODUCTS), count * padded(outputs),
                                padded(outputs)};
            tiles.by_image(begin, end, [&](Rows rows) {
                tiles.transform<6>(images, channels, planes.height, planes.width, planes.padding_y, planes.padding_x, rows,
                                   input, forth);
                tiles.transform<4>(gradients, outputs, planes.rows, planes.columns, 0, 0, rows, g, results);
            });
            for (Index xi = 0; xi < PLACES; ++xi)
                multiply_block<float>(channels, outputs, count, {input.at(xi, 0), 1, input.row}, g.at(xi, 0), g.row,
                                      sums.at(xi, 0), sums.row, add);
        }
    });
    parallel_for(channels, 1, [&](Index first, Index last) {
        for (Index part = 1; part < parts; ++part)
            for (Index xi = 0; xi < PLACES; ++xi) {
                float *to = all + (xi * channels + first) * padded(outputs);
                const float *from = to + part * size;
#pragma omp simd
                for (Index i = 0; i < (last - first) * padded(outputs); ++i) to[i] += from[i];
            }
        const Transformed sums{all + first * padded(outputs), channels * padded(outputs), padded(outputs)};
        finish_weight(planes, sums, first, last, 0, outputs, out);
    });
}

// Many channels: all transforms are shared, and a task makes a block of the weight's gradient.
void match_by_blocks(const Tiles &tiles, const float *images, const float *gradients, float *out) {
    const Planes &planes = tiles.planes;
    const Index channels = planes.channels, outputs = planes.outputs;
    const Index down = (channels + BLOCK - 1) / BLOCK, across = (outputs + BLOCK - 1) / BLOCK;
    const Index size = PLACES * BLOCK * BLOCK, at_once = std::max<Index>(MOST_TILES / tiles.across, 1);
    const bool one_go = at_once >= tiles.rows();
    float *all = one_go ? nullptr : scratch<float>(down * across * size, SHARED_SUMS);
    for (Index begin = 0; begin < tiles.rows(); begin += at_once) {
        const Index end = std::min(begin + at_once, tiles.rows()), count = (end - begin) * tiles.across;
        const Transformed input{scratch<float>(PLACES * count * padded(channels), SHARED_INPUT), count * padded(channels),
                                padded(channels)};
        const Transformed g{scratch<float>(PLACES * count * padded(outputs), SHARED_RESULTS), count * padded(outputs),
                            padded(outputs)};
        parallel_for(end - begin, 1, [&](Index first, Index last) {
            tiles.by_image(begin + first, begin + last, [&](Rows rows) {
                rows.tile += first * tiles.across;
                tiles.transform<6>(images, channels, planes.height, planes.width, planes.padding_y, planes.padding_x, rows,
                                   input, forth);
                tiles.transform<4>(gradients, outputs, planes.rows, planes.columns, 0, 0, rows, g, results);
            });
        });
        parallel_tasks(down * across, [&](Index block) {
            const Index c = block / across * BLOCK, k = block % across * BLOCK;
            const Index some = std::min(BLOCK, channels - c), outs = std::min(BLOCK, outputs - k);
            const Transformed sums{one_go ? scratch<float>(size, WEIGHT) : all + block * size, BLOCK * BLOCK, BLOCK};
            for (Index xi = 0; xi < PLACES; ++xi)
                multiply_block<float>(some, outs, count, {input.at(xi, 0) + c, 1, input.row}, g.at(xi, 0) + k, g.row,
                                      sums.at(xi, 0), BLOCK, begin > 0);
            if (end == tiles.rows()) {
                Transformed whole = sums;
                finish_weight(planes, whole, c, c + some, k, outs, out);
            }
        });
    }
}

}  // namespace

bool winograd_pays(const Planes &planes) {
    const Index tiles = planes.batch * ((planes.rows + 3) / 4) * ((planes.columns + 3) / 4);
    // At least half of each tile must be wanted, and the transforms be made for enough products.
    return planes.channels >= WIDTH && planes.outputs >= WIDTH && tiles >= 8 &&
           planes.batch * planes.rows * planes.columns >= 8 * tiles;
}

void winograd_correlate(const Planes &planes, const float *images, Weight3x3 weight, const float *bias, float *out) {
    const Tiles tiles(planes);
    (planes.channels * planes.outputs <= FEW ? correlate_by_tiles : correlate_by_outputs)(tiles, images, weight, bias, out);
}

void winograd_match(const Planes &planes, const float *images, const float *gradients, float *out) {
    const Tiles tiles(planes);
    (planes.channels * planes.outputs <= FEW ? match_by_tiles : match_by_blocks)(tiles, images, gradients, out);
}

}  // namespace flambeau
