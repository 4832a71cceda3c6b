#include "common/gemm.hpp"

#include <algorithm>

#include "common/transpose.hpp"

namespace flambeau {
namespace {

constexpr Index DEPTH = 384;       // of a panel, at most: 384 x 64 floats are 96 KB
constexpr Index ROWS = 16 * 12;    // of A at once: 192 x 384 floats stay in the second-level cache, beside a panel
constexpr Index PANELS = 8;        // of B that one task goes over
constexpr Index FEW_ROWS = 4;      // too few for packing to pay
constexpr Index SHARED = 1 << 17;  // multiplications that are worth sharing

enum : int { PANEL_SLOT = 0, ROWS_SLOT = 1 };  // of the scratch memory

template <class T>
Index padded(Index columns) {
    return (columns + LANES<T> - 1) / LANES<T> * LANES<T>;
}

// Copies `depth` rows of up to TILE_COLUMNS columns of B, so that they lie side by side, the last ones filled up with zeros.
template <class T>
void pack_panel(Index depth, Index columns, MatrixView<T> b, T *panel) {
    const Index width = padded<T>(columns);
    if (b.row == 1 && b.column != 1) {
        transpose_block(columns, depth, b.data, b.column, panel, width);
    } else if (b.column == 1) {
        for (Index k = 0; k < depth; ++k) std::copy_n(b.at(k, 0), columns, panel + k * width);
    } else {
        for (Index k = 0; k < depth; ++k)
            for (Index j = 0; j < columns; ++j) panel[k * width + j] = *b.at(k, j);
    }
    if (width != columns)
        for (Index k = 0; k < depth; ++k) std::fill(panel + k * width + columns, panel + (k + 1) * width, T(0));
}

// Copies a part of A so that its rows lie one after the other.
template <class T>
MatrixView<T> packed_rows(Index rows, Index depth, MatrixView<T> a) {
    T *place = scratch<T>(2 * ROWS * DEPTH, ROWS_SLOT);
    if (a.row == 1 && a.column != 1) {
        transpose_block(depth, rows, a.data, a.column, place, depth);
    } else {
        for (Index i = 0; i < rows; ++i)
            for (Index k = 0; k < depth; ++k) place[i * depth + k] = *a.at(i, k);
    }
    return {place, depth, 1};
}

template <class T>
void add_bias(Index rows, Index columns, const T *bias, T *c, Index c_row) {
    for (Index i = 0; i < rows; ++i) {
        T *row = c + i * c_row;
#pragma omp simd
        for (Index j = 0; j < columns; ++j) row[j] += bias[j];
    }
}

template <class T>
FLAMBEAU_INLINE T sum_of(Vector<T> numbers) {
    T sum = 0;
    for (int i = 0; i < LANES<T>; ++i) sum += numbers[i];
    return sum;
}

// One row of A against some columns of B that lie as rows: dot products, four at a time so that sums do not wait for
// each other.
template <class T>
void dot_products(Index columns, Index depth, const T *a, const T *b, Index b_column, T *c) {
    constexpr int AT_ONCE = 4;
    Index j = 0;
    for (; j < columns; j += AT_ONCE) {
        const int here = static_cast<int>(std::min<Index>(AT_ONCE, columns - j));
        const T *rows[AT_ONCE];
        for (int q = 0; q < AT_ONCE; ++q) rows[q] = b + (j + std::min(q, here - 1)) * b_column;
        Vector<T> sums[AT_ONCE][2] = {};
        Index k = 0;
        for (; k + 2 * LANES<T> <= depth; k += 2 * LANES<T>)
            for (int q = 0; q < AT_ONCE; ++q) {
                sums[q][0] += load(a + k) * load(rows[q] + k);
                sums[q][1] += load(a + k + LANES<T>) * load(rows[q] + k + LANES<T>);
            }
        for (; k < depth; k += LANES<T>) {
            const int some = static_cast<int>(std::min<Index>(LANES<T>, depth - k));
            for (int q = 0; q < AT_ONCE; ++q) sums[q][0] += load_some(a + k, some) * load_some(rows[q] + k, some);
        }
        for (int q = 0; q < here; ++q) c[j + q] = sum_of<T>(sums[q][0] + sums[q][1]);
    }
}

template <class T>
class Product {
public:
    Product(Index rows, Index columns, Index depth, MatrixView<T> a, MatrixView<T> b, T *c, Index c_row, Epilogue<T> epilogue)
        : rows(rows), columns(columns), depth(depth), a(a), b(b), c(c), c_row(c_row), epilogue(epilogue) {
        const Index parts = std::max<Index>((depth + DEPTH - 1) / DEPTH, 1);
        step = (depth + parts - 1) / parts;  // parts of one size: a short last one would hardly be worth its tiles
    }

