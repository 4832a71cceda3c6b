// exp, and what follows from it, in float32. Without branches, so that loops over them become vector code; for host and device.
//
// No more than two units in the last place off over the whole range, gradual underflow included.
#pragma once

#if defined(__CUDACC_RTC__) || defined(__CUDACC__)
#define FLAMBEAU_SCALAR __host__ __device__ inline
#else
#include <math.h>
#define FLAMBEAU_SCALAR inline __attribute__((always_inline))
#endif

namespace flambeau {

// 2^n from the bits of a float: n from -126 to 127.
FLAMBEAU_SCALAR float power_of_two(int n) {
    union {
        int bits;
        float number;
    } power;
    power.bits = (n + 127) << 23;
    return power.number;
}

// x = n ln 2 + r with |r| <= ln 2 / 2, so e^x = 2^n e^r, and e^r by a polynomial (Cephes, S. Moshier: expf). ln 2 is split in
// two so that n ln 2 is exact where it is taken from x. 2^n is applied in two halves: the ends of the range need it.
FLAMBEAU_SCALAR float exp_of(float x) {
    const float bounded = x < -104.0f ? -104.0f : x > 89.0f ? 89.0f : x;  // beyond, 0 and infinity; NaN stays
    const float n = rintf(bounded * 1.44269504088896341f);
    const float r = (bounded - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    const int whole = n == n ? (int)n : 0;
    const int half = whole / 2;
    return p * power_of_two(half) * power_of_two(whole - half);
}

FLAMBEAU_SCALAR float sigmoid_of(float x) {
    return 1.0f / (1.0f + exp_of(-x));
}

// Near 0, where 1 - e^-2x would cancel, by a polynomial in x^2 (Cephes: tanhf).
FLAMBEAU_SCALAR float tanh_of(float x) {
    const float size = fabsf(x), square = x * x;
    float p = -5.70498872745e-3f;
    p = p * square + 2.06390887954e-2f;
    p = p * square - 5.37397155531e-2f;
    p = p * square + 1.33314422036e-1f;
    p = p * square - 3.33332819422e-1f;
    const float near = p * square * x + x;
    const float far = copysignf(1.0f - 2.0f / (exp_of(2.0f * size) + 1.0f), x);
    return size < 0.625f ? near : size == size ? far : x;
}

// A ratio of polynomials (Eigen's, fitted on [-4, 4]; beyond, float32 has +-1): 3e-7 off at most.
FLAMBEAU_SCALAR float erf_of(float x) {
    const float bounded = x < -4.0f ? -4.0f : x > 4.0f ? 4.0f : x;
    const float square = bounded * bounded;
    float a = -2.72614225801306e-10f;
    a = a * square + 2.77068142495902e-08f;
    a = a * square - 2.10102402082508e-06f;
    a = a * square - 5.69250639462346e-05f;
    a = a * square - 7.34990630326855e-04f;
    a = a * square - 2.95459980854025e-03f;
    a = a * square - 1.60960333262415e-02f;
    float b = -1.45660718464996e-05f;
    b = b * square - 2.13374055278905e-04f;
    b = b * square - 1.68282697438203e-03f;
    b = b * square - 7.37332916720468e-03f;
    b = b * square - 1.42647390514189e-02f;
    return a * bounded / b;
}

}  // namespace flambeau
