// Products of whole matrices, shared among the threads of the pool.
//
// After Goto & van de Geijn (ACM TOMS 34(3), 2008) and Van Zee & van de Geijn, "BLIS" (ACM TOMS 41(3), 2015): the second
// matrix is packed into panels as wide as a tile, so that the innermost loop reads it in one stream; parts of the first
// stay in the second-level cache while the panels go by.
#pragma once

#include "common/tile.hpp"

namespace flambeau {

// What is added to each row of a product; null for nothing.
template <class T>
struct Epilogue {
    const T *bias = nullptr;
};

// C = A B, with A of rows x depth, B of depth x columns, both in any order in memory, and the rows of C `c_row` apart.
// Called within work of the pool, one thread does it.
template <class T>
void gemm(Index rows, Index columns, Index depth, MatrixView<T> a, MatrixView<T> b, T *c, Index c_row,
          Epilogue<T> epilogue = {});

extern template void gemm(Index, Index, Index, MatrixView<float>, MatrixView<float>, float *, Index, Epilogue<float>);
extern template void gemm(Index, Index, Index, MatrixView<double>, MatrixView<double>, double *, Index, Epilogue<double>);

}  // namespace flambeau
