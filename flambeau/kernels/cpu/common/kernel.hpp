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

#include "common/array.hpp"

namespace flambeau {

// The functions that put each file's kernels into the module.
struct Family {
    explicit Family(void (*offer)(nb::module_ &)) : offer(offer), next(first) { first = this; }
    void (*offer)(nb::module_ &);
    Family *next;
    static inline Family *first = nullptr;
};

#define FAMILY(name)                                              \
    static void offer_##name(nanobind::module_ &);                \
    static const ::flambeau::Family family_##name(offer_##name);  \
    static void offer_##name([[maybe_unused]] nanobind::module_ &module)

// Offers one kernel in one or several types. Arguments that fit none of them are declined.
template <class... Functions>
void kernel(nb::module_ &module, const char *name, Functions... functions) {
    (module.def(name, functions), ...);
    module.def(name, [](nb::args) { return declined(); });
}

}  // namespace flambeau
