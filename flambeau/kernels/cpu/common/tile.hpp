// The innermost loops of every matrix product: a tile of the result stays in registers while the depth runs by.
//
// For each step of the depth a row of B is loaded, VECTORS registers of it, and every number of a column of A is multiplied
// with all of them: ROWS x VECTORS sums grow side by side, enough of them to hide the latency of fused multiply-add, and no
// number is loaded more than once for so many sums. (Goto & van de Geijn, "Anatomy of High-Performance Matrix
// Multiplication", ACM TOMS 34(3), 2008.)
#pragma once

#include "common/pool.hpp"
#include "common/vector.hpp"

namespace flambeau {

// Columns of B that are worked on at once: four registers where there are 32 of them, else two.
constexpr int TILE_VECTORS = VECTOR_REGISTERS == 32 ? 4 : 2;
template <class T>
constexpr int TILE_COLUMNS = TILE_VECTORS * LANES<T>;
constexpr int TILE_ROWS = 6;

// A matrix as a product reads it, in whatever order it lies: strides are in elements.
template <class T>
struct MatrixView {
    const T *data;
    Index row, column;

    const T *at(Index i, Index j) const { return data + i * row + j * column; }
};

// ROWS x VECTORS registers of C = A B, or C += A B with `add`. B's rows are `b_row` apart and go on without gaps for
// VECTORS registers. `last`: how many numbers of the last register belong to C.
template <class T, int ROWS, int VECTORS, bool WHOLE>
FLAMBEAU_INLINE void tile(Index depth, MatrixView<T> a, const T *b, Index b_row, T *c, Index c_row, bool add, int last) {
    Vector<T> sums[ROWS][VECTORS];
    const auto whole = [&](int vector) { return WHOLE || vector < VECTORS - 1; };
    for (int i = 0; i < ROWS; ++i)
        for (int j = 0; j < VECTORS; ++j) {
            const T *place = c + i * c_row + j * LANES<T>;
            sums[i][j] = !add ? Vector<T>{} : whole(j) ? load(place) : load_some(place, last);
        }
    for (Index k = 0; k < depth; ++k, b += b_row) {
        Vector<T> row[VECTORS];
#pragma GCC unroll 4
        for (int j = 0; j < VECTORS; ++j) row[j] = load(b + j * LANES<T>);
#pragma GCC unroll 16
        for (int i = 0; i < ROWS; ++i) {
            const Vector<T> factor = broadcast(*a.at(i, k));
#pragma GCC unroll 4
            for (int j = 0; j < VECTORS; ++j) sums[i][j] += factor * row[j];
        }
    }
    for (int i = 0; i < ROWS; ++i)
        for (int j = 0; j < VECTORS; ++j) {
            T *place = c + i * c_row + j * LANES<T>;
            if (whole(j))
                store(place, sums[i][j]);
            else
                store_some(place, sums[i][j], last);
        }
}

// The rows of one column of tiles: as many at once as registers allow, then one tile of what is left.
template <class T, int VECTORS, bool WHOLE>
void tile_column(Index rows, Index depth, MatrixView<T> a, const T *b, Index b_row, T *c, Index c_row, bool add, int last) {
    // Where a tile is narrow, more rows take its place.
    constexpr int MOST = VECTOR_REGISTERS < 32 || VECTORS > 2 ? TILE_ROWS : 2 * TILE_ROWS;
    for (; rows >= MOST; rows -= MOST, a.data += MOST * a.row, c += MOST * c_row)
        tile<T, MOST, VECTORS, WHOLE>(depth, a, b, b_row, c, c_row, add, last);
    if (rows >= TILE_ROWS) {
        tile<T, TILE_ROWS, VECTORS, WHOLE>(depth, a, b, b_row, c, c_row, add, last);
        rows -= TILE_ROWS, a.data += TILE_ROWS * a.row, c += TILE_ROWS * c_row;
    }
    switch (rows) {
        case 5:
            return tile<T, 5, VECTORS, WHOLE>(depth, a, b, b_row, c, c_row, add, last);
        case 4:
            return tile<T, 4, VECTORS, WHOLE>(depth, a, b, b_row, c, c_row, add, last);
        case 3:
            return tile<T, 3, VECTORS, WHOLE>(depth, a, b, b_row, c, c_row, add, last);
        case 2:
            return tile<T, 2, VECTORS, WHOLE>(depth, a, b, b_row, c, c_row, add, last);
        case 1:
            return tile<T, 1, VECTORS, WHOLE>(depth, a, b, b_row, c, c_row, add, last);
    }
}

// C = A B, or C += A B with `add`, of a size that stays in the cache, by the calling thread. The rows of B lie `b_row` apart,
// and what is behind the last column may be read up to the next multiple of LANES. C's last column ends where it ends.
template <class T>
void multiply_block(Index rows, Index columns, Index depth, MatrixView<T> a, const T *b, Index b_row, T *c, Index c_row,
                    bool add) {
    for (; columns >= TILE_COLUMNS<T>; columns -= TILE_COLUMNS<T>, b += TILE_COLUMNS<T>, c += TILE_COLUMNS<T>)
        tile_column<T, TILE_VECTORS, true>(rows, depth, a, b, b_row, c, c_row, add, LANES<T>);
    if (columns <= 0) return;
    const int vectors = static_cast<int>((columns + LANES<T> - 1) / LANES<T>);
    const int last = static_cast<int>(columns - (vectors - 1) * LANES<T>);
    switch (vectors) {
        case 4:
            if constexpr (TILE_VECTORS == 4) tile_column<T, 4, false>(rows, depth, a, b, b_row, c, c_row, add, last);
            return;
        case 3:
            if constexpr (TILE_VECTORS == 4) tile_column<T, 3, false>(rows, depth, a, b, b_row, c, c_row, add, last);
            return;
        case 2:
            return tile_column<T, 2, false>(rows, depth, a, b, b_row, c, c_row, add, last);
        case 1:
            return tile_column<T, 1, false>(rows, depth, a, b, b_row, c, c_row, add, last);
    }
}

}  // namespace flambeau
