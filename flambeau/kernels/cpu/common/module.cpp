#define FLAMBEAU_IMPORTS_NUMPY
#include "common/kernel.hpp"

using namespace flambeau;

NB_MODULE(FLAMBEAU_MODULE, module) {
    if (_import_array() < 0) throw nb::python_error();
    module.attr("level") = FLAMBEAU_LEVEL;
    module.def("thread_count", thread_count, "How many threads kernels share their work with, the caller's included.");
    module.def("set_thread_count", set_thread_count);
    for (const Family *family = Family::first; family; family = family->next) family->offer(module);
}