    void run() const {
        if (rows <= 0 || columns <= 0) return;
        if (depth <= 0) return clear();
        if (rows <= FEW_ROWS && b.row == 1 && a.column == 1) return by_dot_products();
        if (rows <= FEW_ROWS && b.column == 1) return by_rows();
        if (rows <= 2 * ROWS && (columns > 2 * TILE_COLUMNS<T> || rows <= 2 * TILE_ROWS)) return by_columns();
        by_panels();
    }

private:
    void clear() const {
        for (Index i = 0; i < rows; ++i)
            for (Index j = 0; j < columns; ++j) c[i * c_row + j] = epilogue.bias ? epilogue.bias[j] : T(0);
    }

    // Cuts the columns into pieces of whole tiles, as many as are worth other threads.
    template <class Body>
    void over_columns(Body body) const {
        const Index panels = (columns + TILE_COLUMNS<T> - 1) / TILE_COLUMNS<T>;
        const Index grain = rows * columns * depth < SHARED ? panels : 1;
        parallel_for(panels, grain, [&](Index begin, Index end) {
            const Index from = begin * TILE_COLUMNS<T>;
            body(from, std::min(end * TILE_COLUMNS<T>, columns) - from);
        });
    }

    void by_dot_products() const {
        over_columns([&](Index from, Index count) {
            for (Index i = 0; i < rows; ++i)
                dot_products(count, depth, a.at(i, 0), b.at(0, from), b.column, c + i * c_row + from);
            finish(0, rows, from, count);
        });
    }

    // B is read where it lies; only its last columns are copied, since behind them there may be nothing to read.
    void by_rows() const {
        over_columns([&](Index from, Index count) {
            const Index safe = count / LANES<T> * LANES<T>;
            multiply_block(rows, safe, depth, a, b.at(0, from), b.row, c + from, c_row, false);
            if (safe < count) {
                const Index rest = count - safe;
                for (Index k = 0; k < depth; k += step) {
                    const Index here = std::min(step, depth - k);
                    T *panel = scratch<T>(DEPTH * LANES<T>, PANEL_SLOT);
                    pack_panel(here, rest, {b.at(k, from + safe), b.row, b.column}, panel);
                    multiply_block(rows, rest, here, {a.at(0, k), a.row, a.column}, panel, LANES<T>, c + from + safe, c_row,
                                   k > 0);
                }
            }
            finish(0, rows, from, count);
        });
    }

    // Few rows: each thread packs the panels that it goes over, and finds them in its own cache.
    void by_columns() const {
        over_columns([&](Index from, Index count) {
            T *panel = scratch<T>(DEPTH * TILE_COLUMNS<T>, PANEL_SLOT);
            for (Index k = 0; k < depth; k += step) {
                const Index here = std::min(step, depth - k);
                MatrixView<T> part{a.at(0, k), a.row, a.column};
                if (a.column != 1) part = packed_rows(rows, here, part);
                for (Index at = 0; at < count; at += TILE_COLUMNS<T>) {
                    const Index width = std::min<Index>(TILE_COLUMNS<T>, count - at);
                    pack_panel(here, width, {b.at(k, from + at), b.row, b.column}, panel);
                    multiply_block(rows, width, here, part, panel, padded<T>(width), c + from + at, c_row, k > 0);
                }
            }
            finish(0, rows, from, count);
        });
    }

