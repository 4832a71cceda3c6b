// Where the windows of a convolution or a pool lie.
#pragma once

#include <nanobind/nanobind.h>

#include "common/pool.hpp"

namespace flambeau {

// Windows over three dims; where there are fewer, the first ones have size 1. `padding` is what lies before the input.
struct Geometry {
    Index size[3], kernel[3], stride[3], padding[3], dilation[3], count[3];

    static Index product(const Index (&of)[3]) { return of[0] * of[1] * of[2]; }
    Index cells() const { return product(size); }
    Index windows() const { return product(count); }
    Index taps() const { return product(kernel); }

    // Cells along a dim that the windows reach, from the first one's start on, inside the input or not.
    Index reach(int dim) const { return (count[dim] - 1) * stride[dim] + dilation[dim] * (kernel[dim] - 1) + 1; }

    bool dense() const { return stride[0] == 1 && stride[1] == 1 && stride[2] == 1; }
    bool padded() const { return padding[0] || padding[1] || padding[2]; }

    // From the `Windows` of ops/windows.py; false for more dims than three.
    static bool read(nanobind::handle windows, Geometry &geometry) {
        namespace nb = nanobind;
        Index(*fields[])[3] = {&geometry.size,    &geometry.kernel,   &geometry.stride,
                               &geometry.padding, &geometry.dilation, &geometry.count};
        if (!nb::isinstance<nb::tuple>(windows) || nb::len(windows) != 6) return false;
        for (int which = 0; which < 6; ++which) {
            nb::handle field = windows[which];
            const auto dims = static_cast<int>(nb::len(field));
            if (dims > 3) return false;
            for (int dim = 0; dim < 3; ++dim) {
                const int from = dim - (3 - dims);
                (*fields[which])[dim] = from >= 0 ? nb::cast<Index>(field[from]) : which == 3 ? 0 : 1;
            }
        }
        return true;
    }
};

}  // namespace flambeau
