// Convolutions of 3 x 3 windows that move by one, with 36 multiplications for 16 results instead of 144.
#pragma once

#include "common/pool.hpp"

namespace flambeau {

// Images (batch, channels, height, width) and results (batch, outputs, rows, columns), each packed, with so many rows and
// columns of zeros in front and as many behind as the windows reach.
struct Planes {
    Index batch, channels, outputs, height, width, rows, columns, padding_y, padding_x;
};

// The weight from one side: that of output o, channel c and tap (r, s) is at data[o * output + c * channel + 3 r + s], or
// the tap turned around.
struct Weight3x3 {
    const float *data;
    Index output, channel;
    bool turned;
};

// Whether the way over tiles is quicker than multiplying directly.
bool winograd_pays(const Planes &planes);

// The results of correlating images with the weight.
void winograd_correlate(const Planes &planes, const float *images, Weight3x3 weight, const float *bias, float *out);

// The gradient of the weight, (outputs, channels, 3, 3), from that of the results.
void winograd_match(const Planes &planes, const float *images, const float *results, float *out);

}  // namespace flambeau
