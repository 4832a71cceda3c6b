// Functions of two numbers, element by element: of arrays that broadcast against each other, or of an array and a number.
#pragma once

#include "common/array.hpp"
#include "common/vector.hpp"

namespace flambeau {

// One side of an operator: an array of T, or a number of Python's, which takes the array's dtype.
template <class T>
struct Operand {
    Array<T> array;
    T number = 0;

    bool is_number() const { return array.object() == nullptr; }

    static bool read(PyObject *given, Operand &operand) {
        if (Array<T>::fits(given)) {
            operand.array = Array<T>(reinterpret_cast<PyArrayObject *>(given));
            return true;
        }
        if (PyFloat_CheckExact(given)) {  // NumPy's scalars bring a dtype of their own
            operand.number = static_cast<T>(PyFloat_AS_DOUBLE(given));
            return true;
        }
        if (!PyLong_CheckExact(given)) return false;
        const double value = PyLong_AsDouble(given);
        if (value == -1 && PyErr_Occurred()) {
            PyErr_Clear();
            return false;
        }
        operand.number = static_cast<T>(value);
        return true;
    }
};

// Whether each cell of the memory that an array reaches over is one of its elements, once: then any order will do.
template <class T>
bool is_dense(const Array<T> &array) {
    if (array.contiguous()) return true;
    Index reach = 1;
    for (int i = 0; i < array.ndim(); ++i) {
        if (array.stride(i) < 0) return false;
        reach += (array.size(i) - 1) * array.stride(i);
    }
    if (reach != array.count()) return false;
    for (int i = 0; i < array.ndim(); ++i)  // two dims whose steps coincide would count cells twice
        for (int j = 0; j < i; ++j)
            if (array.size(i) > 1 && array.size(j) > 1 && array.stride(i) == array.stride(j)) return false;
    return true;
}

template <class T>
bool same_layout(const Array<T> &one, const Array<T> &other) {
    if (!one.same_shape(other)) return false;
    if (one.contiguous() && other.contiguous()) return true;
    for (int i = 0; i < one.ndim(); ++i)
        if (one.size(i) > 1 && one.stride(i) != other.stride(i)) return false;
    return is_dense(one);
}

// Two packed arrays walked together in the order of the result. Neighbouring dims that both walk as if they were one are one.
template <class T>
class Pair {
public:
    // False where the shapes do not broadcast.
    bool align(const Array<T> &one, const Array<T> &other) {
        ndim = std::max(one.ndim(), other.ndim());
        Index steps[2] = {1, 1};
        const Array<T> *arrays[2] = {&one, &other};
        for (int dim = 1; dim <= ndim; ++dim) {  // from the last
            Index sizes[2], strides[2];
            for (int side = 0; side < 2; ++side) {
                sizes[side] = dim <= arrays[side]->ndim() ? arrays[side]->size(-dim) : 1;
                strides[side] = sizes[side] == 1 ? 0 : steps[side];
                steps[side] *= sizes[side];
            }
            if (sizes[0] != sizes[1] && sizes[0] != 1 && sizes[1] != 1) return false;
            shape[ndim - dim] = sizes[0] == 1 ? sizes[1] : sizes[0];
            add(shape[ndim - dim], strides[0], strides[1]);
        }
        return true;
    }

    int ndim = 0;
    npy_intp shape[NPY_MAXDIMS];
    // The dims that are left, the innermost first.
    int depth = 0;
    Index size[NPY_MAXDIMS];
    Index stride[2][NPY_MAXDIMS];

private:
    void add(Index count, Index left, Index right) {
        if (count == 1) return;
        if (depth) {
            const int in = depth - 1;
            if (left == stride[0][in] * size[in] && right == stride[1][in] * size[in]) {
                size[in] *= count;
                return;
            }
        }
        size[depth] = count, stride[0][depth] = left, stride[1][depth] = right;
        ++depth;
    }
};

// out[i] = function(left[i], right[i]), where a side may stand still.
template <class T, class Function>
FLAMBEAU_INLINE void along(Index count, const T *left, bool left_moves, const T *right, bool right_moves, T *out,
                           const Function &function) {
    if (left_moves && right_moves) {
#pragma omp simd
        for (Index i = 0; i < count; ++i) out[i] = function(left[i], right[i]);
    } else if (left_moves) {
        const T number = *right;
#pragma omp simd
        for (Index i = 0; i < count; ++i) out[i] = function(left[i], number);
    } else {
        const T number = *left;
#pragma omp simd
        for (Index i = 0; i < count; ++i) out[i] = function(number, right[i]);
    }
}

template <class T, class Function>
void along_shared(Index count, const T *left, bool left_moves, const T *right, bool right_moves, T *out,
                  const Function &function) {
    WithoutGil released(count > GRAIN);
    parallel_for(count, GRAIN, [&](Index begin, Index end) {
        along(end - begin, left + begin * left_moves, left_moves, right + begin * right_moves, right_moves, out + begin,
              function);
    });
}

template <class T, class Function>
void over_rows(const Pair<T> &pair, const T *left, const T *right, T *out, const Function &function) {
    const Index inner = pair.size[0];
    const bool left_moves = pair.stride[0][0], right_moves = pair.stride[1][0];
    Index rows = 1;
    for (int dim = 1; dim < pair.depth; ++dim) rows *= pair.size[dim];
    WithoutGil released(rows * inner > GRAIN);
    parallel_for(rows, 1 + GRAIN / inner, [&](Index begin, Index end) {
        Index place[NPY_MAXDIMS], offset[2] = {0, 0};
        Index rest = begin;
        for (int dim = 1; dim < pair.depth; ++dim) {
            place[dim] = rest % pair.size[dim], rest /= pair.size[dim];
            for (int side = 0; side < 2; ++side) offset[side] += place[dim] * pair.stride[side][dim];
        }
        for (Index row = begin; row < end; ++row) {
            along(inner, left + offset[0], left_moves, right + offset[1], right_moves, out + row * inner, function);
            for (int dim = 1; dim < pair.depth; ++dim) {
                const bool carries = ++place[dim] == pair.size[dim];
                for (int side = 0; side < 2; ++side)
                    offset[side] += pair.stride[side][dim] * (carries ? 1 - pair.size[dim] : 1);
                if (!carries) break;
                place[dim] = 0;
            }
        }
    });
}

// function(one, other) for each pair of elements, as a new array that lies in memory as the arrays do. Declines arrays with
// gaps, and those that lie in different orders.
template <class T, class Function>
nb::object elementwise(const Operand<T> &one, const Operand<T> &other, const Function &function) {
    if (one.is_number() && other.is_number()) return declined();
    const Array<T> &either = one.is_number() ? other.array : one.array;
    if (one.is_number() || other.is_number() || same_layout(one.array, other.array)) {
        if (!is_dense(either)) return declined();
        auto out = New<T>::laid_out_as(either);
        along_shared(either.count(), one.is_number() ? &one.number : one.array.data(), !one.is_number(),
                     other.is_number() ? &other.number : other.array.data(), !other.is_number(), out.data(), function);
        return out.give();
    }
    Pair<T> pair;
    if (!one.array.contiguous() || !other.array.contiguous() || !pair.align(one.array, other.array)) return declined();
    New<T> out(pair.ndim, pair.shape);
    const T *left = one.array.data(), *right = other.array.data();
    if (!out.count()) return out.give();
    if (!pair.depth)
        *out.data() = function(*left, *right);
    else
        over_rows(pair, left, right, out.data(), function);
    return out.give();
}

}  // namespace flambeau
