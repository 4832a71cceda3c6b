/* The instruction sets that this processor runs, best first. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject *levels(PyObject *module, PyObject *unused) {
    (void)module, (void)unused;
#if defined(__x86_64__)
    __builtin_cpu_init();
    int v2 = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
    int v3 = v2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
    int v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd");
    if (v4) return Py_BuildValue("(sss)", "v4", "v3", "v2");
    if (v3) return Py_BuildValue("(ss)", "v3", "v2");
    if (v2) return Py_BuildValue("(s)", "v2");
    return PyTuple_New(0);
#else
    return Py_BuildValue("(s)", "generic");
#endif
}

static PyMethodDef functions[] = {
    {"levels", levels, METH_NOARGS, "Return the names of the instruction sets that this processor runs, best first."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_processor", NULL, 0, functions, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__processor(void) { return PyModule_Create(&definition); }
