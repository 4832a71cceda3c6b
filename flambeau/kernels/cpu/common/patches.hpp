// The cells under windows as columns of a matrix that is never made whole: a row for each channel and tap, a column for each
// window of all images. Parts of it are copied together when a product needs them.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "common/array.hpp"
#include "common/geometry.hpp"
#include "common/vector.hpp"

namespace flambeau {

// Copies numbers that lie `step` apart.
template <class T>
FLAMBEAU_INLINE void copy_run(const T *from, Index step, T *to, Index count) {
    if (step == 1) {
        Index i = 0;
        for (; i + LANES<T> <= count; i += LANES<T>) store(to + i, load(from + i));
        if (i < count) store_some(to + i, load_some(from + i, static_cast<int>(count - i)), static_cast<int>(count - i));
    } else if (step == 2) {
        for (Index i = 0; i < count; ++i) to[i] = from[2 * i];
    } else {
        for (Index i = 0; i < count; ++i) to[i] = from[i * step];
    }
}

// Images of some channels, with margins of zeros wide enough for every window to lie inside, and the strides of their memory.
template <class T>
struct Margined {
    const T *data = nullptr;
    Index image = 0, channel = 0, plane = 0, row = 0;
};

// Neighbouring windows of one row: where the first of them starts within its channel, and which columns they are.
struct Run {
    Index start, column, count;
};

template <class T>
class Patches {
public:
    Patches(const Geometry &geometry, Index channels, Margined<T> images)
        : geometry_(geometry), images_(images), step_(geometry.stride[2]) {
        offsets_.reserve(channels * geometry.taps());
        for (Index c = 0; c < channels; ++c)
            for (Index d = 0; d < geometry.kernel[0]; ++d)
                for (Index h = 0; h < geometry.kernel[1]; ++h)
                    for (Index w = 0; w < geometry.kernel[2]; ++w)
                        offsets_.push_back(c * images.channel + d * geometry.dilation[0] * images.plane +
                                           h * geometry.dilation[1] * images.row + w * geometry.dilation[2]);
    }

    Index rows() const { return static_cast<Index>(offsets_.size()); }

    // The runs that make up columns `from` to `from + count`; returns how many. At most one run a column.
    Index runs(Index from, Index count, Run *found) const {
        const Index *counts = geometry_.count;
        Index number = 0;
        for (Index column = 0; column < count;) {
            const Index at = from + column;
            const Index w = at % counts[2], h = at / counts[2] % counts[1];
            const Index d = at / (counts[2] * counts[1]) % counts[0], n = at / geometry_.windows();
            const Index length = std::min(counts[2] - w, count - column);
            found[number++] = {
                n * images_.image + d * geometry_.stride[0] * images_.plane + h * geometry_.stride[1] * images_.row + w * step_,
                column, length};
            column += length;
        }
        return number;
    }

    // Copies rows `first` to `last` of these columns, one row `width` after the other.
    void copy(Index first, Index last, const Run *runs, Index number, T *to, Index width) const {
        for (Index k = first; k < last; ++k, to += width)
            for (const Run *run = runs; run < runs + number; ++run)
                copy_run(images_.data + offsets_[k] + run->start, step_, to + run->column, run->count);
    }

    // The way back: adds such rows to the cells, which belong to the caller alone.
    void add(Index first, Index last, const Run *runs, Index number, const T *from, Index width, T *cells) const {
        for (Index k = first; k < last; ++k, from += width)
            for (const Run *run = runs; run < runs + number; ++run) {
                T *to = cells + offsets_[k] + run->start;
                const T *numbers = from + run->column;
                for (Index i = 0; i < run->count; ++i) to[i * step_] += numbers[i];
            }
    }

private:
    Geometry geometry_;
    Margined<T> images_;
    Index step_;
    std::vector<Index> offsets_;
};

// Images with the margins that windows need: the array itself where they need none, else a copy in `memory`.
// A negative padding leaves cells out.
template <class T>
class WithMargins {
public:
    WithMargins(const Array<T> &images, const Geometry &geometry) : geometry_(geometry), array_(images) {
        const bool inside = !geometry.padded() && images.contiguous() && geometry.reach(0) <= geometry.size[0] &&
                            geometry.reach(1) <= geometry.size[1] && geometry.reach(2) <= geometry.size[2];
        for (int dim = 0; dim < 3; ++dim) extent_[dim] = inside ? geometry.size[dim] : geometry.reach(dim);
        view_.row = extent_[2], view_.plane = extent_[1] * view_.row, view_.channel = extent_[0] * view_.plane;
        view_.image = images.size(1) * view_.channel;
        if (inside) {
            view_.data = images.data();
        } else {
            memory_.emplace(New<T>({images.size(0) * view_.image}));
            view_.data = memory_->data();
        }
    }

    Margined<T> view() const { return view_; }

    // Copies the images in, if they have to be. May run without Python's lock.
    void fill() {
        if (!memory_) return;
        const Index channels = array_.size(1);
        parallel_for(array_.size(0) * channels, 1 + GRAIN / view_.channel, [&](Index begin, Index end) {
            for (Index at = begin; at < end; ++at)
                fill_channel(array_.data() + at / channels * array_.stride(0) + at % channels * array_.stride(1),
                             memory_->data() + at * view_.channel);
        });
    }

private:
    Index stride(int dim) const {
        const int from = array_.ndim() - 3 + dim;
        return from >= 2 ? array_.stride(from) : 0;
    }

    void fill_channel(const T *from, T *to) const {
        for (Index d = 0; d < extent_[0]; ++d)
            for (Index h = 0; h < extent_[1]; ++h, to += extent_[2]) {
                const Index plane = d - geometry_.padding[0], row = h - geometry_.padding[1];
                if (plane < 0 || plane >= geometry_.size[0] || row < 0 || row >= geometry_.size[1]) {
                    std::fill_n(to, extent_[2], T(0));
                    continue;
                }
                const Index before = std::clamp<Index>(geometry_.padding[2], 0, extent_[2]);
                const Index end = std::clamp<Index>(geometry_.size[2] + geometry_.padding[2], before, extent_[2]);
                std::fill_n(to, before, T(0));
                copy_run(from + plane * stride(0) + row * stride(1) + (before - geometry_.padding[2]) * stride(2), stride(2),
                         to + before, end - before);
                std::fill(to + end, to + extent_[2], T(0));
            }
    }

    Geometry geometry_;
    Array<T> array_;
    Index extent_[3];
    Margined<T> view_;
    std::optional<New<T>> memory_;
};

}  // namespace flambeau