    void by_panels() const {
        const Index panels = (columns + TILE_COLUMNS<T> - 1) / TILE_COLUMNS<T>;
        const bool alone = rows * columns * depth < SHARED || thread_count() == 1;
        T *packed = scratch<T>(depth * padded<T>(columns), PANEL_SLOT);
        parallel_for(panels, alone ? panels : 1, [&](Index begin, Index end) {
            for (Index panel = begin; panel < end; ++panel) pack(panel, packed);
        });
        // As many tasks as keep all threads busy to the end: first of fewer rows, then of fewer panels.
        const Index wanted = alone ? 1 : 3 * thread_count();
        Index per_task = std::min(panels, PANELS), block = ROWS;
        while (block > 4 * TILE_ROWS && blocks(block) * ((panels + per_task - 1) / per_task) < wanted) block /= 2;
        while (per_task > 1 && blocks(block) * ((panels + per_task - 1) / per_task) < wanted) per_task = (per_task + 1) / 2;
        const Index across = (panels + per_task - 1) / per_task;
        const auto task = [&](Index number) {
            const Index first_row = number / across * block, first = number % across * per_task;
            multiply(first_row, std::min(block, rows - first_row), first, std::min(first + per_task, panels), packed);
        };
        if (alone) {
            for (Index number = 0; number < blocks(block) * across; ++number) task(number);
        } else {
            parallel_tasks(blocks(block) * across, task);
        }
    }

    Index blocks(Index block) const { return (rows + block - 1) / block; }

    Index width_of(Index panel) const { return std::min<Index>(TILE_COLUMNS<T>, columns - panel * TILE_COLUMNS<T>); }

    void pack(Index panel, T *packed) const {
        const Index from = panel * TILE_COLUMNS<T>;
        const Index width = padded<T>(width_of(panel));
        for (Index k = 0; k < depth; k += step)
            pack_panel(std::min(step, depth - k), width_of(panel), {b.at(k, from), b.row, b.column},
                       packed + from * depth + k * width);
    }

    void multiply(Index first_row, Index count, Index first, Index last, const T *packed) const {
        const bool copies = a.column != 1 || (a.row * static_cast<Index>(sizeof(T)) >= 4096 && columns >= 256);
        for (Index k = 0; k < depth; k += step) {
            const Index here = std::min(step, depth - k);
            MatrixView<T> part{a.at(first_row, k), a.row, a.column};
            if (copies) part = packed_rows(count, here, part);
            for (Index panel = first; panel < last; ++panel) {
                const Index from = panel * TILE_COLUMNS<T>, width = padded<T>(width_of(panel));
                multiply_block(count, width_of(panel), here, part, packed + from * depth + k * width, width,
                               c + first_row * c_row + from, c_row, k > 0);
            }
        }
        const Index from = first * TILE_COLUMNS<T>;
        finish(first_row, count, from, std::min(last * TILE_COLUMNS<T>, columns) - from);
    }

    void finish(Index first_row, Index count, Index from, Index width) const {
        if (epilogue.bias) add_bias(count, width, epilogue.bias + from, c + first_row * c_row + from, c_row);
    }

    const Index rows, columns, depth;
    Index step;  // of the depth, at a time
    const MatrixView<T> a, b;
    T *const c;
    const Index c_row;
    const Epilogue<T> epilogue;
};

}  // namespace

template <class T>
void gemm(Index rows, Index columns, Index depth, MatrixView<T> a, MatrixView<T> b, T *c, Index c_row, Epilogue<T> epilogue) {
    Product<T>(rows, columns, depth, a, b, c, c_row, epilogue).run();
}

template void gemm(Index, Index, Index, MatrixView<float>, MatrixView<float>, float *, Index, Epilogue<float>);
template void gemm(Index, Index, Index, MatrixView<double>, MatrixView<double>, double *, Index, Epilogue<double>);

}  // namespace flambeau
