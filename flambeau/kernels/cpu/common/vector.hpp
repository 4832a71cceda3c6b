// Vectors of the widest registers that the instruction set has, in the compiler's own terms: + - * / and comparisons work on
// them. For loops that the compiler does not vectorize by itself; most need only `#pragma omp simd`.
#pragma once

#include <cstring>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace flambeau {

#if defined(__AVX512F__)
constexpr int VECTOR_BYTES = 64;
constexpr int VECTOR_REGISTERS = 32;
#elif defined(__AVX__)
constexpr int VECTOR_BYTES = 32;
constexpr int VECTOR_REGISTERS = 16;
#elif defined(__aarch64__)
constexpr int VECTOR_BYTES = 16;
constexpr int VECTOR_REGISTERS = 32;
#else
constexpr int VECTOR_BYTES = 16;
constexpr int VECTOR_REGISTERS = 16;
#endif

template <class T>
struct vector_of;
template <>
struct vector_of<float> {
    typedef float type __attribute__((vector_size(VECTOR_BYTES)));
    typedef float unaligned __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));
};
template <>
struct vector_of<double> {
    typedef double type __attribute__((vector_size(VECTOR_BYTES)));
    typedef double unaligned __attribute__((vector_size(VECTOR_BYTES), aligned(8), may_alias));
};

template <class T>
using Vector = typename vector_of<T>::type;

// How many numbers a vector holds.
template <class T>
constexpr int LANES = VECTOR_BYTES / static_cast<int>(sizeof(T));

#define FLAMBEAU_INLINE inline __attribute__((always_inline))

template <class T>
FLAMBEAU_INLINE Vector<T> load(const T *place) {
    return *reinterpret_cast<const typename vector_of<T>::unaligned *>(place);
}

template <class T>
FLAMBEAU_INLINE void store(T *place, Vector<T> numbers) {
    *reinterpret_cast<typename vector_of<T>::unaligned *>(place) = numbers;
}

// A number in every lane.
template <class T>
FLAMBEAU_INLINE Vector<T> broadcast(T number) {
    return Vector<T>{} + number;
}

// The first `count` numbers; zeros in the other lanes. Reads nothing behind them.
template <class T>
FLAMBEAU_INLINE Vector<T> load_some(const T *place, int count) {
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == 4)
        return _mm512_maskz_loadu_ps(__mmask16((1u << count) - 1), place);
    else
        return _mm512_maskz_loadu_pd(__mmask8((1u << count) - 1), place);
#else
    Vector<T> numbers{};
    std::memcpy(&numbers, place, count * sizeof(T));
    return numbers;
#endif
}

template <class T>
FLAMBEAU_INLINE void store_some(T *place, Vector<T> numbers, int count) {
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == 4)
        _mm512_mask_storeu_ps(place, __mmask16((1u << count) - 1), numbers);
    else
        _mm512_mask_storeu_pd(place, __mmask8((1u << count) - 1), numbers);
#else
    std::memcpy(place, &numbers, count * sizeof(T));
#endif
}

}  // namespace flambeau
