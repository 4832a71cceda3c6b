// NumPy's arrays as arguments and results of kernels.
//
// A kernel is a function of typed arguments. What does not fit a type (another dtype, another layout, an array of another
// library, a batch of `vmap`) fits no overload, and the kernel declines: see `kernel` in common/kernel.hpp.
#pragma once

#include <nanobind/nanobind.h>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <utility>

#include "common/pool.hpp"

#define PY_ARRAY_UNIQUE_SYMBOL flambeau_numpy
#ifndef FLAMBEAU_IMPORTS_NUMPY
#define NO_IMPORT_ARRAY
#endif
#include <numpy/arrayobject.h>

namespace flambeau {

namespace nb = nanobind;

template <class T>
struct dtype_number;
template <>
struct dtype_number<float> {
    static constexpr int value = NPY_FLOAT32;
};
template <>
struct dtype_number<double> {
    static constexpr int value = NPY_FLOAT64;
};
template <>
struct dtype_number<bool> {
    static constexpr int value = NPY_BOOL;
};
template <>
struct dtype_number<std::uint8_t> {
    static constexpr int value = NPY_UINT8;
};
template <>
struct dtype_number<std::int32_t> {
    static constexpr int value = NPY_INT32;
};
template <>
struct dtype_number<std::int64_t> {
    static constexpr int value = NPY_INT64;
};

// A borrowed look at an array of T, in whatever order it lies in memory. Strides are in elements.
template <class T>
class Array {
public:
    Array() = default;
    explicit Array(PyArrayObject *object) : object_(object) {}

    T *data() const { return static_cast<T *>(PyArray_DATA(object_)); }
    int ndim() const { return PyArray_NDIM(object_); }
    Index size(int dim) const { return PyArray_DIM(object_, dim < 0 ? dim + ndim() : dim); }
    Index stride(int dim) const {
        return PyArray_STRIDE(object_, dim < 0 ? dim + ndim() : dim) / static_cast<Index>(sizeof(T));
    }
    const npy_intp *shape() const { return PyArray_DIMS(object_); }
    Index count() const { return PyArray_SIZE(object_); }
    bool contiguous() const { return PyArray_IS_C_CONTIGUOUS(object_); }
    bool writeable() const { return PyArray_ISWRITEABLE(object_); }
    PyArrayObject *object() const { return object_; }

    // Numbers in a row after the dims before `dim`, and in all of these: how a reduction over the last dims sees it.
    Index count_from(int dim) const {
        Index count = 1;
        for (int i = dim; i < ndim(); ++i) count *= size(i);
        return count;
    }

    template <class U>
    bool same_shape(const Array<U> &other) const {
        return ndim() == other.ndim() && PyArray_CompareLists(shape(), other.shape(), ndim());
    }

    static bool fits(PyObject *object) {
        return Py_IS_TYPE(object, &PyArray_Type) &&
               PyArray_TYPE(reinterpret_cast<PyArrayObject *>(object)) == dtype_number<T>::value &&
               PyArray_ISBEHAVED_RO(reinterpret_cast<PyArrayObject *>(object));
    }

private:
    PyArrayObject *object_ = nullptr;
};

// The same, of an array whose elements lie one after the other in the order of its dims.
template <class T>
class Packed : public Array<T> {
public:
    using Array<T>::Array;
    static bool fits(PyObject *object) {
        return Array<T>::fits(object) && PyArray_IS_C_CONTIGUOUS(reinterpret_cast<PyArrayObject *>(object));
    }
};

// The same as one of them, or None. `data()` of None is null.
template <class A>
class Optional : public A {
public:
    using A::A;
    bool given() const { return this->object() != nullptr; }
    auto data() const { return given() ? A::data() : nullptr; }
    static bool fits(PyObject *object) { return object == Py_None || A::fits(object); }
};

// A new array, which the caller owns until it is handed back to Python.
template <class T>
class New : public Packed<T> {
public:
    New(int ndim, const npy_intp *shape, bool zeros = false)
        : Packed<T>(reinterpret_cast<PyArrayObject *>(
              zeros ? PyArray_ZEROS(ndim, const_cast<npy_intp *>(shape), dtype_number<T>::value, 0)
                    : PyArray_EMPTY(ndim, const_cast<npy_intp *>(shape), dtype_number<T>::value, 0))) {
        if (!this->object()) throw nb::python_error();
    }
    New(std::initializer_list<npy_intp> shape, bool zeros = false)
        : New(static_cast<int>(shape.size()), shape.begin(), zeros) {}
    template <class U>
    static New like(const Array<U> &other) {
        return New(other.ndim(), other.shape());
    }

