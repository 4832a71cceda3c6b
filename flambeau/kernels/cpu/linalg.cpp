#include "common/gemm.hpp"
#include "common/kernel.hpp"

namespace flambeau {
namespace {

constexpr int MOST_DIMS = 32;

// An array as a stack of matrices. A vector stands for one row, or one column.
template <class T>
struct Matrices {
    Matrices(const Array<T> &array, bool column) : array(array) {
        const int ndim = array.ndim();
        if (ndim >= 2) {
            rows = array.size(-2), columns = array.size(-1);
            one = {array.data(), array.stride(-2), array.stride(-1)};
            batch = ndim - 2;
        } else if (column) {
            rows = array.size(0), columns = 1;
            one = {array.data(), array.stride(0), 1};
        } else {
            rows = 1, columns = array.size(0);
            one = {array.data(), 0, array.stride(0)};
        }
    }

    // All the rows of a stack as one matrix, if they lie evenly apart.
    bool flatten() {
        for (int dim = batch - 1; dim >= 0; --dim) {
            if (array.size(dim) != 1 && array.stride(dim) != one.row * rows) return false;
            rows *= array.size(dim);
        }
        batch = 0;
        return true;
    }

    Array<T> array;
    MatrixView<T> one;
    Index rows = 0, columns = 0;
    int batch = 0;
};

// Goes over the matrices of two stacks whose leading dims are broadcast against each other.
struct Batch {
    int ndim = 0;
    npy_intp shape[MOST_DIMS];
    Index steps[2][MOST_DIMS];
    Index count = 1;

    template <class T>
    bool align(const Matrices<T> &one, const Matrices<T> &other) {
        ndim = std::max(one.batch, other.batch);
        for (int dim = 0; dim < ndim; ++dim) {
            const Index sizes[2] = {size(one, dim), size(other, dim)};
            if (sizes[0] != sizes[1] && sizes[0] != 1 && sizes[1] != 1) return false;
            shape[dim] = sizes[0] == 1 ? sizes[1] : sizes[0];
            steps[0][dim] = sizes[0] == 1 ? 0 : stride(one, dim);
            steps[1][dim] = sizes[1] == 1 ? 0 : stride(other, dim);
            count *= shape[dim];
        }
        return true;
    }

    Index offset(int which, Index number) const {
        Index offset = 0;
        for (int dim = ndim - 1; dim >= 0; --dim) {
            offset += number % shape[dim] * steps[which][dim];
            number /= shape[dim];
        }
        return offset;
    }

private:
    template <class T>
    Index size(const Matrices<T> &stack, int dim) const {
        dim -= ndim - stack.batch;
        return dim < 0 ? 1 : stack.array.size(dim);
    }
    template <class T>
    Index stride(const Matrices<T> &stack, int dim) const {
        dim -= ndim - stack.batch;
        return dim < 0 ? 0 : stack.array.stride(dim);
    }
};

template <class T>
nb::object matmul(Array<T> input, Array<T> other) {
    if (!input.ndim() || !other.ndim() || input.ndim() > MOST_DIMS || other.ndim() > MOST_DIMS) return declined();
    Matrices<T> one(input, false), two(other, true);
    if (one.columns != two.rows) return declined();
    npy_intp shape[MOST_DIMS + 2];
    int ndim = 0;
    Batch batch;
    if (one.batch && !two.batch && one.flatten()) {  // one product for the whole stack
        for (; ndim < input.ndim() - 2; ++ndim) shape[ndim] = input.size(ndim);
        if (input.ndim() > 1) shape[ndim++] = input.size(-2);
    } else {
        if (!batch.align(one, two)) return declined();
        for (; ndim < batch.ndim; ++ndim) shape[ndim] = batch.shape[ndim];
        if (input.ndim() > 1) shape[ndim++] = one.rows;
    }
    if (other.ndim() > 1) shape[ndim++] = two.columns;
    New<T> out(ndim, shape);
    const Index size = one.rows * two.columns;
    const Index work = size * one.columns;
    const auto product = [&](Index number) {
        MatrixView<T> a = one.one, b = two.one;
        a.data += batch.offset(0, number), b.data += batch.offset(1, number);
        gemm(one.rows, two.columns, one.columns, a, b, out.data() + number * size, two.columns);
    };
    {
        WithoutGil released(batch.count * work > GRAIN * 16);
        if (batch.count < thread_count() * 2 || batch.count * work < GRAIN * 8) {
            for (Index number = 0; number < batch.count; ++number) product(number);
        } else {
            parallel_for(batch.count, 1 + GRAIN * 4 / std::max<Index>(work, 1), [&](Index begin, Index end) {
                for (Index number = begin; number < end; ++number) product(number);
            });
        }
    }
    return out.give();
}

template <class T>
nb::object linear(Array<T> input, Array<T> weight, Optional<Packed<T>> bias) {
    if (!input.ndim() || weight.ndim() != 2) return declined();
    Matrices<T> rows(input, false);
    const Index outputs = weight.size(0);
    if (rows.columns != weight.size(1) || !rows.flatten()) return declined();
    if (bias.given() && (bias.ndim() != 1 || bias.size(0) != outputs)) return declined();
    npy_intp shape[MOST_DIMS];
    std::copy_n(input.shape(), input.ndim(), shape);
    shape[input.ndim() - 1] = outputs;
    New<T> out(input.ndim(), shape);
    {
        WithoutGil released(rows.rows * outputs * rows.columns > GRAIN * 16);
        gemm<T>(rows.rows, outputs, rows.columns, rows.one, {weight.data(), weight.stride(1), weight.stride(0)}, out.data(),
                outputs, {bias.data()});
    }
    return out.give();
}

}  // namespace

FAMILY(linalg) {
    kernel(module, "matmul", matmul<float>, matmul<double>);
    kernel(module, "linear", linear<float>, linear<double>);
}

}  // namespace flambeau
