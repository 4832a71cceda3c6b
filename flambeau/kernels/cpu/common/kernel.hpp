// How a file of kernels offers them to Python.
//
//     static nb::object relu(Packed<float> input) { ... }
//
//     FAMILY(activation) {
//         kernel(module, "relu", relu);
//     }
//
// and beside it, in activation.py: `kernel(activation._relu, "cpu")(native.relu)`.
#pragma once

#include <concepts>
#include <exception>
#include <new>
#include <tuple>
#include <utility>

#include "common/array.hpp"

namespace flambeau {

// The functions that put each file's kernels into the module.
struct Family {
    explicit Family(void (*offer)(nb::module_ &)) : offer(offer), next(first) { first = this; }
    void (*offer)(nb::module_ &);
    Family *next;
    static inline Family *first = nullptr;
};

#define FAMILY(name)                                             \
    static void offer_##name(nanobind::module_ &);               \
    static const ::flambeau::Family family_##name(offer_##name); \
    static void offer_##name([[maybe_unused]] nanobind::module_ &module)

// Reads an argument as what a kernel takes; false where it is something else.
template <class T>
bool read(PyObject *given, T &value) {
    if constexpr (requires { T::read(given, value); }) {
        return T::read(given, value);
    } else if constexpr (requires { T::fits(given); }) {
        if (!T::fits(given)) return false;
        value = T(given == Py_None ? nullptr : reinterpret_cast<PyArrayObject *>(given));
        return true;
    } else if constexpr (std::same_as<T, nb::handle>) {
        value = given;
        return true;
    } else {
        return nb::try_cast<T>(nb::handle(given), value);
    }
}

template <class Result, class... Arguments, std::size_t... I>
bool answers(Result (*function)(Arguments...), PyObject *const *given, nb::object &result, std::index_sequence<I...>) {
    std::tuple<std::remove_cvref_t<Arguments>...> values;
    if (!(read(given[I], std::get<I>(values)) && ...)) return false;
    result = function(std::get<I>(values)...);
    return true;
}

// Says whether a function takes arguments such as these, and if so calls it.
template <class Result, class... Arguments>
bool answers(Result (*function)(Arguments...), PyObject *const *given, Py_ssize_t count, nb::object &result) {
    if (count != sizeof...(Arguments)) return false;
    return answers(function, given, result, std::index_sequence_for<Arguments...>());
}

// Turns what was thrown into Python's exception.
inline PyObject *raised() {
    try {
        throw;
    } catch (nb::python_error &error) {
        error.restore();
    } catch (const std::bad_alloc &) {
        PyErr_NoMemory();
    } catch (const std::exception &error) {
        PyErr_SetString(PyExc_RuntimeError, error.what());
    }
    return nullptr;
}

// Offers one kernel in one or several types. Arguments that fit none of them are declined.
//
// It is a plain built-in function, not one of nanobind's: choosing among overloads there takes longer than a small kernel.
template <class... Functions>
void kernel(nb::module_ &module, const char *name, Functions... functions) {
    using Overloads = std::tuple<Functions...>;
    PyObject *(*const call)(PyObject *, PyObject *const *, Py_ssize_t) = [](PyObject *self, PyObject *const *given,
                                                                            Py_ssize_t count) -> PyObject * {
        try {
            nb::object result = declined();
            std::apply([&](auto... function) { (answers(function, given, count, result) || ...); },
                       *static_cast<const Overloads *>(PyCapsule_GetPointer(self, nullptr)));
            return result.release().ptr();
        } catch (...) {
            return raised();
        }
    };
    // both live as long as the process, like the module
    auto *overloads = new Overloads(functions...);
    auto *method =
        new PyMethodDef{name, reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(call)), METH_FASTCALL, nullptr};
    const nb::object self = nb::steal(PyCapsule_New(overloads, nullptr, nullptr));
    const nb::object title = module.attr("__name__");
    module.attr(name) = nb::steal(PyCFunction_NewEx(method, self.ptr(), title.ptr()));
}

}  // namespace flambeau