    // Where the other has its dims in another order in memory, so does this.
    static New laid_out_as(const Array<T> &other) {
        if (other.contiguous()) return like(other);
        return New(reinterpret_cast<PyArrayObject *>(PyArray_NewLikeArray(other.object(), NPY_KEEPORDER, nullptr, 0)));
    }

    New(const New &) = delete;
    New(New &&other) noexcept : Packed<T>(other.object()), owned_(other.owned_) { other.owned_ = false; }
    ~New() {
        if (owned_) Py_DECREF(this->object());
    }

    // Hands the array to Python.
    nb::object give() {
        owned_ = false;
        return nb::steal(reinterpret_cast<PyObject *>(this->object()));
    }

private:
    explicit New(PyArrayObject *made) : Packed<T>(made) {
        if (!made) throw nb::python_error();
    }
    bool owned_ = true;
};

// Any Python value, None included, which the kernel looks at itself.
struct Value : nb::handle {
    using nb::handle::handle;
};

// What a kernel returns to leave the work to the next one, at last to the op's body.
inline nb::object declined() {
    return nb::borrow(Py_NotImplemented);
}

// Lets other Python threads run while a kernel works; not worth it for short work.
class WithoutGil {
public:
    explicit WithoutGil(bool worth) : state_(worth ? PyEval_SaveThread() : nullptr) {}
    ~WithoutGil() { end(); }
    void end() {
        if (state_) PyEval_RestoreThread(std::exchange(state_, nullptr));
    }
    WithoutGil(const WithoutGil &) = delete;

private:
    PyThreadState *state_;
};

}  // namespace flambeau

namespace nanobind::detail {

template <class A>
struct array_caster {
    NB_TYPE_CASTER(A, const_name("numpy.ndarray"))

    bool from_python(handle source, std::uint8_t, cleanup_list *) noexcept {
        if (!A::fits(source.ptr())) return false;
        value = A(source.is_none() ? nullptr : reinterpret_cast<PyArrayObject *>(source.ptr()));
        return true;
    }
    static handle from_cpp(const A &, rv_policy, cleanup_list *) noexcept { return {}; }
};

template <class T>
struct type_caster<flambeau::Array<T>> : array_caster<flambeau::Array<T>> {};
template <class T>
struct type_caster<flambeau::Packed<T>> : array_caster<flambeau::Packed<T>> {};
template <class A>
struct type_caster<flambeau::Optional<A>> : array_caster<flambeau::Optional<A>> {};
template <>
struct type_caster<flambeau::Value> {
    NB_TYPE_CASTER(flambeau::Value, const_name("object"))

    bool from_python(handle source, std::uint8_t, cleanup_list *) noexcept {
        value = flambeau::Value(source.ptr());
        return true;
    }
    static handle from_cpp(const flambeau::Value &, rv_policy, cleanup_list *) noexcept { return {}; }
};

// Without these nanobind refuses None.
template <class A>
struct has_arg_defaults<flambeau::Optional<A>> : std::true_type {};
template <>
struct has_arg_defaults<flambeau::Value> : std::true_type {};

}  // namespace nanobind::detail
